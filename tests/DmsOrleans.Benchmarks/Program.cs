using DmsOrleans.Benchmarks;

int[] sizes = [1_000, 10_000, 50_000];
switch (args)
{
    case ["walk"]:
        await WalkBenchmark.RunAsync(sizes, repetitions: 3);
        return 0;
    case ["walk", var n]:
        await WalkBenchmark.RunAsync([int.Parse(n, System.Globalization.CultureInfo.InvariantCulture)], repetitions: 3);
        return 0;
    default:
        Console.Error.WriteLine("usage: walk [N]");
        return 2;
}
