using System.Diagnostics.Metrics;
using DmsOrleans.Replications;
using DmsOrleans.Storage;

namespace DmsOrleans.Capacity;

/// <summary>Rebuilds the pool from what replications have stored, after the store is open and before any grain is active, and reports of it.</summary>
internal sealed class CapacityLedger(CapacityPool pool, IStateStore store, IMeterFactory meters) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(CapacityLedger), ServiceLifecycleStage.ApplicationServices, RebuildAsync);

    private async Task RebuildAsync(CancellationToken cancellationToken)
    {
        foreach (var held in await store.CapacityHeldAsync(ReplicationState.Kind, cancellationToken))
        {
            pool.Correct(held.Key, held.CapacityUnits);
        }

        var meter = meters.Create(Telemetry.Name);
        meter.CreateObservableGauge("dms.capacity.held", () => pool.HeldUnits, "{DCU}", "Capacity granted.");
        meter.CreateObservableGauge("dms.capacity.waiting", () => pool.Waiting, "{replication}", "Replications waiting for capacity.");
    }
}
