using DmsOrleans.Replications;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>The query face of the store.</summary>
internal sealed class SqliteStateStore(SqliteStore store) : IStateStore
{
    /// <inheritdoc />
    public DateTimeOffset? LastCommitBeforeOpen => store.LastCommitBeforeOpen;

    /// <inheritdoc />
    public async Task<StatePage<TState>> ListAsync<TState>(StateQuery query, CancellationToken cancellationToken)
        where TState : class, new()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        if (!PageCursor.TryParse(query.Cursor, out var afterId))
        {
            return new([], null, CursorAccepted: false);
        }

        var rows = await store.ReadAsync(session => StateListing.Rows(session, query, afterId, query.Limit + 1), cancellationToken);
        var items = rows.Take(query.Limit).Select(row => new StoredState<TState>(row.Key, StateJson.Read<TState>(row.State, row.Spec) ?? new TState()));
        return new([.. items], rows.Count > query.Limit ? PageCursor.After(rows[query.Limit - 1].Id) : null);
    }

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<string, long>> CountByStatusAsync(string kind, string? scope, CancellationToken cancellationToken) =>
        store.ReadAsync(session => StateQueries.CountByStatus(session, kind, scope), cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<Transition>?> HistoryAsync(string kind, string key, long afterSequence, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(session => TransitionQueries.History(session, kind, key, afterSequence, limit), cancellationToken);

    /// <inheritdoc />
    public Task<TransitionPage> TransitionsAsync(TransitionQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return store.ReadAsync(session => TransitionQueries.Page(session, query), cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<OverdueState>> OverdueAsync(string kind, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(session => StateQueries.Overdue(session, kind, now, limit), cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<CapacityHeld>> CapacityHeldAsync(string kind, CancellationToken cancellationToken) =>
        store.ReadAsync(session => StateQueries.CapacityHeld(session, kind), cancellationToken);

    /// <inheritdoc />
    public Task<bool> IsReferencedAsync(string kind, string key, IReadOnlyCollection<string>? inStatuses, CancellationToken cancellationToken) =>
        store.ReadAsync(session => StateQueries.IsReferenced(session, kind, key, inStatuses), cancellationToken);

    /// <inheritdoc />
    public async Task<bool> IsWritableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync(new ProbeWrite()).WaitAsync(cancellationToken);
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;   // that is the answer, and the writer has logged the cause
        }
    }
}
