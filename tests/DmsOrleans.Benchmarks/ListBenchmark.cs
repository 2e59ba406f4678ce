using System.Diagnostics;
using DmsOrleans.Cli.Load;
using DmsOrleans.Replications;

namespace DmsOrleans.Benchmarks;

/// <summary>What a page and a count cost on a node of N replications, asked one after the other; none of them may activate a replication.</summary>
internal static class ListBenchmark
{
    private const int Calls = 50;
    private const int Rare = 10;

    public static async Task RunAsync(int n)
    {
        Console.WriteLine($"lists: {n:N0} replications, {Rare} of them stopped (the last created), {Calls} calls each through IReplicationDirectory");
        using var directory = new BenchmarkDirectory();
        await using (var node = await BenchmarkNode.StartAsync(directory.Path, TimeScale.Infinite))
        {
            await FillAsync(node, n);
        }

        // A node that has activated nobody: what a list brings to life shows.
        await using var rested = await BenchmarkNode.StartAsync(directory.Path, TimeScale.Infinite);
        var before = await rested.ActivationsAsync();
        Console.WriteLine($"{"question",-34} {"items",6} {"p50 ms",8} {"max ms",8}");
        var cursor = await MiddleAsync(rested, n);
        await PageAsync(rested, "page of 100, no filter", new());
        await PageAsync(rested, "page of 100, from the middle", new() { Cursor = cursor });
        await PageAsync(rested, "page of 100, status running", new() { Statuses = [ReplicationStatus.Running] });
        await PageAsync(rested, "page of 100, status stopped", new() { Statuses = [ReplicationStatus.Stopped] });
        await PageAsync(rested, "page of 100, status failed (none)", new() { Statuses = [ReplicationStatus.Failed] });
        await PageAsync(rested, "page of 1, by identifier", new() { Identifiers = [$"r{n / 2}"] });
        await MeasureAsync("counts by status", async () => (await rested.Directory.Count(null)).ByStatus.Count);
        Console.WriteLine($"replications activated by {7 * Calls} questions: {await rested.ActivationsAsync() - before} (before: {before})");
    }

    private static async Task FillAsync(BenchmarkNode node, int n)
    {
        await node.CreateEndpointsAsync();
        await node.CreateAsync(0, n);
        using (var running = new MeterReadings("running", n))
        {
            await node.StartReplicationsAsync(0, n);
            await running.Reached;
        }

        using var stopped = new MeterReadings("stopped", Rare);
        await node.StopReplicationsAsync(n - Rare, Rare);
        await stopped.Reached;
    }

    private static async Task<string?> MiddleAsync(BenchmarkNode node, int n)
    {
        string? cursor = null;
        for (var seen = 0; seen < n / 2; seen += 1_000)
        {
            cursor = (await node.Directory.List(new() { Cursor = cursor, Limit = 1_000 })).Next;
        }

        return cursor;
    }

    private static Task PageAsync(BenchmarkNode node, string question, ReplicationQuery query) =>
        MeasureAsync(question, async () => (await node.Directory.List(query)).Items.Count);

    private static async Task MeasureAsync(string question, Func<Task<int>> ask)
    {
        var items = await ask();
        var times = new LatencyHistogram();
        for (var i = 0; i < Calls; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await ask();
            times.Record(Stopwatch.GetElapsedTime(started));
        }

        Console.WriteLine($"{question,-34} {items,6} {times.Percentile(50).TotalMilliseconds,8:0.0} {times.Max.TotalMilliseconds,8:0.0}");
    }
}
