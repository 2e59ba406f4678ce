using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>How many requests are taken: at the same moment, and of one account. Beyond that the answer is <see cref="RateExceeded"/>, before anything is done.</summary>
internal sealed class RequestLimits : IDisposable
{
    private readonly ConcurrencyLimiter turns;
    private readonly PartitionedRateLimiter<string>? accounts;

    /// <summary>With the bounds of the options.</summary>
    public RequestLimits(IOptions<GatewayOptions> options)
    {
        var bounds = options.Value;
        turns = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = bounds.MaxConcurrentRequests,
            QueueLimit = bounds.MaxQueuedRequests,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        accounts = bounds.Throttling ? PartitionedRateLimiter.Create<string, string>(account => RateLimitPartition.GetTokenBucketLimiter(account, _ => Bucket(bounds))) : null;
    }

    /// <summary>As AWS says it.</summary>
    public static AwsError RateExceeded { get; } = new("ThrottlingException", "Rate exceeded");

    /// <summary>Waits for a turn, which lasts until it is disposed; not acquired when too many wait already.</summary>
    public ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellationToken) => turns.AcquireAsync(1, cancellationToken);

    /// <summary>Whether the account has a request left.</summary>
    public bool Allows(string account)
    {
        using var lease = accounts?.AttemptAcquire(account);
        return lease is null or { IsAcquired: true };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        turns.Dispose();
        accounts?.Dispose();
    }

    private static TokenBucketRateLimiterOptions Bucket(GatewayOptions bounds) => new()
    {
        TokenLimit = bounds.ThrottleBurst,
        TokensPerPeriod = bounds.ThrottleRefillPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        AutoReplenishment = true,
    };
}
