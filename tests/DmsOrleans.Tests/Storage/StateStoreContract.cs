using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Orleans.Runtime;
using Orleans.Storage;
using static DmsOrleans.Tests.Storage.StorageWords;

namespace DmsOrleans.Tests.Storage;

/// <summary>What the query face promises, and what a write keeps beside a state; every store of ours runs it.</summary>
public abstract class StateStoreContract
{
    private const string Kind = "replication";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An open store without states.</summary>
    protected abstract Task<IStoreUnderTest> OpenAsync();

    [Fact]
    public async Task Pages_give_every_state_once_in_the_order_of_creation()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 25; i++)
        {
            await PutAsync(store, $"k{99 - i}", new FullState { Status = i % 2 == 0 ? "running" : "stopped" });
        }

        var first = await PutAgainAsync(store, "k99", state => state with { Status = "failed" });   // a later write does not move it
        Assert.Equal("failed", first.State!.Status);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"k{99 - i}"), await AllAsync(store, new StateQuery { Kind = Kind, Limit = 7 }));
        Assert.Equal(Enumerable.Range(0, 25).Where(i => i % 2 == 1).Select(i => $"k{99 - i}"), await AllAsync(store, new StateQuery { Kind = Kind, Limit = 5, Statuses = ["stopped"] }));
        Assert.Equal(["k99"], await AllAsync(store, new StateQuery { Kind = Kind, Statuses = ["failed", "unheard-of"] }));
        Assert.Empty(await AllAsync(store, new StateQuery { Kind = Kind, Statuses = [] }));
    }

    [Fact]
    public async Task Rare_states_far_behind_the_cursor_are_found_in_order()
    {
        await using var store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 6_000).Select(i => PutAsync(store, $"k{i}", new FullState { Status = i is 10 or 5_000 or 5_999 ? "failed" : i == 5_500 ? "stopped" : "running" })));
        Assert.Equal(["k10", "k5000", "k5500", "k5999"], await AllAsync(store, new StateQuery { Kind = Kind, Statuses = ["failed", "stopped"], Limit = 3 }));
        Assert.Equal(6_000, (await AllAsync(store, new StateQuery { Kind = Kind, Limit = 1_000 })).Distinct().Count());
    }

    [Fact]
    public async Task A_page_that_ends_the_list_has_no_next_even_when_full()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState());
        await PutAsync(store, "b", new FullState());
        Assert.Null((await store.States.ListAsync<FullState>(new StateQuery { Kind = Kind, Limit = 2 }, Cancel)).Next);
        Assert.NotNull((await store.States.ListAsync<FullState>(new StateQuery { Kind = Kind, Limit = 1 }, Cancel)).Next);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("dms1-")]
    [InlineData("dms1-xyz")]
    [InlineData("dms1--1")]
    [InlineData("dms1-ffffffffffffffff")]
    public async Task A_cursor_that_is_not_ours_is_refused(string cursor)
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState());
        var page = await store.States.ListAsync<FullState>(new StateQuery { Kind = Kind, Cursor = cursor }, Cancel);
        Assert.False(page.CursorAccepted);
        Assert.Empty(page.Items);
    }

    [Fact]
    public async Task A_cursor_outlives_the_state_it_was_made_from()
    {
        await using var store = await OpenAsync();
        foreach (var key in new[] { "a", "b", "c" })
        {
            await PutAsync(store, key, new FullState());
        }

        var page = await store.States.ListAsync<FullState>(new StateQuery { Kind = Kind, Limit = 2 }, Cancel);
        await store.Grains.ClearStateAsync(Kind, Grain("b"), await store.Grains.ReadAsync<FullState>(Grain("b"), Kind));
        Assert.Equal(["c"], await AllAsync(store, new StateQuery { Kind = Kind, Cursor = page.Next }));
    }

    [Fact]
    public async Task Kind_scope_key_and_name_restrict_together()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState { Scope = "1/x", Name = "one" });
        await PutAsync(store, "b", new FullState { Scope = "2/x", Name = "one" });
        await PutAsync(store, "c", new FullState { Scope = "1/x", Name = "two", Status = "running" });
        await PutAsync(store, "d", new FullState { Scope = "1/x", Name = "one" }, kind: "endpoint");
        await store.Grains.WriteAsync(Grain("e"), new PlainState(), kind: Kind);   // has no index: lists do not know it
        Assert.Equal(["a", "b", "c"], await AllAsync(store, new StateQuery { Kind = Kind }));
        Assert.Equal(["a", "c"], await AllAsync(store, new StateQuery { Kind = Kind, Scope = "1/x" }));
        Assert.Equal(["a", "b"], await AllAsync(store, new StateQuery { Kind = Kind, Names = ["one", "none"] }));
        Assert.Equal(["b"], await AllAsync(store, new StateQuery { Kind = Kind, Scope = "2/x", Names = ["one", "two"] }));
        Assert.Equal(["a", "c"], await AllAsync(store, new StateQuery { Kind = Kind, Keys = ["c", "a", "a", "e", "none"] }));
        Assert.Equal(["a", "b", "c"], await AllAsync(store, new StateQuery { Kind = Kind, Keys = ["c", "b", "a"], Limit = 1 }));
        Assert.Equal(["a", "b", "c"], await AllAsync(store, new StateQuery { Kind = Kind, Names = ["two", "one"], Limit = 1 }));
        Assert.Equal(["c"], await AllAsync(store, new StateQuery { Kind = Kind, Keys = ["a", "c"], Names = ["two"], Statuses = ["running"] }));
        Assert.Empty(await AllAsync(store, new StateQuery { Kind = Kind, Keys = ["a"], Scope = "2/x" }));
        Assert.Empty(await AllAsync(store, new StateQuery { Kind = Kind, Keys = [] }));
        Assert.Equal(["d"], await AllAsync(store, new StateQuery { Kind = "endpoint" }));
        Assert.Empty(await AllAsync(store, new StateQuery { Kind = "nothing" }));
    }

    [Fact]
    public async Task Lists_carry_the_whole_state_with_its_spec()
    {
        await using var store = await OpenAsync();
        var value = new FullState { Name = "n", Due = Noon.AddTicks(3), Capacity = 8, Spec = new FullSpec("mappings ☃"), SpecRevision = 4, Last = Step(1) };
        await PutAsync(store, "a", value);
        var item = Assert.Single((await store.States.ListAsync<FullState>(new StateQuery { Kind = Kind }, Cancel)).Items);
        Assert.Equal(value, item.State with { References = value.References });
    }

    [Fact]
    public async Task Counts_and_lists_follow_every_write_and_clear()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState { Scope = "1/x", Status = "running" });
        await PutAsync(store, "b", new FullState { Scope = "1/x", Status = "running" });
        await PutAsync(store, "c", new FullState { Scope = "2/x", Status = "running" });
        await PutAgainAsync(store, "b", state => state with { Status = "stopped" });
        Assert.Equal(new Dictionary<string, long> { ["running"] = 2, ["stopped"] = 1 }, await store.States.CountByStatusAsync(Kind, null, Cancel));
        Assert.Equal(new Dictionary<string, long> { ["running"] = 1, ["stopped"] = 1 }, await store.States.CountByStatusAsync(Kind, "1/x", Cancel));
        Assert.Empty(await store.States.CountByStatusAsync(Kind, "3/x", Cancel));
        Assert.Empty(await store.States.CountByStatusAsync("endpoint", null, Cancel));
        await PutAgainAsync(store, "b", state => state with { Scope = "2/x", Name = "moved" });
        await store.Grains.ClearStateAsync(Kind, Grain("a"), await store.Grains.ReadAsync<FullState>(Grain("a"), Kind));
        Assert.Empty(await store.States.CountByStatusAsync(Kind, "1/x", Cancel));
        Assert.Equal(["b", "c"], await AllAsync(store, new StateQuery { Kind = Kind, Scope = "2/x" }));
    }

    [Fact]
    public async Task The_most_overdue_come_first_and_those_that_are_not_do_not()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "later", new FullState { Due = Noon.AddTicks(1) });
        await PutAsync(store, "now", new FullState { Due = Noon, Status = "running" });
        await PutAsync(store, "never", new FullState());
        await PutAsync(store, "first", new FullState { Due = Noon.AddDays(-2), Scope = "9/y" });
        await PutAsync(store, "second", new FullState { Due = Noon.AddDays(-1).ToOffset(TimeSpan.FromHours(5)) });
        await PutAsync(store, "other", new FullState { Due = Noon.AddDays(-9) }, kind: "endpoint");
        Assert.Equal([new("first", Noon.AddDays(-2)), new("second", Noon.AddDays(-1)), new("now", Noon)], await store.States.OverdueAsync(Kind, Noon, 10, Cancel));
        Assert.Equal(["first", "second"], (await store.States.OverdueAsync(Kind, Noon, 2, Cancel)).Select(o => o.Key));
        await PutAgainAsync(store, "first", state => state with { Due = null });
        Assert.Equal(["second", "now"], (await store.States.OverdueAsync(Kind, Noon, 10, Cancel)).Select(o => o.Key));
    }

    [Fact]
    public async Task Capacity_held_is_what_the_states_say()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState { Capacity = 4 });
        await PutAsync(store, "b", new FullState { Capacity = 16 });
        await PutAsync(store, "c", new FullState());
        await PutAgainAsync(store, "a", state => state with { Capacity = 0 });
        Assert.Equal([new("b", 16)], await store.States.CapacityHeldAsync(Kind, Cancel));
    }

    [Fact]
    public async Task History_is_every_step_once_in_order()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState { Last = Step(1) });
        for (var i = 2; i <= 9; i++)
        {
            await PutAgainAsync(store, "a", state => state with { Last = Step(i) });
        }

        await PutAgainAsync(store, "a", state => state with { Status = "running" });   // step 9 again: stored already
        Assert.Equal(Enumerable.Range(1, 9).Select(i => Step(i)), await store.States.HistoryAsync(Kind, "a", 0, 100, Cancel));
        Assert.Equal([Step(4), Step(5)], await store.States.HistoryAsync(Kind, "a", 3, 2, Cancel));
        Assert.Empty((await store.States.HistoryAsync(Kind, "a", 9, 2, Cancel))!);
        Assert.Null(await store.States.HistoryAsync(Kind, "missing", 0, 100, Cancel));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_step_that_is_not_the_next_is_refused_and_changes_nothing(long sequence)
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState { Last = Step(1) });
        var state = await PutAgainAsync(store, "a", one => one with { Last = Step(2) });
        state = await PutAgainAsync(store, "a", one => one with { Last = Step(3) });
        state.State = state.State! with { Last = Step(sequence), Status = "failed" };
        if (sequence == 3)
        {
            await store.Grains.WriteStateAsync(Kind, Grain("a"), state);
        }
        else
        {
            await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteStateAsync(Kind, Grain("a"), state));
        }

        Assert.Equal([Step(1), Step(2), Step(3)], await store.States.HistoryAsync(Kind, "a", 0, 100, Cancel));
        Assert.Equal(sequence == 3 ? 1 : 0, (await store.States.CountByStatusAsync(Kind, null, Cancel)).GetValueOrDefault("failed"));
    }

    [Fact]
    public async Task A_history_begins_with_one()
    {
        await using var store = await OpenAsync();
        await Assert.ThrowsAsync<InconsistentStateException>(() => PutAsync(store, "a", new FullState { Last = Step(2) }));
        Assert.False((await store.Grains.ReadAsync<FullState>(Grain("a"), Kind)).RecordExists);
        Assert.Null(await store.States.HistoryAsync(Kind, "a", 0, 1, Cancel));
    }

    [Fact]
    public async Task Of_two_writers_of_the_same_step_one_wins_and_history_has_it_once()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState { Last = Step(1) });
        var readers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => store.Grains.ReadAsync<FullState>(Grain("a"), Kind)));
        var outcomes = await Task.WhenAll(readers.Select(async (state, i) =>
        {
            state.State = state.State! with { Last = Step(2, cause: $"writer-{i}") };
            return await Record.ExceptionAsync(() => store.Grains.WriteStateAsync(Kind, Grain("a"), state));
        }));
        var winner = Array.FindIndex(outcomes, outcome => outcome is null);
        Assert.All(outcomes.Where((_, i) => i != winner), outcome => Assert.IsType<InconsistentStateException>(outcome));
        Assert.Equal([Step(1), Step(2, cause: $"writer-{winner}")], await store.States.HistoryAsync(Kind, "a", 0, 100, Cancel));
    }

    [Fact]
    public async Task A_spec_is_stored_when_its_revision_changes_and_kept_otherwise()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState { Spec = new FullSpec("first"), SpecRevision = 0 });
        Assert.Equal("first", (await store.Grains.ReadAsync<FullState>(Grain("a"), Kind)).State!.Spec!.Text);
        await PutAgainAsync(store, "a", state => state with { Spec = new FullSpec("ignored"), Status = "running" });
        Assert.Equal("first", (await store.Grains.ReadAsync<FullState>(Grain("a"), Kind)).State!.Spec!.Text);
        await PutAgainAsync(store, "a", state => state with { Spec = new FullSpec("second"), SpecRevision = 1 });
        Assert.Equal("second", (await store.Grains.ReadAsync<FullState>(Grain("a"), Kind)).State!.Spec!.Text);
        await PutAgainAsync(store, "a", state => state with { Spec = null, SpecRevision = 2 });
        Assert.Null((await store.Grains.ReadAsync<FullState>(Grain("a"), Kind)).State!.Spec);
    }

    [Fact]
    public async Task A_name_is_given_once_in_its_kind_and_scope()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState { Name = "one" });
        var taken = await Assert.ThrowsAsync<NameTakenException>(() => PutAsync(store, "b", new FullState { Name = "one" }));
        Assert.Equal(("one", "a"), (taken.Name, taken.TakenByKey));
        await PutAsync(store, "b", new FullState { Name = "two", Last = Step(1) });
        await PutAsync(store, "c", new FullState { Name = "one", Scope = "2/x" });
        await PutAsync(store, "d", new FullState { Name = "one" }, kind: "endpoint");

        await Assert.ThrowsAsync<NameTakenException>(() => PutAgainAsync(store, "b", state => state with { Name = "one", Status = "failed", Last = Step(2) }));
        var kept = await store.Grains.ReadAsync<FullState>(Grain("b"), Kind);
        Assert.Equal(("two", "created"), (kept.State!.Name, kept.State.Status));
        Assert.Single((await store.States.HistoryAsync(Kind, "b", 0, 10, Cancel))!);

        await PutAgainAsync(store, "a", state => state with { Name = "three" });
        await PutAgainAsync(store, "b", state => state with { Name = "one" });
        Assert.Equal(["b"], await AllAsync(store, new StateQuery { Kind = Kind, Names = ["one"], Scope = new FullState().Scope }));
    }

    [Fact]
    public async Task Of_many_that_want_a_name_one_gets_it()
    {
        await using var store = await OpenAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(async () => await Record.ExceptionAsync(() => PutAsync(store, $"k{i}", new FullState { Name = "wanted" })))));
        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(29, outcomes.OfType<NameTakenException>().Count());
        Assert.Single(await AllAsync(store, new StateQuery { Kind = Kind }));
    }

    [Fact]
    public async Task A_reference_needs_its_target_and_holds_it()
    {
        await using var store = await OpenAsync();
        var source = new StateReference("endpoint", "source");
        var missing = await Assert.ThrowsAsync<MissingReferenceException>(() => PutAsync(store, "a", new FullState { References = [source], Last = Step(1) }));
        Assert.Equal(source, missing.Reference);
        Assert.Null(await store.States.HistoryAsync(Kind, "a", 0, 1, Cancel));

        var endpoint = await PutAsync(store, "source", new FullState { Name = "source" }, kind: "endpoint");
        await PutAsync(store, "a", new FullState { References = [source], Status = "stopped" });
        var held = await Assert.ThrowsAsync<StillReferencedException>(() => store.Grains.ClearStateAsync("endpoint", Grain("source"), endpoint));
        Assert.Equal("source", held.Key);
        Assert.True((await store.Grains.ReadAsync<FullState>(Grain("source"), "endpoint")).RecordExists);

        Assert.True(await store.States.IsReferencedAsync("endpoint", "source", null, Cancel));
        Assert.True(await store.States.IsReferencedAsync("endpoint", "source", ["running", "stopped"], Cancel));
        Assert.False(await store.States.IsReferencedAsync("endpoint", "source", ["running"], Cancel));
        Assert.False(await store.States.IsReferencedAsync("endpoint", "missing", null, Cancel));

        await PutAgainAsync(store, "a", state => state with { Status = "running" });
        Assert.True(await store.States.IsReferencedAsync("endpoint", "source", ["running"], Cancel));
        await PutAgainAsync(store, "a", state => state with { References = [] });
        await store.Grains.ClearStateAsync("endpoint", Grain("source"), endpoint);
        Assert.False((await store.Grains.ReadAsync<FullState>(Grain("source"), "endpoint")).RecordExists);
    }

    [Fact]
    public async Task A_state_that_names_itself_is_not_held_by_that()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "a", new FullState());
        var state = await PutAgainAsync(store, "a", one => one with { References = [new(Kind, "a")] });
        Assert.False(await store.States.IsReferencedAsync(Kind, "a", null, Cancel));
        await store.Grains.ClearStateAsync(Kind, Grain("a"), state);
        Assert.False((await store.Grains.ReadAsync<FullState>(Grain("a"), Kind)).RecordExists);
    }

    [Fact]
    public async Task Clearing_takes_history_spec_references_and_name_along()
    {
        await using var store = await OpenAsync();
        var endpoint = await PutAsync(store, "source", new FullState { Name = "source" }, kind: "endpoint");
        var state = await PutAsync(store, "a", new FullState { Name = "one", Last = Step(1), Spec = new FullSpec("s"), SpecRevision = 1, References = [new("endpoint", "source")] });
        await store.Grains.ClearStateAsync(Kind, Grain("a"), state);
        Assert.Null(await store.States.HistoryAsync(Kind, "a", 0, 10, Cancel));
        Assert.Empty(await AllAsync(store, new StateQuery { Kind = Kind }));
        await store.Grains.ClearStateAsync("endpoint", Grain("source"), endpoint);
        await PutAsync(store, "b", new FullState { Name = "one" });
        await PutAsync(store, "a", new FullState { Name = "two", Last = Step(1), SpecRevision = 1 });
        Assert.Equal([Step(1)], await store.States.HistoryAsync(Kind, "a", 0, 10, Cancel));
        Assert.Null((await store.Grains.ReadAsync<FullState>(Grain("a"), Kind)).State!.Spec);
    }

    [Fact]
    public async Task Refused_writes_do_not_touch_the_others_they_are_committed_with()
    {
        await using var store = await OpenAsync();
        await PutAsync(store, "taken", new FullState { Name = "taken" });
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(async () => await Record.ExceptionAsync(() => PutAsync(store, $"k{i}", (i % 4) switch
        {
            0 => new FullState { Name = "taken", Last = Step(1) },
            1 => new FullState { Name = $"n{i}", References = [new("endpoint", "missing")], Last = Step(1) },
            2 => new FullState { Name = $"n{i}", Last = Step(5) },
            _ => new FullState { Name = $"n{i}", Last = Step(1) },
        })))));
        for (var i = 0; i < 400; i++)
        {
            Assert.Equal((i % 4) switch { 0 => typeof(NameTakenException), 1 => typeof(MissingReferenceException), 2 => typeof(InconsistentStateException), _ => null }, outcomes[i]?.GetType());
            Assert.Equal(i % 4 == 3, await store.States.HistoryAsync(Kind, $"k{i}", 0, 1, Cancel) is [{ Sequence: 1 }]);
        }
    }

    [Fact]
    public async Task A_read_sees_every_write_acknowledged_before_it()
    {
        await using var store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            await PutAsync(store, $"k{i}", new FullState { Name = $"n{i}", Last = Step(1) });
            for (var n = 2; n < 12; n++)
            {
                await PutAgainAsync(store, $"k{i}", state => state with { Last = Step(n), Status = $"s{n}" });
                Assert.Equal(n, (await store.States.HistoryAsync(Kind, $"k{i}", 0, 100, Cancel))!.Count);
                Assert.Equal([$"k{i}"], await AllAsync(store, new StateQuery { Kind = Kind, Names = [$"n{i}"], Statuses = [$"s{n}"] }));
            }
        })));
    }

    [Fact]
    public async Task An_open_store_is_writable_and_a_new_one_had_no_commit_before()
    {
        await using var store = await OpenAsync();
        Assert.True(await store.States.IsWritableAsync(Cancel));
        Assert.Null(store.States.LastCommitBeforeOpen);
    }

    private static async Task<GrainState<FullState>> PutAsync(IStoreUnderTest store, string key, FullState state, string kind = Kind) =>
        await store.Grains.WriteAsync(Grain(key), state.Name.Length == 0 ? state with { Name = key } : state, kind: kind);

    private static async Task<GrainState<FullState>> PutAgainAsync(IStoreUnderTest store, string key, Func<FullState, FullState> change)
    {
        var state = await store.Grains.ReadAsync<FullState>(Grain(key), Kind);
        state.State = change(state.State!);
        await store.Grains.WriteStateAsync(Kind, Grain(key), state);
        return state;
    }

    private static async Task<List<string>> AllAsync(IStoreUnderTest store, StateQuery query)
    {
        var keys = new List<string>();
        while (true)
        {
            var page = await store.States.ListAsync<FullState>(query, Cancel);
            Assert.True(page.CursorAccepted);
            Assert.True(page.Items.Count <= query.Limit);
            keys.AddRange(page.Items.Select(item => item.Key));
            if (page.Next is null)
            {
                return keys;
            }

            Assert.NotEqual(query.Cursor, page.Next);   // else this would go on for ever
            query = query with { Cursor = page.Next };
        }
    }
}
