namespace DmsOrleans.Storage.Sqlite;

/// <summary>Questions about single states, and sums over all of a kind. Each runs in one read transaction.</summary>
internal static class StateQueries
{
    /// <summary>A stored state as it lies in the file.</summary>
    public sealed record StoredRow(StateTag Tag, byte[] State, byte[] Spec);

    public static StoredRow? Read(ReadSession session, string kind, GrainId grain)
    {
        var row = session.Prepared(
            """
            SELECT s.id, s.version, s.seq, s.last_transition, s.spec_revision, s.identity_hash, s.state, p.spec
            FROM grain g JOIN grain_state s ON s.id = g.id LEFT JOIN grain_spec p ON p.id = g.id
            WHERE g.kind = (SELECT id FROM word WHERE text = ?1) AND g.key = ?2 AND g.type = (SELECT id FROM word WHERE text = ?3)
            """);
        row.Bind(1, kind).Bind(2, grain.Key.AsSpan()).Bind(3, grain.Type.ToString());
        return row.Step()
            ? new StoredRow(new StateTag(row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3), (int)row.Int64(4), row.Int64(5)), row.Bytes(6), row.Bytes(7))
            : null;
    }

    public static IReadOnlyDictionary<string, long> CountByStatus(ReadSession session, string kind, string? scope)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        if (session.Word(kind) is not { } kindWord || !TryScope(session, scope, out var scopeWord))
        {
            return counts;
        }

        const string Select = "SELECT (SELECT text FROM word WHERE id = status), COUNT(*) FROM grain_state INDEXED BY grain_state_status WHERE kind = ?1 AND status IS NOT NULL ";
        var rows = scopeWord is { } word
            ? session.Prepared(Select + "AND scope = ?2 GROUP BY scope, status").Bind(2, word)
            : session.Prepared(Select + "GROUP BY scope, status");
        rows.Bind(1, kindWord);
        while (rows.Step())
        {
            var status = rows.Text(0);
            counts[status] = counts.GetValueOrDefault(status) + rows.Int64(1);
        }

        return counts;
    }

    /// <summary>Asks the index for the first of each scope and status, so the work does not grow with the number of states.</summary>
    public static IReadOnlyList<OverdueState> Overdue(ReadSession session, string kind, DateTimeOffset now, int limit)
    {
        if (session.Word(kind) is not { } kindWord)
        {
            return [];
        }

        var found = new List<(long Due, string Key)>();
        foreach (var (scope, status) in Partitions(session, kindWord))
        {
            var rows = session.Prepared(
                """
                SELECT s.due, g.key FROM grain_state s INDEXED BY grain_state_status JOIN grain g ON g.id = s.id
                WHERE s.kind = ?1 AND s.scope = ?2 AND s.status = ?3 AND s.due <= ?4 ORDER BY s.due LIMIT ?5
                """);
            rows.Bind(1, kindWord).Bind(2, scope).Bind(3, status).Bind(4, now.UtcTicks).Bind(5, limit);
            while (rows.Step())
            {
                found.Add((rows.Int64(0), rows.Text(1)));
            }

            rows.Reset();
        }

        return [.. found.OrderBy(f => f.Due).Take(limit).Select(f => new OverdueState(f.Key, Time(f.Due)))];
    }

    public static IReadOnlyList<CapacityHeld> CapacityHeld(ReadSession session, string kind)
    {
        var rows = session.Prepared(
            """
            SELECT g.key, s.capacity_units FROM grain_state s INDEXED BY grain_state_status JOIN grain g ON g.id = s.id
            WHERE s.kind = (SELECT id FROM word WHERE text = ?1) AND s.status IS NOT NULL AND s.capacity_units <> 0
            """);
        rows.Bind(1, kind);
        var held = new List<CapacityHeld>();
        while (rows.Step())
        {
            held.Add(new CapacityHeld(rows.Text(0), (int)rows.Int64(1)));
        }

        return held;
    }

    public static bool IsReferenced(ReadSession session, string kind, string key, IReadOnlyCollection<string>? inStatuses)
    {
        if (Id(session, kind, key) is not { } id)
        {
            return false;
        }

        var rows = session.Prepared(
            """
            SELECT (SELECT text FROM word WHERE id = s.status) FROM reference r JOIN grain_state s ON s.id = r.from_id
            WHERE r.to_id = ?1 AND r.from_id <> ?1
            """);
        rows.Bind(1, id);
        while (rows.Step())
        {
            if (inStatuses is null || (!rows.IsNull(0) && inStatuses.Contains(rows.Text(0))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The scopes and statuses in use: one step into the index for each, however many states there are.</summary>
    public static List<(long Scope, long Status)> Partitions(ReadSession session, long kind)
    {
        // Two minima, not one comparison of pairs: SQLite would walk through all entries equal to the pair it starts from.
        var nextScope = session.Prepared("SELECT MIN(scope) FROM grain_state INDEXED BY grain_state_status WHERE kind = ?1 AND scope > ?2 AND status IS NOT NULL").Bind(1, kind);
        var nextStatus = session.Prepared("SELECT MIN(status) FROM grain_state INDEXED BY grain_state_status WHERE kind = ?1 AND scope = ?2 AND status > ?3").Bind(1, kind);
        var partitions = new List<(long Scope, long Status)>();
        for (var scope = nextScope.Bind(2, 0).ExecuteInt64(); scope is { } inScope; scope = nextScope.Bind(2, inScope).ExecuteInt64())
        {
            nextStatus.Bind(2, inScope);
            for (var status = nextStatus.Bind(3, 0).ExecuteInt64(); status is { } found; status = nextStatus.Bind(3, found).ExecuteInt64())
            {
                partitions.Add((inScope, found));
            }
        }

        return partitions;
    }

    /// <summary>A scope's number; null for all scopes. False when nothing stored has that scope.</summary>
    public static bool TryScope(ReadSession session, string? scope, out long? word)
    {
        word = scope is null ? null : session.Word(scope);
        return scope is null || word is not null;
    }

    /// <summary>The row of a key; null when it has no state.</summary>
    public static long? Id(ReadSession session, string kind, string key) => session
        .Prepared("SELECT id FROM grain WHERE kind = (SELECT id FROM word WHERE text = ?1) AND key = ?2 LIMIT 1").Bind(1, kind).Bind(2, key).ExecuteInt64();

    /// <summary>A stored time.</summary>
    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
