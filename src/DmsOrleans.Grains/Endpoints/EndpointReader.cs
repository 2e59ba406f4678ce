using System.Security.Cryptography;
using DmsOrleans.Engines;
using DmsOrleans.Replications;
using DmsOrleans.Storage;

namespace DmsOrleans.Endpoints;

/// <summary>
/// Reads endpoints, secrets included, from the store. What is asked while a read is under way shares the next read: thousands of walks over
/// the same two endpoints cost a few reads, and nobody is answered from before the question.
/// </summary>
internal sealed class EndpointReader(IStateStore store, SecretProtector protector)
{
    private readonly Lock gate = new();
    private Dictionary<string, TaskCompletionSource<EngineEndpoint?>> next = new(StringComparer.Ordinal);
    private bool reading;

    /// <summary>Source and target of a spec. Both exist while a config names them: the store sees to it.</summary>
    public async ValueTask<EndpointPair> ReadAsync(ReplicationSpec spec)
    {
        var source = FindAsync(spec.SourceEndpointArn);
        var target = FindAsync(spec.TargetEndpointArn);
        return new EndpointPair(
            await source ?? throw new InvalidOperationException($"Endpoint {spec.SourceEndpointArn} is gone."),
            await target ?? throw new InvalidOperationException($"Endpoint {spec.TargetEndpointArn} is gone."));
    }

    /// <summary>The endpoint as it is now; null when there is none.</summary>
    public Task<EngineEndpoint?> FindAsync(string arn)
    {
        lock (gate)
        {
            if (!next.TryGetValue(arn, out var answer))
            {
                next[arn] = answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (!reading)
            {
                reading = true;
                _ = Task.Run(ReadAllAsync);
            }

            return answer.Task;
        }
    }

    private async Task ReadAllAsync()
    {
        while (TakeNext() is { } questions)
        {
            try
            {
                var page = await store.ListAsync<EndpointState>(
                    new() { Kind = EndpointState.Kind, Keys = [.. questions.Keys], Limit = questions.Count }, CancellationToken.None);
                var found = page.Items.ToDictionary(i => i.Key, i => i.State);
                foreach (var (arn, answer) in questions)
                {
                    Answer(arn, answer, found.GetValueOrDefault(arn));
                }
            }
            catch (Exception e)
            {
                // Everyone who asked is told; whoever asks next starts a new read.
                foreach (var answer in questions.Values)
                {
                    answer.TrySetException(e);
                }
            }
        }
    }

    private Dictionary<string, TaskCompletionSource<EngineEndpoint?>>? TakeNext()
    {
        lock (gate)
        {
            if (next.Count == 0)
            {
                reading = false;
                return null;
            }

            var taken = next;
            next = new(StringComparer.Ordinal);
            return taken;
        }
    }

    // An endpoint that cannot be decrypted is the trouble of those who asked for it, and of nobody else.
    private void Answer(string arn, TaskCompletionSource<EngineEndpoint?> answer, EndpointState? state)
    {
        try
        {
            answer.SetResult(state is null ? null : Opened(arn, state));
        }
        catch (Exception e)
        {
            answer.SetException(e);
        }
    }

    private EngineEndpoint Opened(string arn, EndpointState state)
    {
        try
        {
            return new(arn, state.Spec!, protector.Unprotect(arn, state.ProtectedSecrets));
        }
        catch (CryptographicException e)
        {
            throw new SecretsUnreadableException(state.Spec!.Identifier, e);
        }
    }
}

/// <summary>An endpoint's secrets cannot be decrypted, and will not be by trying again: the keys they were stored under are not there.</summary>
internal sealed class SecretsUnreadableException(string endpoint, Exception cause) : Exception(
    "The stored password cannot be decrypted: its key is not in the data directory's 'keys'. Restore them, or give the endpoint its password again.", cause)
{
    /// <summary>The endpoint's identifier.</summary>
    public string Endpoint { get; } = endpoint;
}

/// <summary>Both ends of a replication.</summary>
internal sealed record EndpointPair(EngineEndpoint Source, EngineEndpoint Target);
