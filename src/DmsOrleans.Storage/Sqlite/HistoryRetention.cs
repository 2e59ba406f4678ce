using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>Removes the histories of states that departed longer ago than the retention says: now and then, in portions small enough that writers hardly wait.</summary>
internal sealed partial class HistoryRetention(
    SqliteStore store, TimeProvider time, IOptions<SqliteStorageOptions> options, ILogger<HistoryRetention> logger) : BackgroundService
{
    private const int Portion = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Removes what is due; how many transitions.</summary>
    public async Task<int> PurgeAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - options.Value.DepartedRetention;
        var removed = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var purge = new DepartedPurge(before, Portion);
            await store.WriteAsync(purge);
            removed += purge.Removed;
            if (purge.Removed < Portion)
            {
                return removed;
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, stoppingToken);
                await TryPurgeAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task TryPurgeAsync(CancellationToken stopping)
    {
        try
        {
            if (await PurgeAsync(stopping) is > 0 and var removed)
            {
                LogPurged(removed);
            }
        }
        catch (StorageUnavailableException e)
        {
            LogPostponed(e.Message);
        }
    }

    [LoggerMessage(21, LogLevel.Debug, "{Count} transitions of long removed states were dropped.")]
    private partial void LogPurged(int count);

    [LoggerMessage(22, LogLevel.Warning, "The history of long removed states could not be dropped, it is tried again later: {Reason}")]
    private partial void LogPostponed(string reason);
}
