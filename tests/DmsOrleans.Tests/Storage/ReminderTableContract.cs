using CsCheck;
using Orleans.Runtime;
using static DmsOrleans.Tests.Storage.StorageWords;

namespace DmsOrleans.Tests.Storage;

/// <summary>What Orleans' reminder service expects of a reminder table; every store of ours runs it.</summary>
public abstract class ReminderTableContract
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An open store without reminders.</summary>
    protected abstract Task<IStoreUnderTest> OpenAsync();

    [Fact]
    public async Task A_missing_reminder_is_null_and_a_grain_without_any_has_none()
    {
        await using var store = await OpenAsync();
        Assert.Null(await store.Reminders.ReadRow(Grain("a"), "wake", Cancel));
        Assert.Empty((await store.Reminders.ReadRows(Grain("a"), Cancel)).Reminders);
        Assert.Empty((await store.Reminders.ReadRows(0, 0, Cancel)).Reminders);
    }

    [Fact]
    public async Task A_reminder_is_read_back_as_it_was_stored()
    {
        await using var store = await OpenAsync();
        var entry = Entry("arn:aws:dms:us-east-1:1:replication-config:日本", "wake up ☃");
        entry.ETag = await store.Reminders.UpsertRow(entry, Cancel);
        var read = await store.Reminders.ReadRow(entry.GrainId, entry.ReminderName, Cancel);
        Assert.Equal((entry.GrainId, entry.ReminderName, entry.StartAt, entry.Period, entry.ETag), Values(read!));
        Assert.Equal(DateTimeKind.Utc, read!.StartAt.Kind);
    }

    [Fact]
    public async Task Every_upsert_replaces_and_gives_another_tag()
    {
        await using var store = await OpenAsync();
        var tags = new HashSet<string?>();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(tags.Add(await store.Reminders.UpsertRow(Entry("a", "wake", period: i + 1), Cancel)));
        }

        var row = Assert.Single((await store.Reminders.ReadRows(Grain("a"), Cancel)).Reminders);
        Assert.Equal(TimeSpan.FromMinutes(10), row.Period);
    }

    [Fact]
    public async Task Parallel_upserts_of_one_reminder_leave_one_row_with_one_of_their_tags()
    {
        await using var store = await OpenAsync();
        var tags = await Task.WhenAll(Enumerable.Range(1, 50).Select(i => Task.Run(() => store.Reminders.UpsertRow(Entry("a", "wake", i), Cancel))));
        Assert.Equal(50, tags.Distinct().Count());
        Assert.Contains(Assert.Single((await store.Reminders.ReadRows(Grain("a"), Cancel)).Reminders).ETag, tags);
    }

    [Fact]
    public async Task Only_the_exact_grain_name_and_tag_remove_a_reminder()
    {
        await using var store = await OpenAsync();
        var old = (await store.Reminders.UpsertRow(Entry("a", "wake"), Cancel))!;
        var tag = (await store.Reminders.UpsertRow(Entry("a", "wake"), Cancel))!;
        Assert.False(await store.Reminders.RemoveRow(Grain("a"), "wake", old, Cancel));
        Assert.False(await store.Reminders.RemoveRow(Grain("a"), "Wake", tag, Cancel));
        Assert.False(await store.Reminders.RemoveRow(Grain("b"), "wake", tag, Cancel));
        Assert.NotNull(await store.Reminders.ReadRow(Grain("a"), "wake", Cancel));
        Assert.True(await store.Reminders.RemoveRow(Grain("a"), "wake", tag, Cancel));
        Assert.Null(await store.Reminders.ReadRow(Grain("a"), "wake", Cancel));
        Assert.False(await store.Reminders.RemoveRow(Grain("a"), "wake", tag, Cancel));
    }

    [Fact]
    public async Task A_grain_has_its_own_reminders_only()
    {
        await using var store = await OpenAsync();
        await store.Reminders.UpsertRow(Entry("a", "one"), Cancel);
        await store.Reminders.UpsertRow(Entry("a", "two"), Cancel);
        await store.Reminders.UpsertRow(Entry("b", "one"), Cancel);
        Assert.Equal(["one", "two"], (await store.Reminders.ReadRows(Grain("a"), Cancel)).Reminders.Select(r => r.ReminderName).Order());
    }

    [Fact]
    public async Task A_thousand_reminders_are_found_by_any_range_of_the_ring()
    {
        await using var store = await OpenAsync();
        var entries = Enumerable.Range(0, 1_000).Select(i => Entry($"grain-{i}", "wake")).ToList();
        await Task.WhenAll(entries.Select(entry => store.Reminders.UpsertRow(entry, Cancel)));
        var hashes = entries.ToDictionary(e => e.GrainId, e => e.GrainId.GetUniformHashCode());
        var edge = hashes.Values.First();
        (uint, uint)[] edges = [(0, 0), (0, uint.MaxValue), (uint.MaxValue, 0), (edge, edge), (edge - 1, edge), (edge, edge + 1), (edge, edge - 1)];
        foreach (var (begin, end) in edges)
        {
            await FindsAsync(store, hashes, begin, end);
        }

        await Gen.Select(Gen.UInt, Gen.UInt).SampleAsync(async range => await FindsAsync(store, hashes, range.Item1, range.Item2), iter: 100, threads: 1);
    }

    [Fact]
    public async Task Clearing_the_table_leaves_none()
    {
        await using var store = await OpenAsync();
        await store.Reminders.UpsertRow(Entry("a", "wake"), Cancel);
        await store.Reminders.TestOnlyClearTable(Cancel);
        Assert.Empty((await store.Reminders.ReadRows(0, 0, Cancel)).Reminders);
    }

    private static async Task<bool> FindsAsync(IStoreUnderTest store, Dictionary<GrainId, uint> hashes, uint begin, uint end)
    {
        var expected = hashes.Where(h => begin < end ? h.Value > begin && h.Value <= end : h.Value > begin || h.Value <= end).Select(h => h.Key).ToHashSet();
        var found = (await store.Reminders.ReadRows(begin, end, Cancel)).Reminders.Select(r => r.GrainId).ToHashSet();
        Assert.True(expected.SetEquals(found), $"({begin}, {end}]: {expected.Count} expected, {found.Count} found");
        return true;
    }

    private static ReminderEntry Entry(string key, string name, int period = 1) => new()
    {
        GrainId = Grain(key),
        ReminderName = name,
        StartAt = Noon.UtcDateTime.AddTicks(7),
        Period = TimeSpan.FromMinutes(period),
    };

    private static (GrainId, string, DateTime, TimeSpan, string?) Values(ReminderEntry entry) =>
        (entry.GrainId, entry.ReminderName, entry.StartAt, entry.Period, entry.ETag);
}
