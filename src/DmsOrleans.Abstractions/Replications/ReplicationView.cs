using DmsOrleans.Assessments;

namespace DmsOrleans.Replications;

/// <summary>What we tell of a replication: its config and the members of the model's <c>Replication</c>. Null members do not apply.</summary>
[GenerateSerializer, Immutable, Alias("dms.ReplicationView")]
public sealed record ReplicationView
{
    /// <summary>The config's ARN, which names the replication too.</summary>
    [Id(0)]
    public required string Arn { get; init; }

    /// <summary>The config, with <see cref="ReplicationSpec.ReplicationSettings"/> completed with the defaults of its type.</summary>
    [Id(1)]
    public required ReplicationSpec Config { get; init; }

    /// <summary>The AWS status string.</summary>
    [Id(2)]
    public required string Status { get; init; }

    /// <summary>Sequence number of the last transition.</summary>
    [Id(3)]
    public required long Sequence { get; init; }

    /// <summary>Which run this is; 0 before the first start.</summary>
    [Id(4)]
    public required int Run { get; init; }

    /// <summary>When the present status was entered.</summary>
    [Id(5)]
    public required DateTimeOffset StatusSince { get; init; }

    /// <summary>When the present status is planned to end; null when only someone's command ends it.</summary>
    [Id(6)]
    public DateTimeOffset? Due { get; init; }

    /// <summary>In words, what the replication is waiting for; null at rest.</summary>
    [Id(7)]
    public string? WaitingOn { get; init; }

    /// <summary>Capacity; null before the first provisioning.</summary>
    [Id(8)]
    public ProvisionView? Provision { get; init; }

    /// <summary>One of the model's reasons, verbatim.</summary>
    [Id(9)]
    public string? StopReason { get; init; }

    /// <summary>Why it failed; empty otherwise.</summary>
    [Id(10)]
    public IReadOnlyList<string> FailureMessages { get; init; } = [];

    /// <summary>Statistics of the run; null before the first start and after deprovisioning.</summary>
    [Id(11)]
    public ReplicationStats? Stats { get; init; }

    /// <summary>As given at the last start.</summary>
    [Id(12)]
    public string? StartType { get; init; }

    /// <summary>As given at the last start.</summary>
    [Id(13)]
    public DateTimeOffset? CdcStartTime { get; init; }

    /// <summary>As given at the last start.</summary>
    [Id(14)]
    public string? CdcStartPosition { get; init; }

    /// <summary>As given at the last start.</summary>
    [Id(15)]
    public string? CdcStopPosition { get; init; }

    /// <summary>Where change capture can be taken up again; null without change capture.</summary>
    [Id(16)]
    public string? RecoveryCheckpoint { get; init; }

    /// <summary>When it was created.</summary>
    [Id(17)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last transition was stored.</summary>
    [Id(18)]
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it last came to rest.</summary>
    [Id(19)]
    public DateTimeOffset? LastStopTime { get; init; }

    /// <summary>When its capacity will be taken back; null unless it rests with capacity.</summary>
    [Id(20)]
    public DateTimeOffset? DeprovisionTime { get; init; }

    /// <summary>The silo that answered from a live activation; null when read from the store.</summary>
    [Id(21)]
    public string? Silo { get; init; }

    /// <summary>PremigrationAssessmentStatuses: the last few runs, oldest first; null when there are none.</summary>
    [Id(22)]
    public IReadOnlyList<AssessmentRunView>? Assessments { get; init; }
}

/// <summary>ProvisionData of the model.</summary>
[GenerateSerializer, Immutable, Alias("dms.ProvisionView")]
public sealed record ProvisionView
{
    /// <summary><c>provisioning</c>, <c>provisioned</c>, <c>deprovisioning</c>, <c>deprovisioned</c>, <c>failed_provision</c>.</summary>
    [Id(0)]
    public required string State { get; init; }

    /// <summary>DCUs held; 0 when none.</summary>
    [Id(1)]
    public int CapacityUnits { get; init; }

    /// <summary>When they were granted.</summary>
    [Id(2)]
    public DateTimeOffset? DateProvisioned { get; init; }

    /// <summary>IsNewProvisioningAvailable.</summary>
    [Id(3)]
    public bool IsNewProvisioningAvailable { get; init; }

    /// <summary>DateNewProvisioningDataAvailable.</summary>
    [Id(4)]
    public DateTimeOffset? DateNewProvisioningDataAvailable { get; init; }

    /// <summary>ReasonForNewProvisioningData: how the capacity was computed, or why it is being waited for.</summary>
    [Id(5)]
    public string? Reason { get; init; }
}

/// <summary>ReplicationStats of the model.</summary>
[GenerateSerializer, Immutable, Alias("dms.ReplicationStats")]
public sealed record ReplicationStats
{
    /// <summary>0 to 100.</summary>
    [Id(0)]
    public int FullLoadProgressPercent { get; init; }

    /// <summary>Since the run started, up to its end.</summary>
    [Id(1)]
    public long ElapsedTimeMillis { get; init; }

    /// <summary>Tables whose load is complete.</summary>
    [Id(2)]
    public int TablesLoaded { get; init; }

    /// <summary>Tables being loaded.</summary>
    [Id(3)]
    public int TablesLoading { get; init; }

    /// <summary>Tables waiting for their load.</summary>
    [Id(4)]
    public int TablesQueued { get; init; }

    /// <summary>Tables in error.</summary>
    [Id(5)]
    public int TablesErrored { get; init; }

    /// <summary>Last fresh start or target reload.</summary>
    [Id(6)]
    public DateTimeOffset? FreshStartDate { get; init; }

    /// <summary>Start of this run.</summary>
    [Id(7)]
    public DateTimeOffset? StartDate { get; init; }

    /// <summary>End of this run; null while it lasts.</summary>
    [Id(8)]
    public DateTimeOffset? StopDate { get; init; }

    /// <summary>Start of the full load.</summary>
    [Id(9)]
    public DateTimeOffset? FullLoadStartDate { get; init; }

    /// <summary>End of the full load; null while it lasts.</summary>
    [Id(10)]
    public DateTimeOffset? FullLoadFinishDate { get; init; }
}

/// <summary>TableStatistics of the model. Counts are rows unless said otherwise.</summary>
[GenerateSerializer, Immutable, Alias("dms.TableStatistics")]
public sealed record TableStatistics
{
    /// <summary>The table.</summary>
    [Id(0)]
    public required TableName Name { get; init; }

    /// <summary>One of the model's table states, verbatim: <c>Before load</c>, <c>Full load</c>, <c>Table completed</c> …</summary>
    [Id(1)]
    public required string State { get; init; }

    /// <summary>Inserts captured.</summary>
    [Id(2)]
    public long Inserts { get; init; }

    /// <summary>Updates captured.</summary>
    [Id(3)]
    public long Updates { get; init; }

    /// <summary>Deletes captured.</summary>
    [Id(4)]
    public long Deletes { get; init; }

    /// <summary>DDL statements captured.</summary>
    [Id(5)]
    public long Ddls { get; init; }

    /// <summary>Inserts applied at the target.</summary>
    [Id(6)]
    public long AppliedInserts { get; init; }

    /// <summary>Updates applied at the target.</summary>
    [Id(7)]
    public long AppliedUpdates { get; init; }

    /// <summary>Deletes applied at the target.</summary>
    [Id(8)]
    public long AppliedDeletes { get; init; }

    /// <summary>DDL statements applied at the target.</summary>
    [Id(9)]
    public long AppliedDdls { get; init; }

    /// <summary>Rows loaded.</summary>
    [Id(10)]
    public long FullLoadRows { get; init; }

    /// <summary>Rows that failed to load.</summary>
    [Id(11)]
    public long FullLoadErrorRows { get; init; }

    /// <summary>When the load of the table began.</summary>
    [Id(12)]
    public DateTimeOffset? FullLoadStartTime { get; init; }

    /// <summary>When it ended.</summary>
    [Id(13)]
    public DateTimeOffset? FullLoadEndTime { get; init; }

    /// <summary>Whether the table was loaded again.</summary>
    [Id(14)]
    public bool FullLoadReloaded { get; init; }

    /// <summary>When this record was refreshed.</summary>
    [Id(15)]
    public required DateTimeOffset LastUpdateTime { get; init; }

    /// <summary>One of the model's validation states, verbatim: <c>Not enabled</c>, <c>Pending records</c>, <c>Validated</c> …</summary>
    [Id(16)]
    public string ValidationState { get; init; } = "Not enabled";

    /// <summary>Rows not compared yet.</summary>
    [Id(17)]
    public long ValidationPendingRecords { get; init; }

    /// <summary>Rows that differ.</summary>
    [Id(18)]
    public long ValidationFailedRecords { get; init; }

    /// <summary>Rows that could not be compared.</summary>
    [Id(19)]
    public long ValidationSuspendedRecords { get; init; }

    /// <summary>More about the state; null when it says it all.</summary>
    [Id(20)]
    public string? ValidationStateDetails { get; init; }

    /// <summary>One of the model's resync states: <c>Not enabled</c>, <c>Pending</c>, <c>In progress</c>, <c>No primary key</c>, <c>Last resync at: …</c>.</summary>
    [Id(21)]
    public string ResyncState { get; init; } = "Not enabled";

    /// <summary>Rows that a resync set out to mend; null before one began.</summary>
    [Id(22)]
    public long? ResyncRowsAttempted { get; init; }

    /// <summary>Rows mended.</summary>
    [Id(23)]
    public long? ResyncRowsSucceeded { get; init; }

    /// <summary>Rows that could not be mended.</summary>
    [Id(24)]
    public long? ResyncRowsFailed { get; init; }

    /// <summary>0 to 100.</summary>
    [Id(25)]
    public double? ResyncProgress { get; init; }
}
