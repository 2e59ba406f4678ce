namespace DmsOrleans.Replications;

/// <summary>What the user asked for: the replication config. Immutable; a modification makes a new one.</summary>
/// <remarks>Members are those of the model's <c>ReplicationConfig</c>; JSON members other than <see cref="ReplicationSettings"/> are kept as sent.</remarks>
[GenerateSerializer, Immutable, Alias("dms.ReplicationSpec")]
public sealed record ReplicationSpec
{
    /// <summary>ReplicationConfigIdentifier, unique in its account and region.</summary>
    [Id(0)]
    public required string Identifier { get; init; }

    /// <summary>The endpoint rows come from.</summary>
    [Id(1)]
    public required string SourceEndpointArn { get; init; }

    /// <summary>The endpoint rows go to.</summary>
    [Id(2)]
    public required string TargetEndpointArn { get; init; }

    /// <summary>What is moved.</summary>
    [Id(3)]
    public required ReplicationType Type { get; init; }

    /// <summary>Selection, transformation and table settings, as JSON.</summary>
    [Id(4)]
    public required string TableMappings { get; init; }

    /// <summary>Task settings as JSON. In a command as sent, in the store less the defaults, in a view completed with them; null for none.</summary>
    [Id(5)]
    public string? ReplicationSettings { get; init; }

    /// <summary>SupplementalSettings as JSON; may hold a simulation profile under <c>"simulation"</c>.</summary>
    [Id(6)]
    public string? SupplementalSettings { get; init; }

    /// <summary>Capacity range and placement.</summary>
    [Id(7)]
    public required ComputeConfig Compute { get; init; }

    /// <summary>Tags by key.</summary>
    [Id(8)]
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>When the config was created.</summary>
    [Id(9)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the config was last modified.</summary>
    [Id(10)]
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The subnet group that <see cref="ComputeConfig.ReplicationSubnetGroupId"/> names, which cannot be deleted meanwhile. Set by the grain when the name is given;
    /// null when none is, and for what releases stored that took any name.</summary>
    [Id(20)]
    public string? SubnetGroupArn { get; init; }

    /// <summary>The version of the task settings' defaults that the config was created under; null means the first.</summary>
    [Id(11)]
    public int? SettingsVersion { get; init; }
}

/// <summary>ReplicationType: full load, change capture, or one after the other.</summary>
[Alias("dms.ReplicationType")]
public enum ReplicationType
{
    /// <summary><c>full-load</c>.</summary>
    FullLoad = 0,

    /// <summary><c>cdc</c>.</summary>
    Cdc = 1,

    /// <summary><c>full-load-and-cdc</c>.</summary>
    FullLoadAndCdc = 2,
}

/// <summary>The words of <see cref="ReplicationType"/>.</summary>
public static class ReplicationTypes
{
    /// <summary>The AWS string.</summary>
    public static string ToWire(this ReplicationType type) => type switch
    {
        ReplicationType.FullLoad => "full-load",
        ReplicationType.Cdc => "cdc",
        _ => "full-load-and-cdc",
    };

    /// <summary>Reads the AWS string, exactly.</summary>
    public static bool TryParse(string? text, out ReplicationType type)
    {
        type = text switch { "cdc" => ReplicationType.Cdc, "full-load-and-cdc" => ReplicationType.FullLoadAndCdc, _ => ReplicationType.FullLoad };
        return text is "full-load" or "cdc" or "full-load-and-cdc";
    }

    /// <summary>Whether rows present at the start are copied.</summary>
    public static bool HasFullLoad(this ReplicationType type) => type != ReplicationType.Cdc;

    /// <summary>Whether changes are captured.</summary>
    public static bool HasCdc(this ReplicationType type) => type != ReplicationType.FullLoad;
}

/// <summary>ComputeConfig of the model. Capacity in DCU (2 GB of memory each). Null members were not given.</summary>
[GenerateSerializer, Immutable, Alias("dms.ComputeConfig")]
public sealed record ComputeConfig
{
    /// <summary>The capacities AWS offers, ascending.</summary>
    public static IReadOnlyList<int> Ladder { get; } = [1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384];

    /// <summary>Largest capacity, on the ladder.</summary>
    [Id(0)]
    public required int MaxCapacityUnits { get; init; }

    /// <summary>Smallest capacity, on the ladder; null means 1.</summary>
    [Id(1)]
    public int? MinCapacityUnits { get; init; }

    /// <summary>Availability zone; excludes <see cref="MultiAZ"/>.</summary>
    [Id(2)]
    public string? AvailabilityZone { get; init; }

    /// <summary>Up to four comma-separated addresses.</summary>
    [Id(3)]
    public string? DnsNameServers { get; init; }

    /// <summary>KMS key.</summary>
    [Id(4)]
    public string? KmsKeyId { get; init; }

    /// <summary>More than one zone.</summary>
    [Id(5)]
    public bool? MultiAZ { get; init; }

    /// <summary><c>ddd:hh24:mi-ddd:hh24:mi</c>, at least 30 minutes.</summary>
    [Id(6)]
    public string? PreferredMaintenanceWindow { get; init; }

    /// <summary>Subnet group.</summary>
    [Id(7)]
    public string? ReplicationSubnetGroupId { get; init; }

    /// <summary>Security groups; null when not given.</summary>
    [Id(8)]
    public IReadOnlyList<string>? VpcSecurityGroupIds { get; init; }
}
