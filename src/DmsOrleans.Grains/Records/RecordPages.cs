using DmsOrleans.Storage;

namespace DmsOrleans.Records;

/// <summary>Pages of records from the store; nothing is activated.</summary>
internal static class RecordPages
{
    private const int MaxPage = 1_000;

    /// <summary>The question to the store.</summary>
    public static StateQuery Of(this RecordQuery query, string kind) => new()
    {
        Kind = kind,
        Scope = query.Scope?.ToString(),
        Keys = query.Arns,
        Names = query.Identifiers,
        Cursor = query.Cursor,
        Limit = query.Limit,
    };

    /// <summary>A page of the records that <paramref name="matches"/> accepts. Records are few, so the store is read until the page is full.</summary>
    public static async Task<RecordPage<TView>> PageAsync<TState, TView>(
        this IStateStore store, StateQuery query, Func<StoredState<TState>, TView> view, Func<TState, bool>? matches = null)
        where TState : class, new()
    {
        var limit = Math.Clamp(query.Limit, 1, MaxPage);
        var found = new List<TView>();
        while (true)
        {
            var page = await store.ListAsync<TState>(query with { Limit = limit - found.Count }, CancellationToken.None);
            found.AddRange(page.Items.Where(i => matches?.Invoke(i.State) != false).Select(view));
            if (page.Next is null || !page.CursorAccepted || found.Count == limit)
            {
                return new(found, page.Next, page.CursorAccepted);
            }

            query = query with { Cursor = page.Next };
        }
    }
}
