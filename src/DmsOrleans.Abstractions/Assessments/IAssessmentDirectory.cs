using DmsOrleans.Replications;

namespace DmsOrleans.Assessments;

/// <summary>Questions about premigration assessments, answered from the store and the engine.</summary>
[Alias("dms.IAssessmentDirectory")]
public interface IAssessmentDirectory : IGrainWithIntegerKey
{
    /// <summary>Names of the individual assessments that apply, in order; null when the replication config does not exist.</summary>
    [Alias("applicable")]
    Task<IReadOnlyList<string>?> Applicable(ApplicableAssessmentsQuery query);

    /// <summary>Assessment runs, oldest first within a replication. Without ARNs every replication of the scope is read: a question for a person, not for a poll.</summary>
    [Alias("list")]
    Task<IReadOnlyList<AssessmentRunView>> List(AssessmentQuery query);
}

/// <summary>What assessments should apply to: a config, or the three others.</summary>
[GenerateSerializer, Immutable, Alias("dms.ApplicableAssessmentsQuery")]
public sealed record ApplicableAssessmentsQuery
{
    /// <summary>A replication config.</summary>
    [Id(0)]
    public string? ConfigArn { get; init; }

    /// <summary>Engine of the source.</summary>
    [Id(1)]
    public string? SourceEngine { get; init; }

    /// <summary>Engine of the target.</summary>
    [Id(2)]
    public string? TargetEngine { get; init; }

    /// <summary>What is moved.</summary>
    [Id(3)]
    public ReplicationType Type { get; init; }
}

/// <summary>Which runs. All conditions hold together; null ones do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("dms.AssessmentQuery")]
public sealed record AssessmentQuery
{
    /// <summary>Account and region.</summary>
    [Id(0)]
    public required AwsScope Scope { get; init; }

    /// <summary>Runs of any of these configs.</summary>
    [Id(1)]
    public IReadOnlyList<string>? ConfigArns { get; init; }

    /// <summary>Any of these runs.</summary>
    [Id(2)]
    public IReadOnlyList<string>? RunArns { get; init; }
}

/// <summary>CancelReplicationTaskAssessmentRun.</summary>
/// <param name="RunArn">Which.</param>
[GenerateSerializer, Immutable, Alias("dms.CancelAssessment")]
public sealed record CancelAssessment([property: Id(0)] string RunArn);

/// <summary>DeleteReplicationTaskAssessmentRun.</summary>
/// <param name="RunArn">Which.</param>
[GenerateSerializer, Immutable, Alias("dms.DeleteAssessment")]
public sealed record DeleteAssessment([property: Id(0)] string RunArn);
