using DmsOrleans.Storage;
using Orleans.Storage;
using static DmsOrleans.Tests.Storage.StorageWords;

namespace DmsOrleans.Tests.Storage;

/// <summary>What is promised of histories read across states; every store of ours runs it.</summary>
public abstract class TransitionsContract
{
    private const string Kind = "replication";
    private const string Here = "1/x";
    private const string There = "2/x";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An open store without states.</summary>
    protected abstract Task<IStoreUnderTest> OpenAsync();

    [Fact]
    public async Task Transitions_of_all_states_come_once_each_in_the_order_of_their_commits()
    {
        await using var store = await OpenAsync();
        var expected = new List<(string, long)>();
        for (var step = 1; step <= 4; step++)
        {
            foreach (var key in new[] { "c", "a", "b" })
            {
                await StepAsync(store, key, step);
                expected.Add((key, step));
            }
        }

        await StepAsync(store, "e", 1, kind: "endpoint");
        var all = await AllAsync(store, new TransitionQuery { Kind = Kind, Limit = 5 });
        Assert.Equal(expected, all.Select(t => (t.Key, t.Transition.Sequence)));
        Assert.Equal(all.Select(t => t.Position).Order().Distinct(), all.Select(t => t.Position));
        Assert.Equal(Step(2), all[3].Transition);
        Assert.Equal(all.Skip(7), await AllAsync(store, new TransitionQuery { Kind = Kind, After = all[6].Position, Limit = 5 }));
        Assert.Equal("e", Assert.Single(await AllAsync(store, new TransitionQuery { Kind = "endpoint" })).Key);
        Assert.Empty(await AllAsync(store, new TransitionQuery { Kind = "nothing" }));
    }

    [Fact]
    public async Task A_page_that_ends_the_list_says_so_even_when_full()
    {
        await using var store = await OpenAsync();
        await StepAsync(store, "a", 1);
        await StepAsync(store, "a", 2);
        Assert.False((await store.States.TransitionsAsync(new TransitionQuery { Kind = Kind, Limit = 2 }, Cancel)).More);
        Assert.True((await store.States.TransitionsAsync(new TransitionQuery { Kind = Kind, Limit = 1 }, Cancel)).More);
        Assert.True((await store.States.TransitionsAsync(new TransitionQuery { Kind = Kind, Key = "a", Limit = 1 }, Cancel)).More);
        var end = (await store.States.TransitionsAsync(new TransitionQuery { Kind = Kind, Limit = 2 }, Cancel)).Through;
        await StepAsync(store, "a", 3);
        Assert.Equal(3, Assert.Single(await AllAsync(store, new TransitionQuery { Kind = Kind, After = end })).Transition.Sequence);
    }

    [Fact]
    public async Task Scope_key_and_name_restrict()
    {
        await using var store = await OpenAsync();
        await StepAsync(store, "a", 1, scope: Here, name: "one");
        await StepAsync(store, "b", 1, scope: There, name: "one");
        await StepAsync(store, "c", 1, scope: Here, name: "two");
        await StepAsync(store, "a", 2, scope: Here, name: "one");
        Assert.Equal(["a", "c", "a"], await KeysAsync(store, new TransitionQuery { Kind = Kind, Scope = Here }));
        Assert.Equal(["a", "a"], await KeysAsync(store, new TransitionQuery { Kind = Kind, Scope = Here, Name = "one", Limit = 1 }));
        Assert.Equal(["b"], await KeysAsync(store, new TransitionQuery { Kind = Kind, Key = "b" }));
        Assert.Empty(await KeysAsync(store, new TransitionQuery { Kind = Kind, Key = "b", Scope = Here }));
        Assert.Empty(await KeysAsync(store, new TransitionQuery { Kind = Kind, Scope = "3/x" }));
        Assert.Empty(await KeysAsync(store, new TransitionQuery { Kind = Kind, Key = "none" }));
    }

    [Fact]
    public async Task Times_restrict_to_the_tick_on_both_ends()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 200; i++)
        {
            await StepAsync(store, $"k{i}", 1, at: Noon.AddMinutes(i));
            await StepAsync(store, "one", i + 1, at: Noon.AddMinutes(i));
        }

        foreach (var (first, last) in new[] { (0, 199), (1, 1), (57, 130), (199, 199), (198, 197) })
        {
            var query = new TransitionQuery { Kind = Kind, From = Noon.AddMinutes(first), Until = Noon.AddMinutes(last), Limit = 17 };
            Assert.Equal(Math.Max(0, (last - first + 1) * 2), (await AllAsync(store, query)).Count);
            Assert.Equal(Enumerable.Range(first + 1, Math.Max(0, last - first + 1)).Select(n => (long)n), (await AllAsync(store, query with { Key = "one" })).Select(t => t.Transition.Sequence));
        }

        Assert.Equal(2 * 100, (await AllAsync(store, new TransitionQuery { Kind = Kind, From = Noon.AddMinutes(99).AddTicks(1) })).Count);
        Assert.Equal(2 * 99, (await AllAsync(store, new TransitionQuery { Kind = Kind, Until = Noon.AddMinutes(99).AddTicks(-1) })).Count);
        Assert.Empty(await AllAsync(store, new TransitionQuery { Kind = Kind, From = Noon.AddDays(1) }));
    }

    [Fact]
    public async Task What_was_decided_a_little_earlier_and_committed_later_is_found_by_its_time()
    {
        await using var store = await OpenAsync();
        await StepAsync(store, "a", 1, at: Noon.AddSeconds(20));
        await StepAsync(store, "b", 1, at: Noon);
        await StepAsync(store, "c", 1, at: Noon.AddSeconds(40));
        await StepAsync(store, "d", 1, at: Noon.AddSeconds(1));
        Assert.Equal(["b", "d"], await KeysAsync(store, new TransitionQuery { Kind = Kind, Until = Noon.AddSeconds(10) }));
        Assert.Equal(["a", "c"], await KeysAsync(store, new TransitionQuery { Kind = Kind, From = Noon.AddSeconds(10) }));
    }

    [Fact]
    public async Task The_history_of_a_removed_state_is_still_told_under_its_key_and_name()
    {
        await using var store = await OpenAsync();
        await StepAsync(store, "a", 1, name: "old");
        await StepAsync(store, "b", 1, name: "other");
        await StepAsync(store, "a", 2, name: "old");
        await store.Grains.ClearStateAsync(Kind, Grain("a"), await store.Grains.ReadAsync<FullState>(Grain("a"), Kind));
        Assert.Null(await store.States.HistoryAsync(Kind, "a", 0, 10, Cancel));
        await StepAsync(store, "a", 1, name: "new");

        var all = await AllAsync(store, new TransitionQuery { Kind = Kind, Scope = Here });
        Assert.Equal([("a", "old", 1), ("b", "other", 1), ("a", "old", 2), ("a", "new", 1)], all.Select(t => (t.Key, t.Name, (int)t.Transition.Sequence)));
        Assert.Equal([all[0], all[2], all[3]], await AllAsync(store, new TransitionQuery { Kind = Kind, Key = "a", Limit = 1 }));
        Assert.Equal([all[0], all[2]], await AllAsync(store, new TransitionQuery { Kind = Kind, Scope = Here, Name = "old" }));
    }

    [Fact]
    public async Task Rare_transitions_behind_many_others_are_found_a_bounded_stretch_at_a_time()
    {
        await using var store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 6_000).Select(i => StepAsync(store, $"k{i}", 1, scope: There)));
        await StepAsync(store, "rare", 1);
        var query = new TransitionQuery { Kind = Kind, Scope = Here };
        var first = await store.States.TransitionsAsync(query, Cancel);
        Assert.True(first is { Items: [], More: true, Through: > 0 and < 6_000 }, $"{first}");
        Assert.Equal(["rare"], await KeysAsync(store, query));
    }

    private static async Task<GrainState<FullState>> StepAsync(
        IStoreUnderTest store, string key, long step, DateTimeOffset? at = null, string scope = Here, string? name = null, string kind = Kind)
    {
        var state = step == 1 ? new GrainState<FullState>() : await store.Grains.ReadAsync<FullState>(Grain(key), kind);
        var transition = Step(step);
        state.State = new FullState { Scope = scope, Name = name ?? key, Last = at is { } time ? transition with { At = time } : transition };
        await store.Grains.WriteStateAsync(kind, Grain(key), state);
        return state;
    }

    private static async Task<IEnumerable<string>> KeysAsync(IStoreUnderTest store, TransitionQuery query) => (await AllAsync(store, query)).Select(t => t.Key);

    private static async Task<List<StoredTransition>> AllAsync(IStoreUnderTest store, TransitionQuery query)
    {
        var all = new List<StoredTransition>();
        while (true)
        {
            var page = await store.States.TransitionsAsync(query, Cancel);
            Assert.True(page.Items.Count <= query.Limit);
            all.AddRange(page.Items);
            if (!page.More)
            {
                return all;
            }

            Assert.True(page.Through > query.After, "this would go on for ever");
            query = query with { After = page.Through };
        }
    }
}
