using System.Collections.Frozen;

namespace DmsOrleans.Replications;

/// <summary>What a replication is doing. On the wire the AWS string of <see cref="ReplicationStatuses.ToWire"/>.</summary>
/// <remarks>Numbers are stored nowhere but travel between silos: append only.</remarks>
[Alias("dms.ReplicationStatus")]
public enum ReplicationStatus
{
    /// <summary>Configured, never started.</summary>
    Created = 0,

    /// <summary>Phase 1: parameters are set up and validated.</summary>
    Initializing = 1,

    /// <summary>Phase 2: the resources for reading source metadata are prepared.</summary>
    PreparingMetadataResources = 2,

    /// <summary>Phase 3: both connections are tested.</summary>
    TestingConnection = 3,

    /// <summary>Phase 4: tables are listed and matched with the selection rules.</summary>
    FetchingMetadata = 4,

    /// <summary>Phase 5: capacity is computed.</summary>
    CalculatingCapacity = 5,

    /// <summary>Phase 6: capacity is granted, or waited for.</summary>
    ProvisioningCapacity = 6,

    /// <summary>Phase 7: full load and change capture are started.</summary>
    ReplicationStarting = 7,

    /// <summary>Phase 8: rows move. Stays the status while capacity is scaled up or down.</summary>
    Running = 8,

    /// <summary>A stop was accepted and is being carried out.</summary>
    Stopping = 9,

    /// <summary>At rest after a stop or after the work was done.</summary>
    Stopped = 10,

    /// <summary>At rest after an error.</summary>
    Failed = 11,

    /// <summary>A modification was accepted and is being carried out.</summary>
    Modifying = 12,

    /// <summary>A deletion was accepted; soon gone.</summary>
    Deleting = 13,
}

/// <summary>The words of <see cref="ReplicationStatus"/> and the groups the rules speak of.</summary>
public static class ReplicationStatuses
{
    private static readonly string[] Wire =
    [
        "created", "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata",
        "calculating_capacity", "provisioning_capacity", "replication_starting", "running", "stopping", "stopped",
        "failed", "modifying", "deleting",
    ];

    private static readonly FrozenDictionary<string, ReplicationStatus> ByWire =
        Wire.Select((text, i) => (text, (ReplicationStatus)i)).ToFrozenDictionary(p => p.text, p => p.Item2, StringComparer.Ordinal);

    /// <summary>All of them, in the order of the walk.</summary>
    public static IReadOnlyList<ReplicationStatus> All { get; } = Enum.GetValues<ReplicationStatus>();

    /// <summary>The AWS strings of those in which a run goes on: the start phases, running and stopping.</summary>
    public static IReadOnlyCollection<string> InMotion { get; } =
        [.. All.Where(s => s.IsStartPhase() || s is ReplicationStatus.Running or ReplicationStatus.Stopping).Select(s => s.ToWire())];

    /// <summary>The AWS string, lower case with underscores.</summary>
    public static string ToWire(this ReplicationStatus status) => Wire[(int)status];

    /// <summary>Reads the AWS string, exactly.</summary>
    public static bool TryParse(string? text, out ReplicationStatus status)
    {
        status = default;
        return text is not null && ByWire.TryGetValue(text, out status);
    }

    /// <summary>Whether the status lies between Start and <see cref="ReplicationStatus.Running"/>: the seven timed phases.</summary>
    public static bool IsStartPhase(this ReplicationStatus status) =>
        status is >= ReplicationStatus.Initializing and <= ReplicationStatus.ReplicationStarting;

    /// <summary>Whether nothing moves until someone asks: created, stopped, failed.</summary>
    public static bool IsAtRest(this ReplicationStatus status) =>
        status is ReplicationStatus.Created or ReplicationStatus.Stopped or ReplicationStatus.Failed;
}
