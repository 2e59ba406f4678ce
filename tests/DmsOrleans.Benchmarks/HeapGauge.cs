using System.Diagnostics;

namespace DmsOrleans.Benchmarks;

/// <summary>What the process holds. Garbage is collected first, so that a figure is what is alive, not what the collector has put off.</summary>
internal static class HeapGauge
{
    /// <summary>Managed bytes alive after a blocking, compacting collection of everything.</summary>
    public static long LiveBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    /// <summary>Bytes of memory that the process occupies now.</summary>
    public static long WorkingSetBytes() => Read(process => process.WorkingSet64);

    /// <summary>The most memory that the process ever occupied.</summary>
    public static long PeakWorkingSetBytes() => Read(process => process.PeakWorkingSet64);

    /// <summary>Collects time and again until <paramref name="work"/> is over, which slows it down; returns the most bytes found alive.</summary>
    public static async Task<long> PeakLiveBytesAsync(Task work, TimeSpan between)
    {
        var peak = LiveBytes();
        while (await Task.WhenAny(work, Task.Delay(between, TimeProvider.System)) != work)
        {
            peak = Math.Max(peak, LiveBytes());
        }

        await work;
        return peak;
    }

    private static long Read(Func<Process, long> value)
    {
        using var process = Process.GetCurrentProcess();
        return value(process);
    }
}
