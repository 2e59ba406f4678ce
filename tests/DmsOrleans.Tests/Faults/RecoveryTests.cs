using System.Collections.Concurrent;
using DmsOrleans.Capacity;
using DmsOrleans.Replications;
using DmsOrleans.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DmsOrleans.Tests.Faults;

/// <summary>
/// One replication for every place where a node can die: just before its k-th write, and just after it. A second node on what the first
/// one left carries every one of them on, to the same walk as if nothing had happened.
/// </summary>
public sealed class RecoveryTests
{
    private const string Whole = "whole";

    [Theory, InlineData("any"), InlineData("reminder"), InlineData("sweeper")]
    public async Task A_walk_cut_anywhere_is_carried_on_to_the_same_end(string wakeUp)
    {
        using var directory = new DataDirectory();
        var cuts = new Cuts();
        var walks = new List<Walk> { new(Whole) };
        var reference = await WalkUntilCutAsync(directory, cuts, walks);

        var none = new Cuts();
        await using var node = await StartAsync(directory, wakeUp, none);
        await Task.WhenAll(walks.Select(w => w.GoAsync(node, none)));
        foreach (var walk in walks)
        {
            var history = await node.HistoryAsync(walk.Identifier);
            Assert.Equal(walk.Left, history.Take(walk.Left.Count));
            Assert.Equal(reference.Select(t => (t.To, t.Cause)), history.Select(t => (t.To, t.Cause)));
            Histories.AssertLegal(walk.Identifier, history, starts: 1, stops: 1, end: "stopped");
        }

        Assert.Empty((await node.Services.GetRequiredService<IReminderTable>().ReadRows(0, 0, TestContext.Current.CancellationToken)).Reminders);
        Assert.Equal(0, node.Services.GetRequiredService<CapacityPool>().HeldUnits);
    }

    // Answers the history of the walk that was left alone; the others end where they are cut.
    private static async Task<IReadOnlyList<Transition>> WalkUntilCutAsync(DataDirectory directory, Cuts cuts, List<Walk> walks)
    {
        await using var node = await StartAsync(directory, "any", cuts);
        await node.CreateEndpointsAsync();
        await walks[0].GoAsync(node, cuts);
        var reference = await node.HistoryAsync(Whole);
        Assert.Equal(13, reference.Count);
        for (var write = 1; write <= reference.Count; write++)
        {
            walks.Add(new(cuts.Add($"cut-before-{write}", write, durable: false)));
            walks.Add(new(cuts.Add($"cut-after-{write}", write, durable: true)));
        }

        await Task.WhenAll(walks.Select(w => w.GoAsync(node, cuts)));
        foreach (var walk in walks)
        {
            walk.Left = (await node.Directory.History(TestNode.ArnOf(walk.Identifier), 0, 100))?.Transitions ?? [];
            Assert.Equal(cuts.StoredBy(walk.Identifier) ?? reference.Count, walk.Left.Count);
        }

        return reference;
    }

    private static Task<TestNode> StartAsync(DataDirectory directory, string wakeUp, Cuts cuts) => TestNode.StartAsync(
        dataDirectory: directory.Path,
        configuration: new Dictionary<string, string?>
        {
            ["DmsOrleans:Replications:UseTimer"] = (wakeUp == "any").ToString(),
            ["DmsOrleans:Replications:UseReminder"] = (wakeUp is "any" or "reminder").ToString(),
            ["DmsOrleans:Replications:UseSweeper"] = (wakeUp is "any" or "sweeper").ToString(),
            ["DmsOrleans:Replications:ReminderPeriod"] = "00:00:00.3",
            ["DmsOrleans:Replications:SweepInterval"] = "00:00:00.05",
            ["DmsOrleans:Replications:SweepGrace"] = "00:00:00",
            ["DmsOrleans:Replications:DeprovisionDelay"] = "00:30:00",
        },
        services: s => s.AddStateFaults(cuts).WithoutFlushing());

    /// <summary>One replication and the client that takes it from creation to rest, remembering what it was told over both nodes.</summary>
    private sealed class Walk(string identifier)
    {
        private readonly PatientClient client = new(identifier);
        private int acknowledged;

        public string Identifier => identifier;

        /// <summary>What the first node left.</summary>
        public IReadOnlyList<Transition> Left { get; set; } = [];

        /// <summary>Goes on where it was, until rest or until its node is dead to it.</summary>
        public async Task GoAsync(TestNode node, Cuts cuts)
        {
            bool IsCut() => cuts.IsDead(identifier);
            Func<Task<bool>>[] steps =
            [
                () => client.CreateAsync(node, IsCut),
                () => client.StartAsync(node, giveUp: IsCut),
                () => ReachAsync(node, IsCut, v => v.Status == "running"),
                () => client.StopAsync(node, IsCut),
                () => ReachAsync(node, IsCut, v => v.Provision?.State == "deprovisioned"),
            ];
            while (acknowledged < steps.Length && await steps[acknowledged]())
            {
                acknowledged++;
            }
        }

        private async Task<bool> ReachAsync(TestNode node, Func<bool> isCut, Func<ReplicationView, bool> reached) => reached(await Until.AsyncIs(
            () => node.ViewAsync(identifier), view => isCut() || reached(view), $"{identifier} to go on"));
    }

    /// <summary>Where each replication's node dies: everything it asks of the store from then on fails.</summary>
    private sealed class Cuts : IStorageFaults
    {
        private readonly ConcurrentDictionary<string, Cut> cuts = new();

        public string Add(string identifier, int write, bool durable)
        {
            cuts[identifier] = new Cut(write, durable);
            return identifier;
        }

        public bool IsDead(string identifier) => cuts.TryGetValue(identifier, out var cut) && cut.Dead;

        /// <summary>Writes that became durable before its death; null for one that is not cut.</summary>
        public int? StoredBy(string identifier) => cuts.TryGetValue(identifier, out var cut) ? cut.Durable ? cut.Write : cut.Write - 1 : null;

        public void BeforeRead(GrainId grain) => Of(grain)?.ThrowIfDead();

        public void BeforeWrite(GrainId grain)
        {
            if (Of(grain) is { } cut)
            {
                cut.ThrowIfDead();
                cut.Dead = ++cut.Writes == cut.Write && !cut.Durable;
                cut.ThrowIfDead();
            }
        }

        public void AfterWrite(GrainId grain)
        {
            if (Of(grain) is { } cut)
            {
                cut.Dead = cut.Writes == cut.Write;
                cut.ThrowIfDead();
            }
        }

        private Cut? Of(GrainId grain) => cuts.GetValueOrDefault(new Arn(grain.Key.ToString()!).ResourceId);

        private sealed class Cut(int write, bool durable)
        {
            public int Write => write;

            public bool Durable => durable;

            public int Writes { get; set; }

            public bool Dead { get; set; }

            public void ThrowIfDead()
            {
                if (Dead)
                {
                    throw new TimeoutException("Injected: the node is dead.");
                }
            }
        }
    }
}
