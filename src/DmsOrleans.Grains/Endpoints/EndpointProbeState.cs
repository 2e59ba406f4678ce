using System.Text.Json.Serialization;
using DmsOrleans.Storage;

namespace DmsOrleans.Endpoints;

/// <summary>What is stored of what was found out about an endpoint.</summary>
[GenerateSerializer, Alias("dms.EndpointProbeState")]
internal sealed record EndpointProbeState : IIndexedState
{
    /// <summary>The state name, which is its kind in the store.</summary>
    public const string Kind = "endpoint-probe";

    /// <summary>The endpoint.</summary>
    [Id(0)]
    public string EndpointArn { get; init; } = "";

    /// <summary>Connections tested or being tested, one for each replication config or instance.</summary>
    [Id(1)]
    public IReadOnlyList<TestedConnection> Connections { get; init; } = [];

    /// <summary>The last refresh of its schemas; null before the first.</summary>
    [Id(2)]
    public SchemaRefresh? Refresh { get; init; }

    /// <summary>When the next test or refresh is due; null when all are over.</summary>
    [JsonIgnore]
    public DateTimeOffset? Due => Connections.Select(c => c.Due).Append(Refresh?.Due).Min();

    StateIndex IIndexedState.Index => new()
    {
        Scope = new Arn(EndpointArn).Scope.ToString(),
        Name = new Arn(EndpointArn).ResourceId,
        Status = Due is null ? "at-rest" : "probing",
        Due = Due,
    };

    /// <summary>The connection with a replication config or instance; null when it was never tested.</summary>
    public TestedConnection? ConnectionWith(string replicationArn) => Connections.FirstOrDefault(c => c.ReplicationArn == replicationArn);

    /// <summary>With <paramref name="connection"/> in the place of the one with the same other end.</summary>
    public EndpointProbeState With(TestedConnection connection) =>
        Without(connection.ReplicationArn) with { Connections = [.. Without(connection.ReplicationArn).Connections, connection] };

    /// <summary>Without the connection with a replication config or instance.</summary>
    public EndpointProbeState Without(string replicationArn) => this with { Connections = [.. Connections.Where(c => c.ReplicationArn != replicationArn)] };
}

/// <summary>A connection that was or is being tested.</summary>
[GenerateSerializer, Immutable, Alias("dms.TestedConnection")]
internal sealed record TestedConnection
{
    [Id(0)]
    public required string ReplicationArn { get; init; }

    [Id(1)]
    public required string ReplicationIdentifier { get; init; }

    [Id(2)]
    public required string Status { get; init; }

    [Id(3)]
    public string? LastFailureMessage { get; init; }

    /// <summary>When the engine is asked; null once it has answered.</summary>
    [Id(4)]
    public DateTimeOffset? Due { get; init; }

    /// <summary>As it is shown.</summary>
    public ConnectionView View(string endpointArn, string endpointIdentifier) =>
        new(endpointArn, endpointIdentifier, ReplicationArn, ReplicationIdentifier, Status, LastFailureMessage);
}

/// <summary>A refresh of an endpoint's schemas.</summary>
[GenerateSerializer, Immutable, Alias("dms.SchemaRefresh")]
internal sealed record SchemaRefresh
{
    [Id(0)]
    public required string ReplicationArn { get; init; }

    [Id(1)]
    public required string Status { get; init; }

    [Id(2)]
    public DateTimeOffset? LastRefreshDate { get; init; }

    [Id(3)]
    public string? LastFailureMessage { get; init; }

    /// <summary>When the engine is asked; null once it has answered.</summary>
    [Id(4)]
    public DateTimeOffset? Due { get; init; }

    /// <summary>What the last successful refresh found, in ordinal order.</summary>
    [Id(5)]
    public IReadOnlyList<string> Schemas { get; init; } = [];
}
