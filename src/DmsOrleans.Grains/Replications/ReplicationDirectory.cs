using DmsOrleans.Storage;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace DmsOrleans.Replications;

/// <summary>Answers from the store; nothing is activated. Reentrant, as all directories: a question waits for the disk, not for the one before it.</summary>
[StatelessWorker, Reentrant, GrainType("replication-directory")]
internal sealed class ReplicationDirectory(IStateStore store, ReplicationViews views, IOptions<ReplicationOptions> options) : Grain, IReplicationDirectory
{
    private const int MaxPage = 1_000;

    /// <inheritdoc/>
    public async Task<ReplicationPage> List(ReplicationQuery query)
    {
        var page = await store.ListAsync<ReplicationState>(
            new()
            {
                Kind = ReplicationState.Kind,
                Scope = query.Scope?.ToString(),
                Keys = query.Arns,
                Names = query.Identifiers,
                Statuses = query.Statuses?.Select(s => s.ToWire()).ToList(),
                Cursor = query.Cursor,
                Limit = Math.Clamp(query.Limit, 1, MaxPage),
            },
            CancellationToken.None);
        IReadOnlyList<ReplicationView> items = [.. page.Items.Select(i => views.Of(i.Key, i.State))];
        if (query.ShowsStatus && options.Value.PollSafe)
        {
            await Task.WhenAll(page.Items.Where(i => !i.State.Status.IsAtRest()).Select(i => GrainFactory.GetGrain<IReplicationGrain>(i.Key).Seen(i.State.Status.ToWire(), i.State.StatusSince)));
        }

        return new(items, page.Next, page.CursorAccepted);
    }

    /// <inheritdoc/>
    public async Task<ReplicationCounts> Count(AwsScope? scope) =>
        new(await store.CountByStatusAsync(ReplicationState.Kind, scope?.ToString(), CancellationToken.None));

    /// <inheritdoc/>
    public async Task<HistoryPage?> History(string arn, long afterSequence, int limit)
    {
        var wanted = Math.Clamp(limit, 1, MaxPage);
        var found = await store.HistoryAsync(ReplicationState.Kind, arn, afterSequence, wanted + 1, CancellationToken.None);
        return found is null ? null : new([.. found.Take(wanted)], found.Count > wanted);
    }

    /// <inheritdoc/>
    public async Task<TableStatisticsPage?> TableStatistics(TableStatisticsQuery query)
    {
        var page = await store.ListAsync<ReplicationState>(new() { Kind = ReplicationState.Kind, Keys = [query.Arn], Limit = 1 }, CancellationToken.None);
        if (page.Items is not [var found])
        {
            return null;
        }

        var matching = views.TablesOf(found.Key, found.State)
            .Where(t => query.Schemas?.Contains(t.Name.Schema) != false && query.Tables?.Contains(t.Name.Table) != false && query.States?.Contains(t.State) != false)
            .Skip(query.Offset)
            .Take(query.Limit + 1)
            .ToList();
        return new([.. matching.Take(query.Limit)], matching.Count > query.Limit);
    }
}
