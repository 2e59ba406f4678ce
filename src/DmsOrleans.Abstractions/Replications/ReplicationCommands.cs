namespace DmsOrleans.Replications;

/// <summary>Creates the config and its replication, in status created.</summary>
/// <param name="Spec">What is asked; its times are set by the grain.</param>
[GenerateSerializer, Immutable, Alias("dms.CreateReplication")]
public sealed record CreateReplication([property: Id(0)] ReplicationSpec Spec);

/// <summary>StartReplication.</summary>
[GenerateSerializer, Immutable, Alias("dms.StartReplication")]
public sealed record StartReplication
{
    /// <summary>StartReplicationType: <c>start-replication</c>, <c>resume-processing</c>, or <c>reload-target</c>; others are refused.</summary>
    [Id(0)]
    public required string StartType { get; init; }

    /// <summary>CdcStartTime.</summary>
    [Id(1)]
    public DateTimeOffset? CdcStartTime { get; init; }

    /// <summary>CdcStartPosition.</summary>
    [Id(2)]
    public string? CdcStartPosition { get; init; }

    /// <summary>CdcStopPosition: <c>server_time:…</c> or <c>commit_time:…</c>.</summary>
    [Id(3)]
    public string? CdcStopPosition { get; init; }

    /// <summary>PremigrationAssessmentSettings: the JSON as sent; null for no assessment.</summary>
    [Id(4)]
    public string? AssessmentSettings { get; init; }
}

/// <summary>StopReplication. (A parameter, so that the dashboard cannot stop a replication by looking at it.)</summary>
/// <param name="Reason">For the history; null for a plain user request.</param>
[GenerateSerializer, Immutable, Alias("dms.StopReplication")]
public sealed record StopReplication([property: Id(0)] string? Reason = null);

/// <summary>ModifyReplicationConfig: null members stay as they are.</summary>
[GenerateSerializer, Immutable, Alias("dms.ModifyReplication")]
public sealed record ModifyReplication
{
    /// <summary>New identifier.</summary>
    [Id(0)]
    public string? Identifier { get; init; }

    /// <summary>New type, as the AWS string.</summary>
    [Id(1)]
    public ReplicationType? Type { get; init; }

    /// <summary>New table mappings.</summary>
    [Id(2)]
    public string? TableMappings { get; init; }

    /// <summary>New task settings.</summary>
    [Id(3)]
    public string? ReplicationSettings { get; init; }

    /// <summary>New supplemental settings.</summary>
    [Id(4)]
    public string? SupplementalSettings { get; init; }

    /// <summary>New source.</summary>
    [Id(5)]
    public string? SourceEndpointArn { get; init; }

    /// <summary>New target.</summary>
    [Id(6)]
    public string? TargetEndpointArn { get; init; }

    /// <summary>New compute members; null members inside stay as they are.</summary>
    [Id(7)]
    public ComputeChange? Compute { get; init; }
}

/// <summary>The members of a ComputeConfig that a modification names; null members stay as they are.</summary>
[GenerateSerializer, Immutable, Alias("dms.ComputeChange")]
public sealed record ComputeChange
{
    /// <summary>New maximum.</summary>
    [Id(0)]
    public int? MaxCapacityUnits { get; init; }

    /// <summary>New minimum.</summary>
    [Id(1)]
    public int? MinCapacityUnits { get; init; }

    /// <summary>New zone.</summary>
    [Id(2)]
    public string? AvailabilityZone { get; init; }

    /// <summary>New name servers.</summary>
    [Id(3)]
    public string? DnsNameServers { get; init; }

    /// <summary>New key.</summary>
    [Id(4)]
    public string? KmsKeyId { get; init; }

    /// <summary>New MultiAZ.</summary>
    [Id(5)]
    public bool? MultiAZ { get; init; }

    /// <summary>New window.</summary>
    [Id(6)]
    public string? PreferredMaintenanceWindow { get; init; }

    /// <summary>New subnet group.</summary>
    [Id(7)]
    public string? ReplicationSubnetGroupId { get; init; }

    /// <summary>New security groups.</summary>
    [Id(8)]
    public IReadOnlyList<string>? VpcSecurityGroupIds { get; init; }
}

/// <summary>DeleteReplicationConfig.</summary>
[GenerateSerializer, Immutable, Alias("dms.DeleteReplication")]
public sealed record DeleteReplication;

/// <summary>ReloadReplicationTables.</summary>
/// <param name="Tables">Which.</param>
/// <param name="Option"><c>data-reload</c> or <c>validate-only</c>.</param>
[GenerateSerializer, Immutable, Alias("dms.ReloadTables")]
public sealed record ReloadTables([property: Id(0)] IReadOnlyList<TableName> Tables, [property: Id(1)] string Option);

/// <summary>A table of the source.</summary>
/// <param name="Schema">Schema, case-sensitive.</param>
/// <param name="Table">Table, case-sensitive.</param>
[GenerateSerializer, Immutable, Alias("dms.TableName")]
public readonly record struct TableName([property: Id(0)] string Schema, [property: Id(1)] string Table)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Schema}.{Table}";
}
