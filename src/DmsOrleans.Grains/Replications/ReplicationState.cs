using System.Text.Json.Serialization;
using DmsOrleans.Assessments;
using DmsOrleans.Engines;
using DmsOrleans.Storage;
using DmsOrleans.SubnetGroups;
using Orleans.Runtime;

namespace DmsOrleans.Replications;

/// <summary>What is stored of a replication. Each event makes a new one (<see cref="ReplicationLifecycle.Apply"/>); nothing else changes it.</summary>
[GenerateSerializer, Alias("dms.ReplicationState")]
internal sealed record ReplicationState : IIndexedState, IHistoryState, ISpecState
{
    /// <summary>The state name, which is its kind in the store.</summary>
    public const string Kind = "replication";

    /// <summary>The type of the grains that own such states; the same word.</summary>
    public static readonly GrainType GrainType = GrainType.Create(Kind);

    /// <summary>What the user asked for; stored in a row of its own, since it is large and seldom changes.</summary>
    /// <remarks>Settable because the store fills it in after reading the rest.</remarks>
    [Id(0), JsonIgnore]
    public ReplicationSpec? Spec { get; set; }

    /// <summary>One more with each change of <see cref="Spec"/>.</summary>
    [Id(1)]
    public int SpecRevision { get; init; }

    /// <summary>Account and region, as the store keeps them.</summary>
    [Id(2)]
    public string Scope { get; init; } = "";

    [Id(3)]
    public ReplicationStatus Status { get; init; }

    /// <summary>Of the last transition.</summary>
    [Id(4)]
    public long Sequence { get; init; }

    /// <summary>When the status was entered.</summary>
    [Id(5)]
    public DateTimeOffset StatusSince { get; init; }

    /// <summary>When the last transition was decided.</summary>
    [Id(6)]
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the grain must act next; null when only a command moves it.</summary>
    [Id(7)]
    public DateTimeOffset? Due { get; init; }

    /// <summary>The run in progress or the last one; null before the first start.</summary>
    [Id(8)]
    public RunState? Run { get; init; }

    /// <summary>Capacity; null before the first provisioning.</summary>
    [Id(9)]
    public ProvisionState? Provision { get; init; }

    [Id(10)]
    public string? StopReason { get; init; }

    [Id(11)]
    public IReadOnlyList<string>? FailureMessages { get; init; }

    /// <summary>The status to come back to after modifying.</summary>
    [Id(12)]
    public ReplicationStatus? ReturnTo { get; init; }

    /// <summary>The step that led here; the history keeps it, the state does not.</summary>
    [Id(13), JsonIgnore]
    public Transition? LastTransition { get; init; }

    /// <summary>Opt-ins to maintenance, applied ones included; null when there never was one.</summary>
    [Id(40)]
    public IReadOnlyList<MaintenanceOptIn>? Maintenance { get; init; }

    /// <summary>The last part of the ARN once it has run: what its logs are named for. Null before.</summary>
    public string? LoggingResource(string arn) => Run is { EverRan: true } ? new Arn(arn).ResourceId : null;

    /// <summary>Commands that clients may send again; null when none can be.</summary>
    [Id(30)]
    public IReadOnlyList<AnsweredInvocation>? Answered { get; init; }

    /// <summary>The last few premigration assessment runs, oldest first; null when there was none.</summary>
    [Id(14)]
    public IReadOnlyList<AssessmentRunState>? Assessments { get; init; }

    /// <summary>Whether it asked the pool for capacity and was put in line: in provisioning_capacity that is the second entry of the same status.</summary>
    public bool IsInLine() =>
        (Status == ReplicationStatus.ProvisioningCapacity && StatusSince < UpdatedAt)
        || (Status == ReplicationStatus.Running && Run?.Scaling is { Target: not null, CompletesAt: null });

    Type ISpecState.SpecType => typeof(ReplicationSpec);

    object? ISpecState.Spec
    {
        get => Spec;
        set => Spec = (ReplicationSpec?)value;
    }

    StateIndex IIndexedState.Index => new()
    {
        Scope = Scope,
        Name = Spec!.Identifier,
        Status = Status.ToWire(),
        Due = Due,
        CapacityUnits = Provision?.CapacityUnits ?? 0,
        References = References(Spec),
    };

    private static StateReference[] References(ReplicationSpec spec) => spec.SubnetGroupArn is { } group
        ? [new("endpoint", spec.SourceEndpointArn), new("endpoint", spec.TargetEndpointArn), new(SubnetGroupState.Kind, group)]
        : [new("endpoint", spec.SourceEndpointArn), new("endpoint", spec.TargetEndpointArn)];

    /// <summary>What an answer tells of it, for <see cref="AnsweredInvocation"/>. Without the spec, which is large.</summary>
    public ReplicationState AsAnswered() => this with { Spec = null, LastTransition = null, Answered = null };

    /// <summary>The state to answer from when <paramref name="answered"/> is asked for again. A spec that was modified since is shown as it is now.</summary>
    public ReplicationState AnsweredAs(ReplicationState answered) => answered with { Spec = Spec };
}

/// <summary>One run: from a start to rest.</summary>
[GenerateSerializer, Immutable, Alias("dms.RunState")]
internal sealed record RunState
{
    /// <summary>1 for the first.</summary>
    [Id(0)]
    public required int Number { get; init; }

    /// <summary>StartReplicationType as sent.</summary>
    [Id(1)]
    public required string StartType { get; init; }

    [Id(2)]
    public DateTimeOffset? CdcStartTime { get; init; }

    [Id(3)]
    public string? CdcStartPosition { get; init; }

    [Id(4)]
    public string? CdcStopPosition { get; init; }

    [Id(5)]
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When this or an earlier run last began from scratch.</summary>
    [Id(6)]
    public required DateTimeOffset FreshStartAt { get; init; }

    /// <summary>Whether the phases that find and provision capacity are left out, because the capacity is still there.</summary>
    [Id(7)]
    public bool ShortWalk { get; init; }

    /// <summary>Simulated running time carried over from the runs this one resumes.</summary>
    [Id(8)]
    public TimeSpan ElapsedBefore { get; init; }

    /// <summary>When <c>running</c> was reached; null before.</summary>
    [Id(9)]
    public DateTimeOffset? RunningSince { get; init; }

    /// <summary>The time scale in force when it was started: statistics keep their meaning when a node comes back with another.</summary>
    [Id(10)]
    public string Scale { get; init; } = "1";

    /// <summary>When it came to rest; null while it lasts.</summary>
    [Id(11)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What fetching_metadata found.</summary>
    [Id(12)]
    public SourceMetadata? Metadata { get; init; }

    /// <summary>DCUs that calculating_capacity asked for.</summary>
    [Id(13)]
    public int? EstimatedUnits { get; init; }

    /// <summary>Tables asked to be loaded again.</summary>
    [Id(14)]
    public IReadOnlyList<TableReload>? Reloads { get; init; }

    /// <summary>Where change capture can be taken up, once at rest.</summary>
    [Id(15)]
    public string? RecoveryCheckpoint { get; init; }

    /// <summary>Simulated running time when it came to rest, carried-over time included: what a resume carries on from.</summary>
    [Id(16)]
    public TimeSpan? ElapsedAtEnd { get; init; }

    /// <summary>Whether this run or one before it reached <c>running</c>.</summary>
    [Id(17)]
    public bool EverRan { get; init; }

    /// <summary>Capacities that were in force, the first one included; null until one was changed while running.</summary>
    [Id(18)]
    public IReadOnlyList<CapacityChange>? Capacity { get; init; }

    /// <summary>Where autoscaling stands; null until it first decided something.</summary>
    [Id(19)]
    public ScalingState? Scaling { get; init; }

    /// <summary>When the run before it came to rest; null for the first.</summary>
    [Id(20)]
    public DateTimeOffset? LastStoppedAt { get; init; }

    /// <summary>Maps the run's real time to simulated time; null before <c>running</c>.</summary>
    public RunClock? Clock() => RunningSince is { } since && TimeScale.TryParse(Scale, out var scale) ? new RunClock(since, scale, ElapsedBefore) : null;
}

/// <summary>Autoscaling of a run. Times are running time, so that a resumed run carries on from them.</summary>
[GenerateSerializer, Immutable, Alias("dms.ScalingState")]
internal sealed record ScalingState
{
    /// <summary>When it last decided something: the load counts from here.</summary>
    [Id(0)]
    public TimeSpan Since { get; init; }

    /// <summary>The direction of a step forbidden at <see cref="Since"/>: true for up.</summary>
    [Id(1)]
    public bool? RefusedUp { get; init; }

    /// <summary>DCUs in force while a step is under way; 0 otherwise.</summary>
    [Id(2)]
    public int From { get; init; }

    /// <summary>DCUs of the step under way or waited for; null when there is none.</summary>
    [Id(3)]
    public int? Target { get; init; }

    /// <summary>When the step is done; null while its capacity is waited for.</summary>
    [Id(4)]
    public TimeSpan? CompletesAt { get; init; }
}

/// <summary>Capacity of a replication.</summary>
[GenerateSerializer, Immutable, Alias("dms.ProvisionState")]
internal sealed record ProvisionState
{
    public const string Provisioning = "provisioning";
    public const string Provisioned = "provisioned";
    public const string Deprovisioning = "deprovisioning";
    public const string Deprovisioned = "deprovisioned";

    /// <summary>One of the words above, as the service writes them.</summary>
    [Id(0)]
    public required string State { get; init; }

    /// <summary>DCUs held from the pool; 0 when none.</summary>
    [Id(1)]
    public int CapacityUnits { get; init; }

    [Id(2)]
    public DateTimeOffset? DateProvisioned { get; init; }

    /// <summary>How the capacity was computed, or why it is waited for.</summary>
    [Id(3)]
    public string? Reason { get; init; }

    /// <summary>When <see cref="Reason"/> was written; for a step of autoscaling, when its capacity is or was there.</summary>
    [Id(4)]
    public DateTimeOffset? ReasonAt { get; init; }

    /// <summary>Whether capacity other than the first is in force.</summary>
    [Id(5)]
    public bool IsNew { get; init; }
}
