using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DmsOrleans.WakeUps;

/// <summary>
/// Finds what fell through: asks the store for overdue deadlines, a page at a time, and wakes those replications. The same small
/// question each interval, whatever the number of replications; after a restart it works through the backlog page by page.
/// </summary>
internal sealed partial class Sweeper(
    IStateStore store, WakeQueue wakeQueue, ReplicationMetrics metrics, TimeProvider time, IOptions<ReplicationOptions> options, ILogger<Sweeper> logger) : BackgroundService
{
    // Between the pages of a backlog: long enough for a page to be walked, short enough for 100,000 to take seconds.
    private static readonly TimeSpan BacklogInterval = TimeSpan.FromMilliseconds(50);

    private readonly ReplicationOptions settings = options.Value;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (settings.UseSweeper)
            {
                var backlog = await SweepAsync(stoppingToken);
                await Task.Delay(backlog ? BacklogInterval : settings.SweepInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    // Answers whether there may be more. While the queue is busy its entries are still overdue in the store: asking then would only find them again.
    private async Task<bool> SweepAsync(CancellationToken stopping)
    {
        if (wakeQueue.Length > settings.SweepPage / 2)
        {
            return true;
        }

        try
        {
            var overdue = await store.OverdueAsync(ReplicationState.Kind, time.GetUtcNow() - settings.SweepGrace, settings.SweepPage, stopping);
            foreach (var found in overdue)
            {
                wakeQueue.EnqueueOverdue(found.Key);
            }

            if (overdue.Count > 0)
            {
                metrics.SweeperFound(overdue.Count);
                LogFound(logger, overdue.Count, overdue[0].Due);
            }

            return overdue.Count == settings.SweepPage;
        }
        catch (StorageUnavailableException e)
        {
            LogStoreUnavailable(logger, e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Found {Count} overdue replications, the oldest due {Due:O}")]
    private static partial void LogFound(ILogger logger, int count, DateTimeOffset due);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store could not be asked for overdue replications: {Reason}")]
    private static partial void LogStoreUnavailable(ILogger logger, string reason);
}
