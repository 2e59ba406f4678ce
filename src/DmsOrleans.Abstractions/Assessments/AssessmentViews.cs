using System.Globalization;

namespace DmsOrleans.Assessments;

/// <summary>A premigration assessment run: the model's <c>PremigrationAssessmentStatus</c> and <c>ReplicationTaskAssessmentRun</c> in one.</summary>
[GenerateSerializer, Immutable, Alias("dms.AssessmentRunView")]
public sealed record AssessmentRunView
{
    /// <summary>The run's ARN.</summary>
    [Id(0)]
    public required string Arn { get; init; }

    /// <summary>The replication config's ARN.</summary>
    [Id(1)]
    public required string ConfigArn { get; init; }

    /// <summary>One of <see cref="AssessmentStatuses"/>.</summary>
    [Id(2)]
    public required string Status { get; init; }

    /// <summary>Whether the replication fails when the run does.</summary>
    [Id(3)]
    public required bool FailOnFailure { get; init; }

    /// <summary>When the replication was started with it.</summary>
    [Id(4)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    [Id(5)]
    public string? LastFailureMessage { get; init; }

    /// <summary>The bucket results go to; the service's own.</summary>
    [Id(6)]
    public string? ResultLocationBucket { get; init; }

    /// <summary>The folder in it.</summary>
    [Id(7)]
    public string? ResultLocationFolder { get; init; }

    /// <summary><c>SSE_S3</c> or <c>SSE_KMS</c>.</summary>
    [Id(8)]
    public string? ResultEncryptionMode { get; init; }

    /// <summary>With <c>SSE_KMS</c>.</summary>
    [Id(9)]
    public string? ResultKmsKeyArn { get; init; }

    /// <summary>Whether no later run of the replication is known.</summary>
    [Id(10)]
    public bool IsLatest { get; init; }

    /// <summary>The individual assessments, in the order in which they are made.</summary>
    [Id(11)]
    public required IReadOnlyList<IndividualAssessmentView> Individual { get; init; }

    /// <summary>How many of them are over.</summary>
    public int CompletedCount => Individual.Count(i => i.Status is not (AssessmentStatuses.Pending or AssessmentStatuses.Running));

    /// <summary>How many came to this.</summary>
    public int Count(string status) => Individual.Count(i => i.Status == status);
}

/// <summary>One assessment of a run.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Name">AWS's API key of the assessment.</param>
/// <param name="Status">One of <see cref="AssessmentStatuses"/>.</param>
/// <param name="StartedAt">When it began; null before.</param>
[GenerateSerializer, Immutable, Alias("dms.IndividualAssessmentView")]
public sealed record IndividualAssessmentView(
    [property: Id(0)] string Arn, [property: Id(1)] string Name, [property: Id(2)] string Status, [property: Id(3)] DateTimeOffset? StartedAt);

/// <summary>The model's words for runs and for individual assessments.</summary>
public static class AssessmentStatuses
{
    /// <summary>A run that waits for its replication to be set up.</summary>
    public const string Starting = "starting";

    /// <summary>An individual assessment whose turn has not come.</summary>
    public const string Pending = "pending";

    /// <summary>Under way.</summary>
    public const string Running = "running";

    /// <summary>A run that was cancelled and ends now.</summary>
    public const string Cancelling = "cancelling";

    /// <summary>A run being removed.</summary>
    public const string Deleting = "deleting";

    /// <summary>Nothing was found.</summary>
    public const string Passed = "passed";

    /// <summary>Something was found that does not stand in the way.</summary>
    public const string Warning = "warning";

    /// <summary>Something stands in the way.</summary>
    public const string Failed = "failed";

    /// <summary>An individual assessment that could not be made.</summary>
    public const string Error = "error";

    /// <summary>A run of which an individual assessment could not be made.</summary>
    public const string ErrorExecuting = "error-executing";

    /// <summary>An individual assessment that was cancelled with its run.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>An individual assessment that has nothing to look at.</summary>
    public const string Skipped = "skipped";
}

/// <summary>ARNs of runs and individual assessments. They name their replication, so that nothing has to be looked up.</summary>
public static class AssessmentArns
{
    /// <summary>The kind of a run.</summary>
    public const string RunKind = "assessment-run";

    /// <summary>The kind of an individual assessment.</summary>
    public const string IndividualKind = "individual-assessment";

    /// <summary>The ARN of the run that belongs to a replication's run.</summary>
    public static string Of(string configArn, int run) => Of(configArn, RunKind, string.Create(CultureInfo.InvariantCulture, $"{run}"));

    /// <summary>The ARN of its individual assessment, counted from 0.</summary>
    public static string Of(string configArn, int run, int index) => Of(configArn, IndividualKind, string.Create(CultureInfo.InvariantCulture, $"{run}-{index}"));

    /// <summary>The replication config a run's ARN names; false when it is not such an ARN.</summary>
    public static bool TryConfigOf(string? runArn, out string configArn)
    {
        configArn = "";
        if (!Arn.IsWellFormed(runArn, RunKind))
        {
            return false;
        }

        var arn = new Arn(runArn!);
        var end = arn.ResourceId.LastIndexOf('-');
        configArn = end > 0 ? Arn.Of(arn.Scope, Arn.ReplicationConfigKind, arn.ResourceId[..end]).Value : "";
        return end > 0;
    }

    private static string Of(string configArn, string kind, string suffix)
    {
        var config = new Arn(configArn);
        return Arn.Of(config.Scope, kind, $"{config.ResourceId}-{suffix}").Value;
    }
}
