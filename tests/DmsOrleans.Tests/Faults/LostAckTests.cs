using DmsOrleans.Capacity;
using DmsOrleans.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DmsOrleans.Tests.Faults;

/// <summary>A store that does what it is asked and says it did not, or does not: each command has one effect all the same.</summary>
public sealed class LostAckTests
{
    private const int Replications = 300;
    private const int Seed = 20_260_501;

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["DmsOrleans:Replications:SweepInterval"] = "00:00:00.1",
        ["DmsOrleans:Replications:SweepGrace"] = "00:00:00.1",
        ["DmsOrleans:Replications:DeprovisionDelay"] = "100.00:00:00",
    };

    [Fact]
    public async Task A_write_that_reports_a_timeout_has_one_effect()
    {
        var dice = new Dice(Seed, percent: 5);
        await using var node = await TestNode.StartAsync(configuration: Settings, services: s => s.AddStateFaults(dice).WithoutFlushing());
        await node.CreateEndpointsAsync();
        var clients = Enumerable.Range(0, Replications).Select(i => new PatientClient($"orders-{i}")).ToList();

        await ForAllAsync(clients, c => c.CreateAsync(node));
        await ForAllAsync(clients, c => c.StartAsync(node));
        await ForAllAsync(clients.Where((_, i) => i % 2 == 0), c => c.StopAsync(node));
        await AllAsync(node, "stopped", Replications / 2);
        await AllAsync(node, "running", Replications / 2);
        await ForAllAsync(clients.Where((_, i) => i % 2 == 0), c => c.StartAsync(node, "resume-processing"));
        await AllAsync(node, "running", Replications);
        await ForAllAsync(clients, c => c.StopAsync(node));
        await AllAsync(node, "stopped", Replications);

        for (var i = 0; i < Replications; i++)
        {
            var runs = i % 2 == 0 ? 2 : 1;
            Histories.AssertLegal(clients[i].Identifier, await node.HistoryAsync(clients[i].Identifier), starts: runs, stops: runs, end: "stopped");
        }

        await ForAllAsync(clients, c => c.DeleteAsync(node));
        await AssertNothingRemainsAsync(node);
        TestContext.Current.TestOutputHelper?.WriteLine($"{dice.LostAcks} acknowledgements lost, {dice.LostWrites} writes refused, {clients.Sum(c => c.Retries)} commands repeated");
        Assert.True(dice.LostAcks >= 200 && dice.LostWrites >= 200, $"Too few faults to show anything: {dice.LostAcks} lost acknowledgements, {dice.LostWrites} lost writes");
        Assert.True(clients.Sum(c => c.Retries) >= 50, "Too few commands were hit to show anything.");
    }

    private static Task ForAllAsync(IEnumerable<PatientClient> clients, Func<PatientClient, Task> command) =>
        Parallel.ForEachAsync(clients, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (client, _) => await command(client));

    private static Task<IReadOnlyDictionary<string, long>> AllAsync(TestNode node, string status, int count) => Until.AsyncIs(
        async () => (await node.Directory.Count(null)).ByStatus, counts => counts.GetValueOrDefault(status) == count, $"{count} to be {status}");

    private static async Task AssertNothingRemainsAsync(TestNode node)
    {
        await Until.AsyncIs(async () => (await node.Directory.Count(null)).ByStatus.Values.Sum(), left => left == 0, "no replication to be left");
        Assert.Empty((await node.Services.GetRequiredService<IReminderTable>().ReadRows(0, 0)).Reminders);
        Assert.Equal(0, node.Services.GetRequiredService<CapacityPool>().HeldUnits);
    }

    /// <summary>Faults at random, the same for the same seed and order of calls.</summary>
    private sealed class Dice(int seed, int percent) : IStorageFaults
    {
        private readonly Lock gate = new();
        private readonly Random random = new(seed);

        public int LostAcks { get; private set; }

        public int LostWrites { get; private set; }

        public void BeforeRead(GrainId grain)
        {
        }

        public void BeforeWrite(GrainId grain)
        {
            lock (gate)
            {
                if (random.Next(100) < percent)
                {
                    LostWrites++;
                    throw new TimeoutException("Injected: not done.");
                }
            }
        }

        public void AfterWrite(GrainId grain)
        {
            lock (gate)
            {
                if (random.Next(100) < percent)
                {
                    LostAcks++;
                    throw new TimeoutException("Injected: done, and not confirmed.");
                }
            }
        }
    }
}
