using DmsOrleans.Replications;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>
/// Questions about histories. A history is a chain, read from its end back; all histories together lie in the order of commits. Their times grow with
/// their ids, give or take <see cref="Slack"/>, so a time is found by halving.
/// </summary>
internal static class TransitionQueries
{
    /// <summary>Rows read for one page at most: the rest of a page of rare transitions is for the next read.</summary>
    public const int MostRowsRead = 5_000;

    /// <summary>How far a later commit may have been decided before an earlier one: longer than any write waits.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    private const string Columns =
        """
        h.seq, h.run, (SELECT text FROM word WHERE id = h.from_status), (SELECT text FROM word WHERE id = h.to_status),
        (SELECT text FROM word WHERE id = h.cause), h.at, h.planned, h.details
        """;

    /// <summary>Transitions of one state after a sequence number; null when the key has no state.</summary>
    public static IReadOnlyList<Transition>? History(ReadSession session, string kind, string key, long afterSequence, int limit)
    {
        if (StateQueries.Id(session, kind, key) is not { } id)
        {
            return null;
        }

        var rows = session.Prepared(
            $"""
            WITH RECURSIVE chain (id) AS (
                SELECT last_transition FROM grain_state WHERE id = ?1 AND seq > ?2
                UNION ALL SELECT h.previous FROM chain JOIN history h ON h.id = chain.id WHERE h.seq > ?2 + 1)
            SELECT {Columns} FROM chain JOIN history h USING (id) ORDER BY h.seq LIMIT ?3
            """);
        rows.Bind(1, id).Bind(2, afterSequence).Bind(3, limit);
        var transitions = new List<Transition>();
        while (rows.Step())
        {
            transitions.Add(Read(rows, 0));
        }

        return transitions;
    }

    /// <summary>A page of the transitions of many states.</summary>
    public static TransitionPage Page(ReadSession session, TransitionQuery query)
    {
        if (session.Word(query.Kind) is not { } kind || !StateQueries.TryScope(session, query.Scope, out var scope))
        {
            return new([], query.After, More: false);
        }

        return query.Key is null && query.Name is null ? Scan(session, query, kind, scope) : OfOne(session, query, kind, scope);
    }

    /// <summary>Reads on from a position, over the transitions of all.</summary>
    private static TransitionPage Scan(ReadSession session, TransitionQuery query, long kind, long? scope)
    {
        var found = new List<long>();
        var through = Math.Max(query.After, Before(session, query.From));
        var rows = session.Prepared(
            """
            SELECT h.id, h.at, COALESCE(g.kind, d.kind), COALESCE(g.scope, d.scope)
            FROM history h LEFT JOIN grain g ON g.id = h.grain LEFT JOIN departed d ON d.id = h.grain WHERE h.id > ?1 ORDER BY h.id
            """).Bind(1, through);
        var (read, more) = (0, false);
        while (!more && rows.Step() && rows.Int64(1) <= Latest(query.Until, Slack))
        {
            var id = rows.Int64(0);
            var matches = rows.Int64(2) == kind && (scope is null || rows.Int64(3) == scope) && IsWithin(query, rows.Int64(1));
            more = (matches && found.Count == query.Limit) || read++ == MostRowsRead;
            if (!more)
            {
                through = id;
                found.AddRange(matches ? [id] : []);
            }
        }

        rows.Reset();
        return new([.. found.Select(id => Stored(session, id))], through, more);
    }

    /// <summary>Reads the chains of the states that have or had a key or a name.</summary>
    private static TransitionPage OfOne(ReadSession session, TransitionQuery query, long kind, long? scope)
    {
        var ids = Ends(session, query, kind, scope).SelectMany(end => Chain(session, query, end)).Order().Take(query.Limit + 1).ToList();
        var more = ids.Count > query.Limit;
        var page = ids.Take(query.Limit).ToList();
        return new([.. page.Select(id => Stored(session, id))], page.Count > 0 ? page[^1] : query.After, more);
    }

    /// <summary>The last transition of each state that has or had the key or the name.</summary>
    private static List<long> Ends(ReadSession session, TransitionQuery query, long kind, long? scope)
    {
        var (column, text) = query.Key is { } key ? ("key", key) : ("name", query.Name);
        var rows = session.Prepared(
            $"""
            SELECT s.last_transition, g.scope FROM grain g JOIN grain_state s ON s.id = g.id WHERE g.kind = ?1 AND g.{column} = ?2 AND (?3 IS NULL OR g.scope = ?3)
            UNION ALL SELECT last_transition, scope FROM departed WHERE kind = ?1 AND {column} = ?2 AND (?3 IS NULL OR scope = ?3)
            """);
        rows.Bind(1, kind).Bind(2, text).Bind(3, scope);
        var ends = new List<long>();
        while (rows.Step())
        {
            ends.Add(rows.Int64(0));
        }

        rows.Reset();
        return ends;
    }

    private static List<long> Chain(ReadSession session, TransitionQuery query, long end)
    {
        var row = session.Prepared("SELECT previous, at FROM history WHERE id = ?1");
        var ids = new List<long>();
        for (var id = end; id > query.After && row.Bind(1, id).Step();)
        {
            var (previous, at) = (row.Int64(0), row.Int64(1));
            row.Reset();
            if (at < Earliest(query.From, TimeSpan.Zero))
            {
                break;   // one history does not go back in time
            }

            ids.AddRange(IsWithin(query, at) ? [id] : []);
            id = previous;
        }

        row.Reset();
        return ids;
    }

    /// <summary>An id before which nothing was decided at or after a time; 0 without one.</summary>
    private static long Before(ReadSession session, DateTimeOffset? from)
    {
        if (from is null)
        {
            return 0;
        }

        var next = session.Prepared("SELECT id, at FROM history WHERE id > ?1 ORDER BY id LIMIT 1");
        var (low, high) = (0L, session.Prepared("SELECT MAX(id) FROM history").ExecuteInt64() ?? 0);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var early = next.Bind(1, middle).Step() && next.Int64(1) < Earliest(from, Slack);
            var id = early ? next.Int64(0) : middle;
            next.Reset();
            (low, high) = early ? (id, high) : (low, middle);
        }

        return low;
    }

    private static StoredTransition Stored(ReadSession session, long id)
    {
        var row = session.Prepared(
            $"""
            SELECT COALESCE(g.key, d.key), COALESCE(g.name, d.name), {Columns}
            FROM history h LEFT JOIN grain g ON g.id = h.grain LEFT JOIN departed d ON d.id = h.grain WHERE h.id = ?1
            """).Bind(1, id);
        row.Step();
        var stored = new StoredTransition(id, row.Text(0), row.Text(1), Read(row, 2));
        row.Reset();
        return stored;
    }

    private static bool IsWithin(TransitionQuery query, long at) => at >= Earliest(query.From, TimeSpan.Zero) && at <= Latest(query.Until, TimeSpan.Zero);

    private static long Earliest(DateTimeOffset? from, TimeSpan slack) => from is { } time ? time.UtcTicks - slack.Ticks : long.MinValue;

    private static long Latest(DateTimeOffset? until, TimeSpan slack) => until is { } time ? time.UtcTicks + slack.Ticks : long.MaxValue;

    private static Transition Read(SqliteStatement row, int first) => new(
        row.Int64(first),
        (int)row.Int64(first + 1),
        row.IsNull(first + 2) ? null : Status(row.Text(first + 2)),
        Status(row.Text(first + 3)),
        row.Text(first + 4),
        StateQueries.Time(row.Int64(first + 5)),
        row.IsNull(first + 6) ? null : StateQueries.Time(row.Int64(first + 6)),
        row.IsNull(first + 7) ? null : row.Text(first + 7));

    private static ReplicationStatus Status(string text) => ReplicationStatuses.TryParse(text, out var status)
        ? status
        : throw new InvalidDataException($"The history holds a status '{text}' that this release does not know.");
}
