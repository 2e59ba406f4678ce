using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Endpoints;

/// <summary>Finds the tests and refreshes that a crash or an outage cut short: asks the store for overdue ones and wakes their grains.</summary>
internal sealed partial class ProbeSweeper(
    IStateStore store, IGrainFactory grains, TimeProvider time, IOptions<ReplicationOptions> options, ILogger<ProbeSweeper> logger) : BackgroundService
{
    private readonly ReplicationOptions settings = options.Value;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (settings.UseSweeper)
            {
                await SweepAsync(stoppingToken);
                await Task.Delay(settings.SweepInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        try
        {
            var overdue = await store.OverdueAsync(EndpointProbeState.Kind, time.GetUtcNow() - settings.SweepGrace, settings.SweepPage, stopping);
            await Task.WhenAll(overdue.Select(found => grains.GetGrain<IEndpointProbeGrain>(found.Key).Wake(WakeReason.Sweeper)));
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // The next round tries again; the deadlines stand.
            LogSweepFailed(logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Overdue tests of connections and refreshes of schemas could not be woken; tried again in a while")]
    private static partial void LogSweepFailed(ILogger logger, Exception exception);
}
