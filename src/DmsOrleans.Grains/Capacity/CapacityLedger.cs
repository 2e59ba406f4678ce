using System.Diagnostics.Metrics;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Microsoft.Extensions.Hosting;

namespace DmsOrleans.Capacity;

/// <summary>Rebuilds the pool from what replications have stored, before anything is granted, and reports of it.</summary>
internal sealed class CapacityLedger(CapacityPool pool, IStateStore store, IMeterFactory meters) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var held in await store.CapacityHeldAsync(ReplicationState.Kind, cancellationToken))
        {
            pool.Correct(held.Key, held.CapacityUnits);
        }

        var meter = meters.Create(Telemetry.Name);
        meter.CreateObservableGauge("dms.capacity.held", () => pool.HeldUnits, "{DCU}", "Capacity granted.");
        meter.CreateObservableGauge("dms.capacity.waiting", () => pool.Waiting, "{replication}", "Replications waiting for capacity.");
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
