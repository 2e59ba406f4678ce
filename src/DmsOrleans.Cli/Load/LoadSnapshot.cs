namespace DmsOrleans.Cli.Load;

/// <summary>A load at one moment, for the live view.</summary>
/// <param name="Stage"><c>driving</c> or <c>judging</c>.</param>
/// <param name="Elapsed">Since the load began.</param>
/// <param name="Replications">How many there are to be.</param>
/// <param name="Settled">How many are where they shall end.</param>
/// <param name="Judged">How many histories were read back.</param>
/// <param name="Commands">Commands answered.</param>
/// <param name="Errors">Errors so far.</param>
/// <param name="LastError">The last of them.</param>
/// <param name="Counts">Replications of the node by status.</param>
/// <param name="Before">The same before the load began: a node may be in use already.</param>
/// <param name="Lateness">Median and 99th percentile, of the histories sampled so far; null before the first.</param>
internal sealed record LoadSnapshot(
    string Stage,
    TimeSpan Elapsed,
    int Replications,
    int Settled,
    int Judged,
    long Commands,
    long Errors,
    string? LastError,
    IReadOnlyDictionary<string, long> Counts,
    IReadOnlyDictionary<string, long> Before,
    (TimeSpan P50, TimeSpan P99)? Lateness)
{
    private static readonly string[] Walk =
    [
        "created", "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata",
        "calculating_capacity", "provisioning_capacity", "replication_starting", "running", "stopped",
    ];

    /// <summary>
    /// Transitions that the counts prove: a replication in its n-th status has n behind it. Waits for capacity, stops and deprovisioning
    /// are not seen there, so there are at least these.
    /// </summary>
    public long TransitionsAtLeast => Math.Max(0, Proven(Counts) - Proven(Before));

    private static long Proven(IReadOnlyDictionary<string, long> counts) =>
        counts.Sum(c => c.Value * Math.Max(1, Array.IndexOf(Walk, c.Key) + 1));
}

/// <summary>A finished load.</summary>
/// <param name="Fleet">Its replications.</param>
/// <param name="Commands">Its commands.</param>
/// <param name="Verdict">What the histories say.</param>
/// <param name="Drove">From the first request to the last end.</param>
/// <param name="Judged">Reading the histories back.</param>
/// <param name="Counts">Replications of the node by status, at the last look.</param>
internal sealed record LoadOutcome(
    LoadFleet Fleet, LoadCommands Commands, Verdict Verdict, TimeSpan Drove, TimeSpan Judged, IReadOnlyDictionary<string, long> Counts);
