using DmsOrleans.Engines;

namespace DmsOrleans.Assessments;

/// <summary>What is stored of a premigration assessment run, with its replication.</summary>
[GenerateSerializer, Immutable, Alias("dms.AssessmentRunState")]
internal sealed record AssessmentRunState
{
    /// <summary>Of the replication's run that it belongs to.</summary>
    [Id(0)]
    public required int Run { get; init; }

    [Id(1)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the replication fails when this run does.</summary>
    [Id(2)]
    public required bool FailOnFailure { get; init; }

    [Id(3)]
    public string? ResultLocationFolder { get; init; }

    [Id(4)]
    public required string ResultEncryptionMode { get; init; }

    [Id(5)]
    public string? ResultKmsKeyArn { get; init; }

    /// <summary>The individual assessments, in the order in which they are made.</summary>
    [Id(6)]
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>What the first of them came to, as far as they are over.</summary>
    [Id(7)]
    public IReadOnlyList<AssessmentOutcome> Outcomes { get; init; } = [];

    /// <summary>One of <see cref="AssessmentStatuses"/>.</summary>
    [Id(8)]
    public required string Status { get; init; }

    [Id(9)]
    public string? LastFailureMessage { get; init; }

    /// <summary>When the individual assessment under way began.</summary>
    [Id(10)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Whether it is not over.</summary>
    public bool IsOpen() => Status is AssessmentStatuses.Starting or AssessmentStatuses.Running;

    /// <summary>Whether the replication must not go on.</summary>
    public bool StandsInTheWay() => FailOnFailure && Status is AssessmentStatuses.Failed or AssessmentStatuses.ErrorExecuting;

    /// <summary>With one more individual assessment over; the run is over with the last.</summary>
    public AssessmentRunState With(AssessmentVerdict verdict, DateTimeOffset now)
    {
        var next = this with { Outcomes = [.. Outcomes, new(verdict.Status, verdict.Message, StartedAt ?? now)], StartedAt = now };
        return next.Outcomes.Count < Names.Count ? next : next.Over();
    }

    /// <summary>Over before its time: what is not over yet is cancelled.</summary>
    public AssessmentRunState Cancelled(string why) => this with
    {
        Outcomes = [.. Outcomes, .. Names.Skip(Outcomes.Count).Select(_ => new AssessmentOutcome(AssessmentStatuses.Cancelled, null, null))],
        Status = AssessmentStatuses.Failed,
        LastFailureMessage = why,
        StartedAt = null,
    };

    private AssessmentRunState Over()
    {
        var bad = Outcomes.Select((outcome, i) => (Name: Names[i], Outcome: outcome))
            .Where(o => o.Outcome.Status is AssessmentStatuses.Failed or AssessmentStatuses.Error).ToList();
        var status = bad.Count == 0 ? Outcomes.Any(o => o.Status == AssessmentStatuses.Warning) ? AssessmentStatuses.Warning : AssessmentStatuses.Passed
            : bad.Exists(o => o.Outcome.Status == AssessmentStatuses.Failed) ? AssessmentStatuses.Failed
            : AssessmentStatuses.ErrorExecuting;
        return this with
        {
            Status = status,
            StartedAt = null,
            LastFailureMessage = bad.Count == 0 ? null : string.Join("; ", bad.Select(o => $"{o.Name} {o.Outcome.Status}: {o.Outcome.Message}")),
        };
    }
}

/// <summary>What an individual assessment came to.</summary>
/// <param name="Status">One of <see cref="AssessmentStatuses"/>.</param>
/// <param name="Message">What was found.</param>
/// <param name="StartedAt">When it began; null when it never did.</param>
[GenerateSerializer, Immutable, Alias("dms.AssessmentOutcome")]
internal sealed record AssessmentOutcome([property: Id(0)] string Status, [property: Id(1)] string? Message, [property: Id(2)] DateTimeOffset? StartedAt);
