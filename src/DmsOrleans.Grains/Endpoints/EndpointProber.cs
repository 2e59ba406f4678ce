using DmsOrleans.Engines;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Endpoints;

/// <summary>Asks the engine about one endpoint, as the replication at the other end would.</summary>
internal sealed partial class EndpointProber(IReplicationEngine engine, EndpointReader endpoints, IStateStore store, TimeProvider time, ILogger<EndpointProber> logger)
{
    /// <summary>Tests the connection.</summary>
    public Task<ProbeResult> TestAsync(string endpointArn, string replicationArn, CancellationToken cancellationToken) =>
        AskAsync(endpointArn, replicationArn, async (job, endpoint) => new(await engine.TestConnectionAsync(job, endpoint, cancellationToken)), cancellationToken);

    /// <summary>Lists the schemas.</summary>
    public Task<ProbeResult> ListSchemasAsync(string endpointArn, string replicationArn, CancellationToken cancellationToken) =>
        AskAsync(
            endpointArn,
            replicationArn,
            async (job, endpoint) =>
            {
                var listed = await engine.ListSchemasAsync(job, endpoint, cancellationToken);
                return new(listed.Failure, listed.Value);
            },
            cancellationToken);

    // Someone waits for an answer: what can only be tried again is told as the failure it is, except where our own store is the trouble.
    private async Task<ProbeResult> AskAsync(
        string endpointArn, string replicationArn, Func<EngineJob?, EngineEndpoint, Task<ProbeResult>> ask, CancellationToken cancellationToken)
    {
        try
        {
            var endpoint = await endpoints.FindAsync(endpointArn);
            var answer = endpoint is null ? new(null) { IsGone = true } : await ask(await JobAsync(replicationArn, cancellationToken), endpoint);
            return answer with { At = time.GetUtcNow() };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (StorageUnavailableException)
        {
            throw;
        }
        catch (SecretsUnreadableException e)
        {
            return new(new(e.Message));
        }
        catch (Exception e)
        {
            LogProbeFailed(logger, e, endpointArn, replicationArn);
            return new(new($"The endpoint could not be tried: {e.Message}"));
        }
    }

    // Null for a replication instance, of which there are none here, and for a config that has been deleted meanwhile.
    private async Task<EngineJob?> JobAsync(string replicationArn, CancellationToken cancellationToken)
    {
        if (!Arn.IsWellFormed(replicationArn, Arn.ReplicationConfigKind))
        {
            return null;
        }

        var found = await store.ListAsync<ReplicationState>(new() { Kind = ReplicationState.Kind, Keys = [replicationArn], Limit = 1 }, cancellationToken);
        return found.Items is [{ State: var state }] ? EngineJobs.Of(replicationArn, state) : null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Trying endpoint {Endpoint} for {Replication} failed")]
    private static partial void LogProbeFailed(ILogger logger, Exception exception, string endpoint, string replication);
}

/// <summary>What the engine said.</summary>
/// <param name="Failure">Null when it went well.</param>
/// <param name="Schemas">The schemas, where they were asked for and it went well.</param>
internal sealed record ProbeResult(StepFailure? Failure, IReadOnlyList<string>? Schemas = null)
{
    /// <summary>Nothing was asked: the endpoint was deleted before it could be tried.</summary>
    public bool IsGone { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }
}
