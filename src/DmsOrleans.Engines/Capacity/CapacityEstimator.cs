using System.Globalization;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Capacity;

/// <summary>
/// How many DCUs a replication needs. AWS does not publish its formula; this one adds up the memory that a load and a change
/// capture hold at a time, and says each part.
/// </summary>
public static class CapacityEstimator
{
    /// <summary>Memory of one DCU.</summary>
    public const double GigabytesPerCapacityUnit = 2;

    private const double Gigabyte = 1e9;
    private const double EngineGigabytes = 0.5;
    private const double GigabytesPerTable = 0.01;

    /// <summary>Rows on their way between source and target: a quarter of the data is held in buffers at the peak of a load.</summary>
    private const double LoadShare = 0.25;

    /// <summary>Large objects are held whole while they are loaded, so their bytes count a second time.</summary>
    private const double LobShare = 0.25;

    /// <summary>Changes wait as long as the default TransactionConsistencyTimeout allows a transaction to stay open.</summary>
    private const double SecondsOfChanges = 600;

    /// <summary>What a cached change costs beside its row before and after.</summary>
    private const double BytesPerChange = 1024;

    /// <summary>
    /// The DCUs for this work: its memory, rounded up <see cref="ComputeConfig.Ladder"/> and clamped to the range of <paramref name="compute"/>.
    /// The reason names each figure and step. The same arguments give the same answer.
    /// </summary>
    public static CapacityEstimate Estimate(SourceMetadata metadata, ReplicationType type, ComputeConfig compute)
    {
        var parts = Parts.Of(metadata, type);
        var needed = parts.CapacityUnits;
        var step = OnLadder(needed);
        var granted = Clamp(step, compute);
        return new CapacityEstimate(granted, Reason(metadata, parts, needed, step, granted));
    }

    /// <summary>The DCUs of <see cref="Estimate"/> without the reason.</summary>
    public static int Units(SourceMetadata metadata, ReplicationType type, ComputeConfig compute) =>
        Clamp(OnLadder(Parts.Of(metadata, type).CapacityUnits), compute);

    /// <summary>The lowest step of the ladder that holds <paramref name="needed"/>, or the highest there is.</summary>
    public static int OnLadder(int needed)
    {
        foreach (var step in ComputeConfig.Ladder)
        {
            if (step >= needed)
            {
                return step;
            }
        }

        return ComputeConfig.Ladder[^1];
    }

    private static int Clamp(int step, ComputeConfig compute)
    {
        var (least, most) = Autoscaling.RangeOf(compute);
        return Math.Clamp(step, least, most);
    }

    private static string Reason(SourceMetadata of, Parts parts, int needed, int step, int granted)
    {
        var rounded = step switch
        {
            _ when step > needed => $", next step {step}",
            _ when step < needed => $", highest step {step}",
            _ => "",
        };
        var clamped = granted switch
        {
            _ when granted < step => $", clamped to the maximum {granted}",
            _ when granted > step => $", raised to the minimum {granted}",
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{of.TablesMatched} tables, {of.Rows:N0} rows, {of.Bytes / Gigabyte:0.##} GB, {of.LobShare * 100:0.#} % LOB, {of.ChangesPerSecond:0.#} changes/s: {EngineGigabytes} GB for the engine + {parts.Tables:0.##} GB for table metadata + {parts.Load:0.##} GB for load buffers + {parts.Lobs:0.##} GB for large objects + {parts.Changes:0.##} GB for cached changes = {needed} DCU{rounded}{clamped}.");
    }

    /// <summary>Gigabytes, by what they are for.</summary>
    private readonly record struct Parts(double Tables, double Load, double Lobs, double Changes)
    {
        /// <summary>Before the ladder.</summary>
        public int CapacityUnits =>
            (int)Math.Clamp(Math.Ceiling((EngineGigabytes + Tables + Load + Lobs + Changes) / GigabytesPerCapacityUnit), 1, int.MaxValue);

        public static Parts Of(SourceMetadata of, ReplicationType type)
        {
            var gigabytes = type.HasFullLoad() ? of.Bytes / Gigabyte : 0;
            var rowBytes = of.Rows > 0 ? (double)of.Bytes / of.Rows : 0;
            var changes = type.HasCdc() ? of.ChangesPerSecond * SecondsOfChanges * (BytesPerChange + (2 * rowBytes)) / Gigabyte : 0;
            return new Parts(of.TablesMatched * GigabytesPerTable, gigabytes * LoadShare, gigabytes * of.LobShare * LobShare, changes);
        }
    }
}
