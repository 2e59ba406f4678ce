using System.Globalization;
using System.Net.Http.Headers;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace DmsOrleans.Events;

/// <summary>
/// Sends the events of one subscription after another, each until it is taken: a later one never overtakes an earlier one. Holds one page of transitions
/// in memory, whatever waits behind it.
/// </summary>
internal sealed partial class EventSender
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "event-delivery";

    // After a crash this much is sent again, with the same ids; a store write each.
    private const int TransitionsPerReport = 50;

    private readonly IStateStore store;
    private readonly IHttpClientFactory http;
    private readonly TimeProvider time;
    private readonly EventOptions options;
    private readonly ILogger<EventSender> logger;
    private readonly ResiliencePipeline attempts;

    public EventSender(IStateStore store, IHttpClientFactory http, TimeProvider time, IOptions<EventOptions> options, ILogger<EventSender> logger)
    {
        (this.store, this.http, this.time, this.options, this.logger) = (store, http, time, options.Value, logger);
        attempts = Attempts();
    }

    /// <summary>Whether anything is to be sent for the subscription.</summary>
    public bool Reaches(EventSubscriptionSpec spec) => spec.Enabled && options.Topics.ContainsKey(spec.TopicArn);

    /// <summary>
    /// Sends what is not delivered yet. Ends when there is no more, when it is cancelled, or when the store does not answer; what was not reported
    /// by then is sent again by the next call.
    /// </summary>
    /// <param name="arn">The subscription.</param>
    /// <param name="subscription">Its state when delivery began.</param>
    /// <param name="reportAsync">Stores the position up to which all is delivered.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task SendAsync(string arn, EventSubscriptionState subscription, Func<long, Task> reportAsync, CancellationToken cancellationToken)
    {
        try
        {
            var (through, more) = (subscription.Through, true);
            while (more)
            {
                var page = await store.TransitionsAsync(Undelivered(subscription, through), cancellationToken);
                await SendAsync(arn, subscription.Spec!, page.Items, cancellationToken);
                if (page.Through > through)
                {
                    await reportAsync(page.Through);
                }

                (through, more) = (page.Through, page.More);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Changed, deleted, or moved to another silo.
        }
        catch (Exception e)
        {
            LogInterrupted(logger, e, arn);
        }
    }

    private static TransitionQuery Undelivered(EventSubscriptionState subscription, long through) => new()
    {
        Kind = ReplicationState.Kind,
        Scope = subscription.Scope,
        After = through,
        From = through == 0 ? subscription.Since : null,
        Limit = TransitionsPerReport,
    };

    private async Task SendAsync(string arn, EventSubscriptionSpec spec, IReadOnlyList<StoredTransition> transitions, CancellationToken cancellationToken)
    {
        foreach (var stored in transitions.Where(t => EventSelection.Includes(spec, t)))
        {
            var notices = ReplicationEvents.Of(stored.Transition);
            for (var i = 0; i < notices.Count; i++)
            {
                if (EventSelection.Includes(spec, notices[i]))
                {
                    await SendAsync(arn, options.Topics[spec.TopicArn], EventBridgeEvent.Of(stored, notices[i], i), stored.Transition.At, cancellationToken);
                }
            }
        }
    }

    // Until it is taken, or so old that it is given up.
    private async Task SendAsync(string arn, EventTopic topic, EventBridgeEvent told, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var left = at + options.GiveUpAfter - time.GetUtcNow();
        using var tooOld = new CancellationTokenSource(left > options.AttemptTimeout ? left : options.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooOld.Token, cancellationToken);
        var body = told.ToUtf8();
        var context = ResilienceContextPool.Shared.Get(arn, either.Token);
        try
        {
            await attempts.ExecuteAsync(attempt => PostAsync(topic, told.Id.ToString(), body, attempt.CancellationToken), context);
            LogDelivered(logger, arn, told.Id, told.Detail.EventType);
        }
        catch (OperationCanceledException) when (tooOld.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogGivenUp(logger, arn, told.Id, at);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask PostAsync(EventTopic topic, string id, byte[] body, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        using var client = http.CreateClient(HttpClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, topic.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (topic.Secret is { } secret)
        {
            request.Headers.Add("webhook-signature", WebhookSignature.Of(secret, id, now, body));
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private ResiliencePipeline Attempts() => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            Delay = options.FirstRetryDelay,
            MaxDelay = options.MaxRetryDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            OnRetry = retry =>
            {
                LogRetried(logger, retry.Context.OperationKey, retry.AttemptNumber + 1, retry.RetryDelay, retry.Outcome.Exception?.Message);
                return default;
            },
        })
        .AddTimeout(options.AttemptTimeout)
        .Build();

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Subscription} delivered event {EventId}, {EventType}")]
    private static partial void LogDelivered(ILogger logger, string subscription, Guid eventId, string eventType);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Subscription} could not deliver, attempt {Attempt}; tries again in {Delay}: {Reason}")]
    private static partial void LogRetried(ILogger logger, string? subscription, int attempt, TimeSpan delay, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Subscription} gave up event {EventId} of {At:O}: its receiver did not take it in time")]
    private static partial void LogGivenUp(ILogger logger, string subscription, Guid eventId, DateTimeOffset at);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Subscription} interrupted its delivery and goes on with the next look for events")]
    private static partial void LogInterrupted(ILogger logger, Exception cause, string subscription);
}
