namespace DmsOrleans.Storage.Sqlite;

/// <summary>
/// A page of states in the order of their creation. Keys and names are looked up; otherwise the rows after the cursor are read, which fills
/// the page at once when most rows match, and for the rest of a page of rare ones the status index is asked, which knows only those.
/// </summary>
internal sealed class StateListing
{
    private const int RowsReadBeforeTheIndex = 4_000;

    private readonly ReadSession session;
    private readonly StateQuery query;
    private readonly long kind;
    private readonly long? scope;
    private readonly HashSet<long>? statuses;

    private StateListing(ReadSession session, StateQuery query, long kind, long? scope) =>
        (this.session, this.query, this.kind, this.scope, statuses) = (session, query, kind, scope, query.Statuses?.Select(session.Word).OfType<long>().ToHashSet());

    /// <summary>A state as it lies in the file.</summary>
    public readonly record struct Row(long Id, string Key, byte[] State, byte[] Spec);

    /// <summary>Up to <paramref name="most"/> rows after an id.</summary>
    public static List<Row> Rows(ReadSession session, StateQuery query, long afterId, int most)
    {
        if (session.Word(query.Kind) is not { } kind || !StateQueries.TryScope(session, query.Scope, out var scope))
        {
            return [];
        }

        return new StateListing(session, query, kind, scope).Rows(afterId, most);
    }

    private bool Wants(long inScope, long status) => (scope is null || scope == inScope) && statuses?.Contains(status) is not false;

    private List<(long Scope, long Status)> Partitions() => [.. StateQueries.Partitions(session, kind).Where(p => Wants(p.Scope, p.Status))];

    private List<Row> Rows(long afterId, int most)
    {
        if (query.Keys is { } keys)
        {
            return Fetch(Lookup(keys, "SELECT id FROM grain WHERE kind = ?1 AND key = ?2"), afterId, most);
        }

        if (query.Names is { } names)
        {
            IEnumerable<long> scopes = scope is { } one ? [one] : Partitions().Select(p => p.Scope).Distinct();
            return Fetch(scopes.SelectMany(inScope => Lookup(names, "SELECT id FROM grain WHERE kind = ?1 AND name = ?2 AND scope = ?3", inScope)), afterId, most);
        }

        if (Partitions() is not { Count: > 0 } partitions)
        {
            return [];
        }

        var end = afterId + RowsReadBeforeTheIndex;
        var ids = FromRows(afterId, end, most);
        return Fetch(ids.Count == most ? ids : [.. ids, .. FromIndex(partitions, end, most - ids.Count)], afterId, most);
    }

    private List<long> Lookup(IReadOnlyList<string> texts, string sql, long? inScope = null)
    {
        var ids = new List<long>();
        var rows = session.Prepared(sql);
        foreach (var text in texts.Distinct(StringComparer.Ordinal))
        {
            rows.Bind(1, kind).Bind(2, text);
            if (inScope is not null)
            {
                rows.Bind(3, inScope);
            }

            while (rows.Step())
            {
                ids.Add(rows.Int64(0));
            }

            rows.Reset();
        }

        return ids;
    }

    /// <summary>The lowest matching ids of a stretch of rows.</summary>
    private List<long> FromRows(long afterId, long end, int most)
    {
        var rows = session.Prepared("SELECT id, scope, status FROM grain_state NOT INDEXED WHERE id > ?1 AND id <= ?2 AND kind = ?3 AND status IS NOT NULL ORDER BY id");
        rows.Bind(1, afterId).Bind(2, end).Bind(3, kind);
        var ids = new List<long>();
        while (ids.Count < most && rows.Step())
        {
            if (Wants(rows.Int64(1), rows.Int64(2)))
            {
                ids.Add(rows.Int64(0));
            }
        }

        rows.Reset();
        return ids;
    }

    /// <summary>The lowest matching ids after one, from the index alone.</summary>
    private List<long> FromIndex(List<(long Scope, long Status)> partitions, long afterId, int most)
    {
        var last = session.Prepared("SELECT MAX(id) FROM grain_state").ExecuteInt64();
        var ids = new List<long>();
        if (last is null || last <= afterId)
        {
            return ids;
        }

        var rows = session.Prepared(
            """
            SELECT id FROM grain_state INDEXED BY grain_state_status
            WHERE kind = ?1 AND scope = ?2 AND status = ?3 AND id > ?4 ORDER BY id LIMIT ?5
            """);
        foreach (var (inScope, status) in partitions)
        {
            rows.Bind(1, kind).Bind(2, inScope).Bind(3, status).Bind(4, afterId).Bind(5, most);
            while (rows.Step())
            {
                ids.Add(rows.Int64(0));
            }

            rows.Reset();
        }

        return ids;
    }

    /// <summary>Reads rows by id, in order, as far as they match.</summary>
    private List<Row> Fetch(IEnumerable<long> ids, long afterId, int most)
    {
        var row = session.Prepared(
            """
            SELECT g.scope, s.status, g.name, g.key, s.state, p.spec
            FROM grain_state s JOIN grain g ON g.id = s.id LEFT JOIN grain_spec p ON p.id = s.id WHERE s.id = ?1
            """);
        var rows = new List<Row>();
        foreach (var id in ids.Where(id => id > afterId).Distinct().Order())
        {
            if (row.Bind(1, id).Step() && !row.IsNull(0) && Wants(row.Int64(0), row.Int64(1)) && query.Names?.Contains(row.Text(2)) is not false)
            {
                rows.Add(new Row(id, row.Text(3), row.Bytes(4), row.Bytes(5)));
            }

            row.Reset();
            if (rows.Count == most)
            {
                break;
            }
        }

        return rows;
    }
}
