using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Faults;

/// <summary>A real node, killed by SIGKILL at random moments under load and started again on the same data.</summary>
/// <remarks>Rounds: as many as fit the budget, at most 50; <c>DMS_KILL_ROUNDS=n</c> asks for n, however long they take.</remarks>
public sealed class KillTests
{
    private const int Alive = 24;
    private const int Workers = 8;
    private const int TimeScale = 3_600;
    private const int UsualRounds = 50;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(150);

    private readonly Random random = new(Seed);
    private readonly List<HammeredReplication> alive = [];
    private readonly List<HammeredReplication> gone = [];
    private readonly List<TimeSpan> recoveries = [];
    private int named;
    private int acknowledged;
    private int hits;

    private static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("DMS_KILL_SEED"), out var seed) ? seed : Environment.TickCount;

    [Fact]
    public async Task No_acknowledged_command_is_lost_and_no_walk_is_stuck_however_often_the_node_is_killed()
    {
        var asked = int.TryParse(Environment.GetEnvironmentVariable("DMS_KILL_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : (int?)null;
        using var directory = new DataDirectory();
        var port = NodeProcess.FreePort();
        var clock = Stopwatch.StartNew();
        var rounds = 0;
        var node = await NodeProcess.StartAsync(directory, port, TimeScale);
        try
        {
            var (source, target) = await CreateEndpointsAsync(node);
            while (rounds < (asked ?? UsualRounds) && (asked is not null || clock.Elapsed < Budget))
            {
                Replenish(source, target);
                await HammerAndKillAsync(node);
                await node.DisposeAsync();
                node = await NodeProcess.StartAsync(directory, port, TimeScale);
                recoveries.Add(node.ReadyAfter);
                await CheckAsync(node);
                rounds++;
            }

            await Task.WhenAll(alive.Select(r => r.CheckEndAsync(node)));
        }
        finally
        {
            await node.DisposeAsync();
        }

        var sorted = recoveries.Order().ToList();
        var summary = string.Create(CultureInfo.InvariantCulture,
            $"seed {Seed}: {rounds} kills, {hits} of them hit commands under way, {acknowledged} commands acknowledged, {named} replications, ready again p50 {sorted[rounds / 2].TotalSeconds:0.00} s, max {sorted[^1].TotalSeconds:0.00} s, {clock.Elapsed.TotalSeconds:0} s in all");
        TestContext.Current.TestOutputHelper?.WriteLine(summary);
        Assert.True(rounds >= Math.Min(asked ?? 5, UsualRounds) && acknowledged >= 10 * rounds && hits >= rounds / 3, $"Too little happened to show anything: {summary}");
    }

    private static async Task<(string Source, string Target)> CreateEndpointsAsync(NodeProcess node)
    {
        var token = TestContext.Current.CancellationToken;
        var source = await node.Aws.CreateEndpointAsync("source-db", "source", token);
        var target = await node.Aws.CreateEndpointAsync("target-db", "target", token);
        Assert.True(source.IsOk && target.IsOk, $"{source.Body} {target.Body}");
        return (source.Body.GetProperty("Endpoint").GetProperty("EndpointArn").GetString()!, target.Body.GetProperty("Endpoint").GetProperty("EndpointArn").GetString()!);
    }

    private void Replenish(string source, string target)
    {
        gone.AddRange(alive.Where(r => r.IsGone));
        alive.RemoveAll(r => r.IsGone);
        while (alive.Count < Alive)
        {
            alive.Add(new HammeredReplication($"orders-{++named}", source, target));
        }
    }

    // The moment: when a number of commands drawn at random has been acknowledged. The other workers' commands are anywhere then.
    private async Task HammerAndKillAsync(NodeProcess node)
    {
        var moment = acknowledged + random.Next(10, 120);
        using var over = new CancellationTokenSource();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var workers = Enumerable.Range(0, Workers)
            .Select(w => (Mine: alive.Where((_, i) => i % Workers == w).ToList(), Choices: new Random(random.Next())))
            .ToList()
            .ConvertAll(w => Task.Run(() => HammerAsync(node, w.Mine, w.Choices, moment, reached, over.Token)));
        var first = await Task.WhenAny([reached.Task.WaitAsync(TimeSpan.FromSeconds(60)), .. workers]);
        await node.KillAsync();
        await over.CancelAsync();
        await Task.WhenAll(workers);
        await first;
        hits += alive.Any(r => r.HasUnknown) ? 1 : 0;
    }

    private async Task HammerAsync(
        NodeProcess node, List<HammeredReplication> mine, Random choices, int moment, TaskCompletionSource reached, CancellationToken over)
    {
        while (!over.IsCancellationRequested && mine.Count > 0)
        {
            var replication = mine[choices.Next(mine.Count)];
            try
            {
                if (await replication.CommandAsync(node, choices.Next(100), CancellationToken.None) && Interlocked.Increment(ref acknowledged) >= moment)
                {
                    reached.TrySetResult();
                }
            }
            catch (HttpRequestException)
            {
                // Killed under this command; whether it took effect is settled after the restart.
                return;
            }

            mine.RemoveAll(r => r.IsGone);
        }
    }

    private async Task CheckAsync(NodeProcess node)
    {
        await Until.AsyncIs(() => OverdueAsync(node), overdue => overdue.Count == 0, "every overdue deadline to fire after the restart");
        foreach (var replication in alive)
        {
            await replication.CheckAsync(node);
        }

        if (gone.Count > 0)
        {
            await gone[random.Next(gone.Count)].CheckAsync(node);
        }
    }

    private static async Task<IReadOnlyList<string>> OverdueAsync(NodeProcess node)
    {
        var list = await node.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/replications?limit=1000", UriKind.Relative), TestContext.Current.CancellationToken);
        var late = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(0.5);
        return [.. list.GetProperty("items").EnumerateArray()
            .Where(i => i.TryGetProperty("due", out var due) && due.ValueKind == JsonValueKind.String && due.GetDateTimeOffset() < late)
            .Select(i => i.GetProperty("identifier").GetString()!)];
    }
}
