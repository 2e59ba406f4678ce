using DmsOrleans.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Events;

/// <summary>Reminds the subscriptions whose topic leads somewhere to deliver, again and again; that also starts them after a restart. Does nothing while no topic is configured.</summary>
internal sealed partial class EventDelivery(
    IStateStore store, IGrainFactory grains, EventSender sender, TimeProvider time, IOptions<EventOptions> options, ILogger<EventDelivery> logger) : BackgroundService
{
    private const int Page = 100;

    private readonly EventOptions settings = options.Value;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (settings.Topics.Count > 0)
            {
                await TryRemindAsync(stoppingToken);
                await Task.Delay(settings.PollInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task TryRemindAsync(CancellationToken stopping)
    {
        try
        {
            await RemindAsync(stopping);
        }
        catch (Exception e) when (e is StorageUnavailableException or TimeoutException or Orleans.Runtime.OrleansException)
        {
            LogPostponed(logger, e.Message);
        }
    }

    private async Task RemindAsync(CancellationToken stopping)
    {
        string? cursor = null;
        do
        {
            var page = await store.ListAsync<EventSubscriptionState>(new() { Kind = EventSubscriptionState.Kind, Cursor = cursor, Limit = Page }, stopping);
            await Task.WhenAll(page.Items.Where(i => sender.Reaches(i.State.Spec!)).Select(i => grains.GetGrain<IEventSubscriptionGrain>(i.Key).Deliver(new())));
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscriptions could not be reminded to deliver; tried again soon: {Reason}")]
    private static partial void LogPostponed(ILogger logger, string reason);
}
