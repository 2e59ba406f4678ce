using DmsOrleans.Records;
using DmsOrleans.Storage;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace DmsOrleans.Replications;

/// <summary>Answers from the store; nothing is activated.</summary>
[StatelessWorker, Reentrant, GrainType("maintenance-directory")]
internal sealed class MaintenanceDirectory(IStateStore store, IOptions<MaintenanceOptions> options, TimeProvider time) : Grain, IMaintenanceDirectory
{
    /// <summary>Replications looked at in one call: opt-ins are not indexed, and few replications have one.</summary>
    private const int LookedAt = 1_000;

    /// <inheritdoc/>
    public async Task<RecordPage<PendingMaintenance>> List(RecordQuery query)
    {
        var page = options.Value.Announced.Count == 0 ? await LookAsync(query, LookedAt) : null;
        return page?.Items.Count <= query.Limit ? page : await LookAsync(query, query.Limit);
    }

    private async Task<RecordPage<PendingMaintenance>> LookAsync(RecordQuery query, int replications)
    {
        var now = time.GetUtcNow();
        var page = await store.ListAsync<ReplicationState>(query.Of(ReplicationState.Kind) with { Limit = replications }, CancellationToken.None);
        var pending = page.Items.Select(i => new PendingMaintenance(i.Key, MaintenanceRules.Pending(i.State.Maintenance, options.Value.Announced, now)));
        return new([.. pending.Where(p => p.Actions.Count > 0)], page.Next, page.CursorAccepted);
    }
}
