using DmsOrleans.Endpoints;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Assessments;
using DmsOrleans.Replications;

namespace DmsOrleans.Assessments;

/// <summary>Premigration assessment runs of a replication: planned at its start, made one by one while it is <c>initializing</c>, kept for a while.</summary>
internal sealed class AssessmentRuns(IReplicationEngine engine, EndpointReader endpoints)
{
    private const int Kept = 5;

    /// <summary>The run that a start asks for; null without one. Or what is wrong with the settings.</summary>
    public async ValueTask<(AssessmentRunState? Run, Refusal? Refusal)> PlanAsync(ReplicationSpec spec, RunState run, string? settings, DateTimeOffset now)
    {
        if (settings is null)
        {
            return (null, null);
        }

        var parsed = AssessmentSettings.Parse(settings);
        if (parsed.Value is not { } asked)
        {
            return (null, Refusal.InvalidValue(parsed.FaultText));
        }

        var (names, fault) = asked.Choose(await ApplicableAsync(spec));
        return fault is not null ? (null, Refusal.InvalidValue(fault)) : (new()
        {
            Run = run.Number,
            CreatedAt = now,
            FailOnFailure = asked.FailOnAssessmentFailure,
            ResultLocationFolder = asked.ResultLocationFolder,
            ResultEncryptionMode = asked.ResultEncryptionMode,
            ResultKmsKeyArn = asked.ResultKmsKeyArn,
            Names = names,
            Status = AssessmentStatuses.Starting,
        }, null);
    }

    /// <summary>Names of the assessments that apply to a config.</summary>
    public async ValueTask<IReadOnlyList<string>> ApplicableAsync(ReplicationSpec spec)
    {
        var ends = await endpoints.ReadAsync(spec);
        return engine.ApplicableAssessments(ends.Source.Spec.EngineName, ends.Target.Spec.EngineName, spec.Type);
    }

    /// <summary>The run of the replication's present run; null without one.</summary>
    public static AssessmentRunState? Of(ReplicationState state) => state.Assessments is [.., var last] && last.Run == state.Run?.Number ? last : null;

    /// <summary>The runs with one more; the oldest goes when there are too many.</summary>
    public static IReadOnlyList<AssessmentRunState>? Add(IReadOnlyList<AssessmentRunState>? runs, AssessmentRunState? run) =>
        run is null ? runs : [.. (runs ?? []).TakeLast(Kept - 1), run];

    /// <summary>The runs with the last one replaced.</summary>
    public static IReadOnlyList<AssessmentRunState> Replace(IReadOnlyList<AssessmentRunState>? runs, AssessmentRunState last) => [.. runs!.SkipLast(1), last];

    /// <summary>The runs of a replication that comes to rest: none is left open.</summary>
    public static IReadOnlyList<AssessmentRunState>? Closed(IReadOnlyList<AssessmentRunState>? runs) =>
        runs is [.., var last] && last.IsOpen() ? Replace(runs, last.Cancelled("The replication came to rest before the assessment run was over.")) : runs;

    /// <summary>What is told of the runs of a replication.</summary>
    public static IReadOnlyList<AssessmentRunView>? ViewsOf(string arn, ReplicationState state) =>
        state.Assessments is { Count: > 0 } runs ? [.. runs.Select((run, i) => ViewOf(arn, run, i == runs.Count - 1))] : null;

    /// <summary>What is told of a run.</summary>
    public static AssessmentRunView ViewOf(string arn, AssessmentRunState run, bool isLatest) => new()
    {
        Arn = AssessmentArns.Of(arn, run.Run),
        ConfigArn = arn,
        Status = run.Status,
        FailOnFailure = run.FailOnFailure,
        CreatedAt = run.CreatedAt,
        LastFailureMessage = run.LastFailureMessage,
        ResultLocationBucket = $"dms-serverless-premigration-results-{new Arn(arn).Scope.Account}",
        ResultLocationFolder = run.ResultLocationFolder ?? new Arn(arn).ResourceId,
        ResultEncryptionMode = run.ResultEncryptionMode,
        ResultKmsKeyArn = run.ResultKmsKeyArn,
        IsLatest = isLatest,
        Individual = [.. run.Names.Select((name, i) => IndividualOf(arn, run, name, i))],
    };

    private static IndividualAssessmentView IndividualOf(string arn, AssessmentRunState run, string name, int index)
    {
        var individual = AssessmentArns.Of(arn, run.Run, index);
        return index < run.Outcomes.Count ? new(individual, name, run.Outcomes[index].Status, run.Outcomes[index].StartedAt)
            : index == run.Outcomes.Count && run.Status == AssessmentStatuses.Running ? new(individual, name, AssessmentStatuses.Running, run.StartedAt)
            : new(individual, name, AssessmentStatuses.Pending, null);
    }
}
