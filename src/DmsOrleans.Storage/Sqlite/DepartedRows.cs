namespace DmsOrleans.Storage.Sqlite;

/// <summary>What is written about removed states whose history is still kept.</summary>
internal sealed class DepartedRows(WriteSession session) : IDisposable
{
    private readonly SqliteStatement depart = session.Prepare(
        """
        INSERT INTO departed (id, kind, key, scope, name, last_transition, at)
        SELECT g.id, g.kind, g.key, g.scope, g.name, s.last_transition, h.at
        FROM grain g JOIN grain_state s ON s.id = g.id JOIN history h ON h.id = s.last_transition WHERE g.id = ?1
        """);

    private readonly SqliteStatement oldest = session.Prepare("SELECT id, last_transition FROM departed WHERE at < ?1 ORDER BY at LIMIT 1");
    private readonly SqliteStatement newestTransition = session.Prepare("SELECT MAX(id) FROM history");
    private readonly SqliteStatement previous = session.Prepare("SELECT previous FROM history WHERE id = ?1");
    private readonly SqliteStatement dropTransition = session.Prepare("DELETE FROM history WHERE id = ?1");
    private readonly SqliteStatement shorten = session.Prepare("UPDATE departed SET last_transition = ?2 WHERE id = ?1");
    private readonly SqliteStatement drop = session.Prepare("DELETE FROM departed WHERE id = ?1");

    /// <summary>Notes who a state was that is about to be removed, if it has a history.</summary>
    public void Add(long id) => depart.Bind(1, id).Execute();

    /// <summary>Removes transitions of states that departed before a time, the longest gone first; how many.</summary>
    public int Purge(DateTimeOffset before, int most)
    {
        var removed = 0;
        var newest = newestTransition.ExecuteInt64() ?? 0;
        while (removed < most && Oldest(before) is var (id, last) && last != newest)   // the newest stays: its id must not be given out again
        {
            for (; last != 0 && removed < most; removed++)
            {
                var earlier = previous.Bind(1, last).ExecuteInt64() ?? 0;
                dropTransition.Bind(1, last).Execute();
                last = earlier;
            }

            _ = last == 0 ? drop.Bind(1, id).Execute() : shorten.Bind(1, id).Bind(2, last).Execute();
        }

        return removed;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { depart, oldest, newestTransition, previous, dropTransition, shorten, drop })
        {
            statement.Dispose();
        }
    }

    private (long Id, long Last)? Oldest(DateTimeOffset before)
    {
        (long, long)? found = oldest.Bind(1, before.UtcTicks).Step() ? (oldest.Int64(0), oldest.Int64(1)) : null;
        oldest.Reset();
        return found;
    }
}

/// <summary>Removes a bounded part of the histories of states that departed before a time.</summary>
internal sealed class DepartedPurge(DateTimeOffset before, int most) : Write(bytes: 0)
{
    /// <summary>How many transitions were removed.</summary>
    public int Removed { get; private set; }

    public override Exception? Apply(WriteSession session)
    {
        Removed = session.Departed.Purge(before, most);
        return null;
    }
}
