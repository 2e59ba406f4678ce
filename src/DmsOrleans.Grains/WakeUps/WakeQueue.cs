using System.Collections.Concurrent;
using System.Threading.Channels;
using DmsOrleans.Replications;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DmsOrleans.WakeUps;

/// <summary>
/// The line of replications that are due: at most <see cref="ReplicationOptions.MaxConcurrentWalks"/> walk at once, however many
/// are due together, so that a hundred thousand starts cost an entry each and not a call in flight each.
/// </summary>
internal sealed partial class WakeQueue(IGrainFactory grains, IOptions<ReplicationOptions> options, ILogger<WakeQueue> logger) : BackgroundService
{
    private readonly Channel<(string Arn, WakeReason Reason)> line = Channel.CreateUnbounded<(string, WakeReason)>();
    private readonly ConcurrentDictionary<string, byte> inLine = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> awake = new(StringComparer.Ordinal);
    private readonly Lazy<GrainInterfaceType> replication = new(() => ((GrainReference)grains.GetGrain<IReplicationGrain>("type")).InterfaceType);
    private int walking;

    /// <summary>Replications in line, those being woken not counted.</summary>
    public int Length => inLine.Count;

    /// <summary>Puts a replication in line unless it is there already. Never blocks, never throws.</summary>
    public void Enqueue(string arn, WakeReason reason)
    {
        if (inLine.TryAdd(arn, 0))
        {
            line.Writer.TryWrite((arn, reason));
        }
    }

    /// <summary>
    /// Puts a replication in line whose stored deadline was found overdue, unless it is being woken just now: its deadline stays in the
    /// store until it has moved.
    /// </summary>
    public void EnqueueOverdue(string arn)
    {
        if (!awake.ContainsKey(arn))
        {
            Enqueue(arn, WakeReason.Sweeper);
        }
    }

    /// <summary>A place to walk at once, for a grain whose timer has just fired; false when all are taken and it has to queue.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref walking) <= options.Value.MaxConcurrentWalks)
        {
            return true;
        }

        Interlocked.Decrement(ref walking);
        return false;
    }

    /// <summary>Gives the place of <see cref="TryEnter"/> back.</summary>
    public void Leave() => Interlocked.Decrement(ref walking);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.MaxConcurrentWalks).Select(_ => ServeAsync(stoppingToken)));

    private async Task ServeAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var (arn, reason) in line.Reader.ReadAllAsync(stopping))
            {
                awake.TryAdd(arn, 0);
                inLine.TryRemove(arn, out _);
                await WakeAsync(arn, reason);
                awake.TryRemove(arn, out _);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The silo stops; what is in line is due in the store and is found there by the next one.
        }
    }

    // GetGrain by type looks up the attributes of the type each time, which is a tenth of what waking costs.
    private IReplicationGrain GrainOf(string arn) => (IReplicationGrain)grains.GetGrain(GrainId.Create(ReplicationState.GrainType, IdSpan.Create(arn)), replication.Value);

    // A wake-up that fails is not repeated here: the deadline is stored, and the sweeper asks for it again.
    private async Task WakeAsync(string arn, WakeReason reason)
    {
        try
        {
            await GrainOf(arn).Wake(reason);
        }
        catch (Exception e)
        {
            LogWakeFailed(logger, e, arn, reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waking {Arn} ({Reason}) failed; the sweeper will try again")]
    private static partial void LogWakeFailed(ILogger logger, Exception exception, string arn, WakeReason reason);
}
