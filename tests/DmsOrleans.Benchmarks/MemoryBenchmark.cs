using System.Diagnostics;

namespace DmsOrleans.Benchmarks;

/// <summary>
/// What N replications cost in memory: created, all started by callers that wait for nobody, and running. The callers live in this process too,
/// so their tasks and answers are part of the price of a start.
/// </summary>
internal static class MemoryBenchmark
{
    // The compiler's and the caches' memory is there before the first measured replication.
    private const int WarmUp = 2_000;
    private static readonly TimeSpan BetweenCollections = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(int n)
    {
        Console.WriteLine("memory: managed bytes alive after a forced collection, per replication (cdc, one table rule)");
        Console.WriteLine($"{"N",8} {"scale",9} {"created KB",11} {"in flight KB",13} {"running KB",11} {"working set MB",15} {"to start",9} {"to running",11} {"timed out",10}");
        await OnceAsync(n, TimeScale.Infinite, sampled: true);

        // With waits, a timer stays with each activation. The collections would make the walk late and are left out.
        await OnceAsync(n / 5, new TimeScale(3_600), sampled: false);
    }

    private static async Task OnceAsync(int n, TimeScale scale, bool sampled)
    {
        using var directory = new BenchmarkDirectory();
        await using var node = await BenchmarkNode.StartAsync(directory.Path, scale);
        await node.CreateEndpointsAsync();
        await node.CreateAsync(n, WarmUp);
        using (var warm = new MeterReadings("running", WarmUp))
        {
            await node.StartReplicationsAsync(n, WarmUp);
            await warm.Reached;
        }

        var empty = HeapGauge.LiveBytes();
        await node.CreateAsync(0, n);
        var created = HeapGauge.LiveBytes();
        using var readings = new MeterReadings("running", n);
        var watch = Stopwatch.StartNew();
        var timedOut = 0;
        var starting = Task.WhenAll(Enumerable.Range(0, n).Select(async i =>
        {
            while (!await TryStartAsync(node, i))
            {
                Interlocked.Increment(ref timedOut);
            }
        }));
        var started = starting.ContinueWith(_ => watch.Elapsed, TaskScheduler.Default);
        var walk = Task.WhenAll(starting, readings.Reached);
        var peak = sampled ? await HeapGauge.PeakLiveBytesAsync(walk, BetweenCollections) : 0;
        await walk;
        var seconds = watch.Elapsed.TotalSeconds;
        starting = walk = Task.CompletedTask;
        var running = HeapGauge.LiveBytes();
        var inFlight = sampled ? $"{Kilobytes(peak - created, n):0.0}" : "-";
        Console.WriteLine(
            $"{n,8:N0} {scale,9} {Kilobytes(created - empty, n),11:0.0} {inFlight,13} {Kilobytes(running - empty, n),11:0.0} {HeapGauge.WorkingSetBytes() >> 20,15:N0} {(await started).TotalSeconds,7:0.0} s {seconds,9:0.0} s {timedOut,10:N0}");
    }

    // False when the caller waited in vain: the start may have happened or not. When it is asked again and refused, it has.
    private static async Task<bool> TryStartAsync(BenchmarkNode node, int i)
    {
        try
        {
            await node.Grain(i).Start(new() { StartType = "start-replication" });
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static double Kilobytes(long bytes, int n) => bytes / 1024.0 / n;
}
