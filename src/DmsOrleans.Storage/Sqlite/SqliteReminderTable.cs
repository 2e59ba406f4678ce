using System.Globalization;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>Reminders, in the same file and the same commits as the states.</summary>
internal sealed class SqliteReminderTable(SqliteStore store) : IReminderTable
{
    private const string Columns = "SELECT grain_id, name, start_at, period, etag FROM reminder ";

    /// <inheritdoc />
    public async Task<ReminderTableData> ReadRows(GrainId grainId) => new(await store.ReadAsync(
        session => ToEntries(session.Prepared(Columns + "WHERE hash = ?1 AND grain_id = ?2").Bind(1, grainId.GetUniformHashCode()).Bind(2, grainId.ToString())),
        CancellationToken.None));

    /// <summary>Reminders of grains whose hash lies after <paramref name="begin"/> and up to <paramref name="end"/>, around the end of the ring when that is not greater.</summary>
    public async Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        var range = begin < end ? "WHERE hash > ?1 AND hash <= ?2" : "WHERE hash > ?1 OR hash <= ?2";
        return new(await store.ReadAsync(session => ToEntries(session.Prepared(Columns + range).Bind(1, begin).Bind(2, end)), CancellationToken.None));
    }

    /// <inheritdoc />
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => (await store.ReadAsync(
        session => ToEntries(session.Prepared(Columns + "WHERE hash = ?1 AND grain_id = ?2 AND name = ?3")
            .Bind(1, grainId.GetUniformHashCode()).Bind(2, grainId.ToString()).Bind(3, reminderName)),
        CancellationToken.None)).SingleOrDefault();

    /// <inheritdoc />
    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        using var activity = StorageMeters.StartWrite("reminder");
        var etag = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        await store.WriteAsync(new ReminderUpsert(entry, etag));
        return etag;
    }

    /// <inheritdoc />
    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        using var activity = StorageMeters.StartWrite("reminder");
        var write = new ReminderRemove(grainId, reminderName, eTag);
        await store.WriteAsync(write);
        return write.Removed;
    }

    /// <inheritdoc />
    public Task TestOnlyClearTable() => store.WriteAsync(new ReminderClear());

    private static List<ReminderEntry> ToEntries(SqliteStatement rows)
    {
        var entries = new List<ReminderEntry>();
        while (rows.Step())
        {
            entries.Add(new ReminderEntry
            {
                GrainId = GrainId.Parse(rows.Text(0), CultureInfo.InvariantCulture),
                ReminderName = rows.Text(1),
                StartAt = new DateTime(rows.Int64(2), DateTimeKind.Utc),
                Period = new TimeSpan(rows.Int64(3)),
                ETag = rows.Text(4),
            });
        }

        return entries;
    }
}
