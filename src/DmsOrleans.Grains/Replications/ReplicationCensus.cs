using System.Diagnostics.Metrics;
using DmsOrleans.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Replications;

/// <summary>Counts replications by status from time to time, for the gauge <c>dms.replications</c>. Asks the store only while somebody listens.</summary>
internal sealed partial class ReplicationCensus : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly IStateStore store;
    private readonly TimeProvider time;
    private readonly ILogger<ReplicationCensus> logger;
    private readonly ObservableGauge<long> gauge;
    private IReadOnlyDictionary<string, long> counts = new Dictionary<string, long>();

    public ReplicationCensus(IStateStore store, TimeProvider time, IMeterFactory meters, ILogger<ReplicationCensus> logger)
    {
        (this.store, this.time, this.logger) = (store, time, logger);
        gauge = meters.Create(Telemetry.Name).CreateObservableGauge(
            "dms.replications",
            () => counts.Select(c => new Measurement<long>(c.Value, new KeyValuePair<string, object?>("status", c.Key))),
            "{replication}",
            "Replications by status.");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await CountAsync(stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task CountAsync(CancellationToken stopping)
    {
        if (!gauge.Enabled)
        {
            return;
        }

        try
        {
            counts = await store.CountByStatusAsync(ReplicationState.Kind, null, stopping);
        }
        catch (StorageUnavailableException e)
        {
            LogNotCounted(logger, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Replications could not be counted: {Reason}")]
    private static partial void LogNotCounted(ILogger logger, string reason);
}
