using CsCheck;
using Orleans.Runtime;
using Orleans.Storage;
using static DmsOrleans.Tests.Storage.StorageWords;

namespace DmsOrleans.Tests.Storage;

/// <summary>What Orleans expects of grain storage; every store of ours runs it.</summary>
public abstract class GrainStorageContract
{
    /// <summary>An open store without states.</summary>
    protected abstract Task<IStoreUnderTest> OpenAsync();

    [Fact]
    public async Task Reading_a_missing_state_gives_a_fresh_one_without_a_record()
    {
        await using var store = await OpenAsync();
        var state = new GrainState<PlainState> { State = new PlainState { Number = 7 }, ETag = "left over", RecordExists = true };
        await store.Grains.ReadStateAsync("state", Grain("missing"), state);
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal(0, state.State!.Number);
    }

    [Fact]
    public async Task What_was_written_is_read_back_in_every_member()
    {
        await using var store = await OpenAsync();
        var value = new PlainState
        {
            Text = "naïve ☃ 𝄞 \u0000 \" \\ <script> \u2028 日本語",
            Number = int.MinValue,
            Time = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(-7)).AddTicks(7),
            Id = Guid.NewGuid(),
            Day = DayOfWeek.Thursday,
            Items = ["", "a", "ß"],
        };
        var written = await store.Grains.WriteAsync(Grain("a"), value);
        Assert.True(written.RecordExists);
        var read = await store.Grains.ReadAsync<PlainState>(Grain("a"));
        Assert.Equal(value, read.State! with { Items = value.Items });   // records compare lists by reference
        Assert.Equal(value.Items, read.State!.Items);
        Assert.Equal(value.Time.Offset, read.State!.Time.Offset);
        Assert.Equal(written.ETag, read.ETag);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task A_large_state_is_read_back()
    {
        await using var store = await OpenAsync();
        var text = new string('x', 5_000_000) + "end";
        await store.Grains.WriteAsync(Grain("large"), new PlainState { Text = text });
        Assert.Equal(text, (await store.Grains.ReadAsync<PlainState>(Grain("large"))).State!.Text);
    }

    [Fact]
    public async Task Each_write_gives_another_tag_and_the_next_write_needs_it()
    {
        await using var store = await OpenAsync();
        var state = await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 1 });
        var first = state.ETag;
        state.State = state.State! with { Number = 2 };
        await store.Grains.WriteStateAsync("state", Grain("a"), state);
        Assert.NotEqual(first, state.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 3 }, first));
        Assert.Equal(2, (await store.Grains.ReadAsync<PlainState>(Grain("a"))).State!.Number);
    }

    [Fact]
    public async Task Writing_without_a_tag_over_an_existing_state_is_a_conflict()
    {
        await using var store = await OpenAsync();
        await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 1 });
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 2 }));
        Assert.Equal(1, (await store.Grains.ReadAsync<PlainState>(Grain("a"))).State!.Number);
    }

    [Theory]
    [InlineData("no tag of ours")]
    [InlineData("1.1.0.0.0.0")]
    [InlineData("9223372036854775807.1.0.0.0.0")]
    public async Task A_foreign_tag_is_a_conflict(string etag)
    {
        await using var store = await OpenAsync();
        await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 1 });
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 2 }, etag));
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain("new"), new PlainState { Number = 2 }, etag));
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.ClearStateAsync("state", Grain("a"), new GrainState<PlainState> { ETag = etag }));
        Assert.Equal(1, (await store.Grains.ReadAsync<PlainState>(Grain("a"))).State!.Number);
    }

    [Fact]
    public async Task The_tag_of_one_grain_does_not_fit_another()
    {
        await using var store = await OpenAsync();
        var a = await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 1 });
        await store.Grains.WriteAsync(Grain("b"), new PlainState { Number = 1 });
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain("b"), new PlainState { Number = 2 }, a.ETag));
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 2 }, a.ETag, kind: "other"));
    }

    [Fact]
    public async Task A_failed_write_leaves_the_callers_tag_and_record_as_they_were()
    {
        await using var store = await OpenAsync();
        var stale = await store.Grains.WriteAsync(Grain("a"), new PlainState());
        await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 2 }, stale.ETag);
        var tag = stale.ETag;
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteStateAsync("state", Grain("a"), stale));
        Assert.Equal(tag, stale.ETag);
        Assert.True(stale.RecordExists);
    }

    [Fact]
    public async Task Clearing_removes_the_record_and_a_new_one_can_be_written()
    {
        await using var store = await OpenAsync();
        var state = await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 1 });
        var old = state.ETag;
        await store.Grains.ClearStateAsync("state", Grain("a"), state);
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal(0, state.State!.Number);
        Assert.False((await store.Grains.ReadAsync<PlainState>(Grain("a"))).RecordExists);

        state.State = new PlainState { Number = 2 };
        await store.Grains.WriteStateAsync("state", Grain("a"), state);
        Assert.Equal(2, (await store.Grains.ReadAsync<PlainState>(Grain("a"))).State!.Number);
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain("a"), new PlainState(), old));
    }

    [Fact]
    public async Task Clearing_with_an_old_tag_is_a_conflict_and_clearing_nothing_is_not()
    {
        await using var store = await OpenAsync();
        var first = await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 1 });
        await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 2 }, first.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.ClearStateAsync("state", Grain("a"), first));
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.ClearStateAsync("state", Grain("a"), new GrainState<PlainState>()));
        Assert.Equal(2, (await store.Grains.ReadAsync<PlainState>(Grain("a"))).State!.Number);
        await store.Grains.ClearStateAsync("state", Grain("nothing"), new GrainState<PlainState>());
    }

    [Fact]
    public async Task A_cleared_state_cannot_be_written_with_its_old_tag()
    {
        await using var store = await OpenAsync();
        var state = await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 1 });
        var old = state.ETag;
        await store.Grains.ClearStateAsync("state", Grain("a"), state);
        await store.Grains.WriteAsync(Grain("b"), new PlainState { Number = 5 });   // must not inherit what the old tag named
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 2 }, old));
        Assert.Equal(5, (await store.Grains.ReadAsync<PlainState>(Grain("b"))).State!.Number);
    }

    [Fact]
    public async Task State_name_grain_type_and_key_each_tell_states_apart()
    {
        await using var store = await OpenAsync();
        var guid = Guid.NewGuid();
        (GrainId Grain, string Kind)[] all =
        [
            (Grain("10"), "state"), (Grain("0010"), "state"), (Grain("10"), "State"), (Grain("10"), "other"), (Grain("10", "endpoint"), "state"),
            (GrainId.Create(GrainType.Create("replication"), GrainIdKeyExtensions.CreateIntegerKey(255)), "state"),
            (GrainId.Create(GrainType.Create("replication"), GrainIdKeyExtensions.CreateIntegerKey(255, "ext")), "state"),
            (GrainId.Create(GrainType.Create("replication"), GrainIdKeyExtensions.CreateGuidKey(guid)), "state"),
            (GrainId.Create(GrainType.Create("replication"), GrainIdKeyExtensions.CreateGuidKey(guid, "ext")), "state"),
            (Grain("日本"), "state"), (Grain("a/b"), "state"), (Grain("a"), "b/state"), (Grain("A"), "state"), (Grain("a"), "state"), (Grain("a "), "state"),
        ];
        await Task.WhenAll(all.Select((one, i) => store.Grains.WriteAsync(one.Grain, new PlainState { Number = i }, kind: one.Kind)));
        for (var i = 0; i < all.Length; i++)
        {
            Assert.Equal(i, (await store.Grains.ReadAsync<PlainState>(all[i].Grain, all[i].Kind)).State!.Number);
        }
    }

    [Fact]
    public async Task Of_many_first_writes_exactly_one_wins()
    {
        await using var store = await OpenAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => WinsAsync(store, new PlainState { Number = i }, null))));
        Assert.Single(outcomes, won => won is not null);
        Assert.Equal(outcomes.Single(won => won is not null), (await store.Grains.ReadAsync<PlainState>(Grain("raced"))).State!.Number);
    }

    [Fact]
    public async Task Of_many_writes_with_one_tag_exactly_one_wins_in_every_round()
    {
        await using var store = await OpenAsync();
        var tag = (await store.Grains.WriteAsync(Grain("raced"), new PlainState())).ETag;
        for (var round = 0; round < 20; round++)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => Task.Run(() => WinsAsync(store, new PlainState { Number = i }, tag))));
            var read = await store.Grains.ReadAsync<PlainState>(Grain("raced"));
            Assert.Equal(Assert.Single(outcomes, won => won is not null), read.State!.Number);
            tag = read.ETag;
        }
    }

    [Fact]
    public async Task Many_writers_of_many_grains_do_not_harm_one_another()
    {
        await using var store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Task.Run(async () =>
        {
            var state = await store.Grains.WriteAsync(Grain($"g{i}"), new PlainState { Number = 0 });
            for (var n = 1; n <= 10; n++)
            {
                if (i % 3 == 0)
                {
                    await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain($"g{i}"), new PlainState { Number = -1 }));
                }

                state.State = state.State! with { Number = n };
                await store.Grains.WriteStateAsync("state", Grain($"g{i}"), state);
            }
        })));
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal(10, (await store.Grains.ReadAsync<PlainState>(Grain($"g{i}"))).State!.Number);
        }
    }

    [Fact]
    public async Task A_cancelled_call_writes_nothing()
    {
        await using var store = await OpenAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var state = new GrainState<PlainState> { State = new PlainState() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Grains.WriteStateAsync("state", Grain("a"), state, cancelled.Token));
        Assert.False((await store.Grains.ReadAsync<PlainState>(Grain("a"))).RecordExists);
    }

    [Fact]
    public async Task Any_sequence_of_calls_behaves_like_a_dictionary_with_tags()
    {
        await using var store = await OpenAsync();
        var run = 0;
        await Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Bool).Array[1, 40].SampleAsync(
            async steps => await MatchesModelAsync(store, Interlocked.Increment(ref run), steps), iter: 60, threads: 2);
    }

    /// <summary>Plays calls (what, which grain, with the right tag or an old one) against the store and a dictionary.</summary>
    private static async Task<bool> MatchesModelAsync(IStoreUnderTest store, int run, (int What, int Which, bool Current)[] steps)
    {
        var model = new Dictionary<int, int>();
        var held = new Dictionary<int, List<string?>>();
        for (var i = 0; i < steps.Length; i++)
        {
            var (what, which, current) = steps[i];
            var grain = Grain($"model-{run}-{which}");
            var tags = held.TryGetValue(which, out var known) ? known : held[which] = [null];
            var tag = current ? tags[^1] : tags[0];
            var legal = tag == tags[^1];
            var state = new GrainState<PlainState> { State = new PlainState { Number = i }, ETag = tag! };
            if (what == 0)
            {
                await store.Grains.ReadStateAsync("model", grain, state);
                Assert.Equal((model.ContainsKey(which), model.GetValueOrDefault(which), tags[^1]), (state.RecordExists, state.State!.Number, state.ETag));
                continue;
            }

            var act = what == 1 ? store.Grains.ClearStateAsync("model", grain, state) : store.Grains.WriteStateAsync("model", grain, state);
            if (!legal)
            {
                await Assert.ThrowsAsync<InconsistentStateException>(() => act);
                continue;
            }

            await act;
            tags.Add(state.ETag);
            _ = what == 1 ? model.Remove(which) : model.TryAdd(which, i) || (model[which] = i) == i;
        }

        return true;
    }

    private static async Task<int?> WinsAsync(IStoreUnderTest store, PlainState value, string? tag)
    {
        try
        {
            await store.Grains.WriteAsync(Grain("raced"), value, tag);
            return value.Number;
        }
        catch (InconsistentStateException)
        {
            return null;
        }
    }
}
