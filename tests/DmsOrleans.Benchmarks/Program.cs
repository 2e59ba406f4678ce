using System.Globalization;
using DmsOrleans.Benchmarks;

const string Usage =
    """
    usage: DmsOrleans.Benchmarks COMMAND [N]

      walk [N]      N replications from start to running without waits, beside the bare group-commit loop (1,000; 10,000; 50,000)
      memory [N]    bytes per replication: created, all starting at once, running (100,000)
      lists [N]     pages and counts of a node of N replications (100,000)
      restart [N]   a node comes back to N replications, a tenth of them overdue (100,000)
      lateness [N]  how late N replications move at time scale 3600, beside bare timers (5,000)
      http [N]      requests/s through HTTP beside a bare endpoint, over N replications (100,000)
      all           each of them, one after the other: several minutes

    Build with -c Release. Compare figures of one run with one another: they depend on the machine.
    """;

int[] walks = [1_000, 10_000, 50_000];
switch (args)
{
    case ["restarted", var directory, var due]:
        await RestartBenchmark.ComeBackAsync(directory, int.Parse(due, CultureInfo.InvariantCulture));
        return 0;
    case ["all"]:
        await WalkBenchmark.RunAsync(walks, repetitions: 5);
        await MemoryBenchmark.RunAsync(100_000);
        await ListBenchmark.RunAsync(100_000);
        await RestartBenchmark.RunAsync(100_000);
        await LatenessBenchmark.RunAsync(5_000);
        await HttpBenchmark.RunAsync(100_000);
        return 0;
    case [var command, .. var rest] when Size(rest) is var n && Benchmark(command, n) is { } run:
        await run;
        return 0;
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 2;
}

Task? Benchmark(string command, int? n) => command switch
{
    _ when n < 0 => null,
    "walk" => WalkBenchmark.RunAsync(n is { } size ? [size] : walks, repetitions: 5),
    "memory" => MemoryBenchmark.RunAsync(n ?? 100_000),
    "lists" => ListBenchmark.RunAsync(n ?? 100_000),
    "restart" => RestartBenchmark.RunAsync(n ?? 100_000),
    "http" => HttpBenchmark.RunAsync(n ?? 100_000),
    "lateness" => LatenessBenchmark.RunAsync(n ?? 5_000),
    _ => null,
};

// Null when there is none, -1 when it is not a size.
static int? Size(string[] rest) => rest switch
{
    [] => null,
    [var text] when int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var n) && n >= 100 => n,
    _ => -1,
};
