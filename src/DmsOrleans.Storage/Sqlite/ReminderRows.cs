namespace DmsOrleans.Storage.Sqlite;

/// <summary>What is written about reminders.</summary>
internal sealed class ReminderRows(WriteSession session) : IDisposable
{
    private readonly SqliteStatement upsert = session.Prepare(
        """
        INSERT INTO reminder (hash, grain_id, name, start_at, period, etag) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (hash, grain_id, name) DO UPDATE SET start_at = excluded.start_at, period = excluded.period, etag = excluded.etag
        """);

    private readonly SqliteStatement remove = session.Prepare("DELETE FROM reminder WHERE hash = ?1 AND grain_id = ?2 AND name = ?3 AND etag = ?4");

    private readonly SqliteStatement clear = session.Prepare("DELETE FROM reminder");

    public void Upsert(ReminderEntry entry, string etag) => upsert
        .Bind(1, entry.GrainId.GetUniformHashCode())
        .Bind(2, entry.GrainId.ToString())
        .Bind(3, entry.ReminderName)
        .Bind(4, entry.StartAt.ToUniversalTime().Ticks)
        .Bind(5, entry.Period.Ticks)
        .Bind(6, etag)
        .Execute();

    public bool Remove(GrainId grain, string name, string etag) =>
        remove.Bind(1, grain.GetUniformHashCode()).Bind(2, grain.ToString()).Bind(3, name).Bind(4, etag).Execute() == 1;

    public void Clear() => clear.Execute();

    public void Dispose()
    {
        upsert.Dispose();
        remove.Dispose();
        clear.Dispose();
    }
}

/// <summary>Stores a reminder, whatever was there.</summary>
internal sealed class ReminderUpsert(ReminderEntry entry, string etag) : Write(bytes: 500)
{
    public override Exception? Apply(WriteSession session)
    {
        session.Reminders.Upsert(entry, etag);
        return null;
    }
}

/// <summary>Removes a reminder that has exactly this tag.</summary>
internal sealed class ReminderRemove(GrainId grain, string name, string etag) : Write(bytes: 500)
{
    /// <summary>Whether it was there.</summary>
    public bool Removed { get; private set; }

    public override Exception? Apply(WriteSession session)
    {
        Removed = session.Reminders.Remove(grain, name, etag);
        return null;
    }
}

/// <summary>Removes every reminder.</summary>
internal sealed class ReminderClear() : Write(bytes: 0)
{
    public override Exception? Apply(WriteSession session)
    {
        session.Reminders.Clear();
        return null;
    }
}
