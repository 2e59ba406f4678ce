using System.Diagnostics;

namespace DmsOrleans.Benchmarks;

/// <summary>
/// N replications from StartReplication to running without think time, each of the 8 transitions durable before the next, beside the bare
/// group-commit loop on the same disk in the same run.
/// </summary>
internal static class WalkBenchmark
{
    private const int TransitionsEach = 8;

    public static async Task RunAsync(int[] sizes, int repetitions)
    {
        Console.WriteLine("walk: N replications, StartReplication to running, 8 durable transitions each (medians)");
        Console.WriteLine($"{"N",8} {"transitions/s",14} {"CPU us/tr",10} {"commits/tr",11} {"bare rows/s",12} {"ratio",6}");
        // Tiered compilation: the first thousands of walks measure the compiler.
        for (var i = 0; i < 8; i++)
        {
            await OnceAsync(10_000);
        }

        foreach (var n in sizes)
        {
            var runs = new List<(double Rate, double Cpu, double Commits, double Limit)>();
            for (var i = 0; i < repetitions; i++)
            {
                var limit = RawLimit.BareGroupCommit(10_000).RowsPerSecond;
                var (rate, cpu, commits) = await OnceAsync(n);
                runs.Add((rate, cpu, commits, limit));
            }

            var ratio = Median(runs.Select(r => r.Rate / r.Limit));
            Console.WriteLine(
                $"{n,8:N0} {Median(runs.Select(r => r.Rate)),14:N0} {Median(runs.Select(r => r.Cpu)),10:N1} {Median(runs.Select(r => r.Commits)),11:N4} {Median(runs.Select(r => r.Limit)),12:N0} {ratio,6:N2}");
        }
    }

    private static async Task<(double Rate, double Cpu, double Commits)> OnceAsync(int n)
    {
        var directory = Directory.CreateTempSubdirectory("dms-walk-").FullName;
        try
        {
            await using var node = await BenchmarkNode.StartAsync(directory, TimeScale.Infinite);
            await node.CreateEndpointsAsync();
            await node.CreateAsync(0, n);
            using var readings = new MeterReadings("running", n);
            using var process = Process.GetCurrentProcess();
            var cpu = process.TotalProcessorTime;
            var (allocated, gen0, gen2, paused) = (GC.GetTotalAllocatedBytes(), GC.CollectionCount(0), GC.CollectionCount(2), GC.GetTotalPauseDuration());
            var watch = Stopwatch.StartNew();
            await node.StartReplicationsAsync(0, n);
            await readings.Reached;
            var seconds = watch.Elapsed.TotalSeconds;
            if (Environment.GetEnvironmentVariable("DMS_BENCH_DETAIL") is not null)
            {
                Console.WriteLine($"  {seconds:0.00} s, {(GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / n:0.0} KB allocated each, {GC.CollectionCount(0) - gen0}/{GC.CollectionCount(1)}/{GC.CollectionCount(2) - gen2} collections, paused {(GC.GetTotalPauseDuration() - paused).TotalSeconds:0.00} s");
            }

            process.Refresh();
            var spent = process.TotalProcessorTime - cpu;
            var counts = await node.Store.CountByStatusAsync("replication", null, CancellationToken.None);
            return counts.GetValueOrDefault("running") == n && readings.Transitions == (long)n * TransitionsEach
                ? ((double)readings.Transitions / seconds, spent.TotalMicroseconds / readings.Transitions, (double)readings.Commits / readings.Transitions)
                : throw new InvalidOperationException($"{counts.GetValueOrDefault("running")} of {n} run after {readings.Transitions} transitions.");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;
}
