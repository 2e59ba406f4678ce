using System.Diagnostics;
using System.Globalization;

namespace DmsOrleans.Benchmarks;

/// <summary>
/// A node that comes back: N replications lie in its store, and the deadlines of a tenth of them passed while it was down. The node that is measured
/// runs in a process of its own, so that start-up, compiler and memory are those of a real one.
/// </summary>
internal static class RestartBenchmark
{
    // Initializing lasts 2 to 5 minutes in AWS: 6 to 15 s here, longer than the starts take, and the wait while the node is down.
    private static readonly TimeScale Scale = new(20);
    private static readonly TimeSpan LongestInitializing = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(int n)
    {
        var due = n / 10;
        Console.WriteLine($"restart: {n:N0} replications in the store, {due:N0} of them with deadlines that passed while the node was down");
        using var directory = new BenchmarkDirectory();
        await using (var node = await BenchmarkNode.StartAsync(directory.Path, TimeScale.Infinite))
        {
            await node.CreateEndpointsAsync();
            await node.CreateAsync(0, n);
            using var running = new MeterReadings("running", n - due);
            await node.StartReplicationsAsync(0, n - due);
            await running.Reached;
        }

        var started = Stopwatch.StartNew();
        await using (var node = await BenchmarkNode.StartAsync(directory.Path, Scale))
        {
            started.Restart();
            await node.StartReplicationsAsync(n - due, due);
            Console.WriteLine($"{due:N0} started in {started.Elapsed.TotalSeconds:0.0} s; stopping the node and waiting for their deadlines to pass");
        }

        await Task.Delay(LongestInitializing, TimeProvider.System);
        using var process = Process.Start(Environment.ProcessPath!, ["restarted", directory.Path, due.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The node that came back ended with {process.ExitCode}.");
        }
    }

    /// <summary>The node that comes back.</summary>
    public static async Task ComeBackAsync(string directory, int due)
    {
        // Whoever was due left initializing and entered this: nobody else does.
        using var fired = new MeterReadings("preparing_metadata_resources", due);
        await using var node = await BenchmarkNode.StartAsync(directory, Scale);
        var ready = SinceStart();
        await fired.Reached;
        var all = SinceStart();
        var activations = await node.ActivationsAsync();
        Console.WriteLine($"process start to ready {ready.TotalSeconds:0.0} s, to all {due:N0} overdue deadlines fired {all.TotalSeconds:0.0} s ({(all - ready).TotalSeconds:0.0} s after ready)");
        Console.WriteLine($"activated {activations:N0} replications, {(double)activations / due:0.00} for each that was due; most memory {HeapGauge.PeakWorkingSetBytes() >> 20:N0} MB, alive now {HeapGauge.LiveBytes() >> 20:N0} MB");
    }

    private static TimeSpan SinceStart()
    {
        using var process = Process.GetCurrentProcess();
        return TimeProvider.System.GetLocalNow() - process.StartTime;
    }
}
