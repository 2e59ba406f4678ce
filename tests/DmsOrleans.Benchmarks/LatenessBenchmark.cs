using System.Diagnostics;
using DmsOrleans.Cli.Load;

namespace DmsOrleans.Benchmarks;

/// <summary>
/// How late phases end when an hour takes a second. Beside it, how late plain timers of the same process fire meanwhile: what of the lateness is the
/// machine's, and what is ours.
/// </summary>
internal static class LatenessBenchmark
{
    private const int TransitionsEach = 8;
    private const int WarmUp = 2_000;

    public static async Task RunAsync(int n)
    {
        Console.WriteLine($"lateness: {n:N0} replications at time scale 3600, planned end of a phase to the decision of the next transition");
        Console.WriteLine($"{"starts/s",9} {"transitions/s",14} {"p50 ms",8} {"p99 ms",8} {"max ms",8} | {"timer p50",9} {"p99",8} {"max",8} | {"p99 ratio",9}");
        using var directory = new BenchmarkDirectory();
        await using var node = await BenchmarkNode.StartAsync(directory.Path, new TimeScale(3_600));
        await node.CreateEndpointsAsync();
        await WalkAsync(node, 0, WarmUp, perSecond: null);
        var from = WarmUp;
        foreach (int? rate in new int?[] { 250, 500, 500, 500, null, null })
        {
            var (perSecond, late, bare) = await WalkAsync(node, from, n, rate);
            from += n;
            var ratio = late.Percentile(99) / bare.Percentile(99);
            Console.WriteLine($"{rate?.ToString("N0", null) ?? "unbounded",9} {perSecond,14:N0} {Columns(late)} | {Columns(bare)} | {ratio,9:0.0}");
        }
    }

    private static async Task<(double PerSecond, LatencyHistogram Late, LatencyHistogram Bare)> WalkAsync(BenchmarkNode node, int from, int n, int? perSecond)
    {
        await node.CreateAsync(from, n);
        HeapGauge.LiveBytes();
        using var readings = new MeterReadings("running", n);
        using var bare = new BareTimers();
        var watch = Stopwatch.StartNew();
        await (perSecond is { } rate ? StartAtAsync(node, from, n, rate) : node.StartReplicationsAsync(from, n));
        await readings.Reached;
        return (TransitionsEach * n / watch.Elapsed.TotalSeconds, readings.Lateness, bare.Lateness);
    }

    // Callers who do not wait for one another: a slow node is not asked more slowly.
    private static async Task StartAtAsync(BenchmarkNode node, int from, int n, int perSecond)
    {
        var calls = new List<Task>(n);
        var watch = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (calls.Count < n && await tick.WaitForNextTickAsync())
        {
            var wanted = Math.Min(n, (int)(watch.Elapsed.TotalSeconds * perSecond));
            while (calls.Count < wanted)
            {
                calls.Add(node.StartReplicationAsync(from + calls.Count));
            }
        }

        await Task.WhenAll(calls);
    }

    private static string Columns(LatencyHistogram times) =>
        $"{times.Percentile(50).TotalMilliseconds,8:0.0} {times.Percentile(99).TotalMilliseconds,8:0.0} {times.Max.TotalMilliseconds,8:0.0}";

    /// <summary>A few timers that are armed again as soon as they fire, with waits like those of the phases.</summary>
    private sealed class BareTimers : IDisposable
    {
        private readonly Timer[] timers;
        private readonly long[] due;
        private volatile bool stopped;

        public BareTimers()
        {
            due = new long[8];
            timers = [.. due.Select((_, i) => new Timer(Fired, i, Timeout.Infinite, Timeout.Infinite))];
            for (var i = 0; i < timers.Length; i++)
            {
                Arm(i);
            }
        }

        /// <summary>From the moment asked for to the callback.</summary>
        public LatencyHistogram Lateness { get; } = new();

        public void Dispose()
        {
            stopped = true;
            foreach (var timer in timers)
            {
                timer.Dispose();
            }
        }

        private void Fired(object? index)
        {
            if (!stopped)
            {
                Lateness.Record(Stopwatch.GetElapsedTime(due[(int)index!]));
                Arm((int)index);
            }
        }

        private void Arm(int i)
        {
            var wait = TimeSpan.FromMilliseconds(20 + (10 * i));
            due[i] = Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency);
            timers[i].Change(wait, Timeout.InfiniteTimeSpan);
        }
    }
}
