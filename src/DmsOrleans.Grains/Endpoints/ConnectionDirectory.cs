using DmsOrleans.Storage;
using Orleans.Concurrency;

namespace DmsOrleans.Endpoints;

/// <summary>Answers from the store; nothing is activated.</summary>
[StatelessWorker, Reentrant, GrainType("connection-directory")]
internal sealed class ConnectionDirectory(IStateStore store) : Grain, IConnectionDirectory
{
    private const int StoredPage = 1_000;

    /// <inheritdoc/>
    /// <remarks>All the asked endpoints are read for each page: they are few (AWS allows 1,000), and their connections have an order of their own.</remarks>
    public async Task<ConnectionPage> List(ConnectionQuery query)
    {
        var limit = Math.Clamp(query.Limit, 1, StoredPage);
        var probes = await AllAsync<EndpointProbeState>(EndpointProbeState.Kind, query.Scope, query.EndpointArns);
        var endpoints = (await AllAsync<EndpointState>(EndpointState.Kind, query.Scope, query.EndpointArns)).ToDictionary(e => e.Key, e => e.State.Spec!.Identifier);
        var matching = probes
            .Where(p => endpoints.ContainsKey(p.Key))
            .SelectMany(p => p.State.Connections.Select(c => c.View(p.Key, endpoints[p.Key])))
            .Where(c => query.ReplicationArns?.Contains(c.ReplicationArn) != false && IsAfter(c, query))
            .OrderBy(c => c.EndpointArn, StringComparer.Ordinal).ThenBy(c => c.ReplicationArn, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        return new([.. matching.Take(limit)], matching.Count > limit);
    }

    private async Task<List<StoredState<TState>>> AllAsync<TState>(string kind, AwsScope scope, IReadOnlyList<string>? keys)
        where TState : class, new()
    {
        var found = new List<StoredState<TState>>();
        string? cursor = null;
        do
        {
            var page = await store.ListAsync<TState>(
                new() { Kind = kind, Scope = scope.ToString(), Keys = keys, Cursor = cursor, Limit = StoredPage }, CancellationToken.None);
            found.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return found;
    }

    private static bool IsAfter(ConnectionView connection, ConnectionQuery query)
    {
        var byEndpoint = string.CompareOrdinal(connection.EndpointArn, query.AfterEndpointArn);
        return byEndpoint > 0 || (byEndpoint == 0 && string.CompareOrdinal(connection.ReplicationArn, query.AfterReplicationArn) > 0);
    }
}
