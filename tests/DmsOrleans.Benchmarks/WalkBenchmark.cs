using System.Diagnostics;

namespace DmsOrleans.Benchmarks;

/// <summary>
/// N replications from StartReplication to running without think time, each of the 8 transitions durable before the next, beside the bare
/// group-commit loop on the same disk in the same run.
/// </summary>
internal static class WalkBenchmark
{
    private const int TransitionsEach = 8;
    private const int WarmUpWalks = 40_000;

    public static async Task RunAsync(int[] sizes, int repetitions)
    {
        Console.WriteLine("walk: N replications, StartReplication to running, 8 durable transitions each (medians)");
        Console.WriteLine($"{"N",8} {"transitions/s",14} {"CPU us/tr",10} {"commits/tr",11} {"bare rows/s",12} {"ratio",6}");
        foreach (var n in sizes)
        {
            var runs = await RunAsync(n, repetitions);
            Console.WriteLine(
                $"{n,8:N0} {Median(runs.Select(r => r.Rate)),14:N0} {Median(runs.Select(r => r.Cpu)),10:N1} {Median(runs.Select(r => r.Commits)),11:N4} {Median(runs.Select(r => r.Limit)),12:N0} {Median(runs.Select(r => r.Rate / r.Limit)),6:N2}");
        }
    }

    // One node, as one that is in use: after tens of thousands of walks tiered compilation has settled, which it would not have on fresh ones.
    private static async Task<List<Run>> RunAsync(int n, int repetitions)
    {
        var directory = Directory.CreateTempSubdirectory("dms-walk-").FullName;
        try
        {
            await using var node = await BenchmarkNode.StartAsync(directory, TimeScale.Infinite);
            await node.CreateEndpointsAsync();
            var first = 0;
            for (var warm = 0; warm < WarmUpWalks; warm += n)
            {
                await OnceAsync(node, first, n);
                first += n;
            }

            var runs = new List<Run>();
            for (var i = 0; i < repetitions; i++)
            {
                var limit = RawLimit.BareGroupCommit(10_000).RowsPerSecond;
                runs.Add(await OnceAsync(node, first, n) with { Limit = limit });
                first += n;
            }

            return runs;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<Run> OnceAsync(BenchmarkNode node, int first, int n)
    {
        await node.CreateAsync(first, n);
        using var readings = new MeterReadings("running", n);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var (allocated, paused) = (GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration());
        var watch = Stopwatch.StartNew();
        await node.StartReplicationsAsync(first, n);
        await readings.Reached;
        var seconds = watch.Elapsed.TotalSeconds;
        process.Refresh();
        var spent = process.TotalProcessorTime - cpu;
        if (Environment.GetEnvironmentVariable("DMS_BENCH_DETAIL") is not null)
        {
            Console.WriteLine($"  {seconds:0.00} s, {(GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / n:0.0} KB allocated each, paused {(GC.GetTotalPauseDuration() - paused).TotalSeconds:0.00} s");
        }

        var counts = await node.Store.CountByStatusAsync("replication", null, CancellationToken.None);
        return counts.GetValueOrDefault("running") == first + n && readings.Transitions == (long)n * TransitionsEach
            ? new(readings.Transitions / seconds, spent.TotalMicroseconds / readings.Transitions, (double)readings.Commits / readings.Transitions, 0)
            : throw new InvalidOperationException($"{counts.GetValueOrDefault("running")} of {first + n} run after {readings.Transitions} transitions.");
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    /// <summary>One repetition.</summary>
    /// <param name="Rate">Transitions per second.</param>
    /// <param name="Cpu">CPU of the process per transition, in µs.</param>
    /// <param name="Commits">Commits per transition.</param>
    /// <param name="Limit">Rows per second of the bare loop just before.</param>
    private sealed record Run(double Rate, double Cpu, double Commits, double Limit);
}
