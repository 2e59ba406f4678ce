using DmsOrleans.Replications;
using Orleans.Concurrency;

namespace DmsOrleans.Endpoints;

/// <summary>
/// What is found out about an endpoint by connecting to it: the connections tested and its schemas. Keyed by the endpoint's ARN. A command is
/// answered once durable; the work is then done beside the grain's turn and taken up again after a crash.
/// </summary>
[Alias("dms.IEndpointProbeGrain")]
public interface IEndpointProbeGrain : IGrainWithStringKey
{
    /// <summary>Tests the connection from a replication config or a replication instance, by ARN; answers <c>testing</c>. Asked again meanwhile it is the same test.</summary>
    [Alias("test-connection")]
    Task<Answer<ConnectionView>> TestConnection(string replicationArn);

    /// <summary>Forgets a tested connection and answers it as <c>deleting</c>; refused while it is being tested.</summary>
    [Alias("delete-connection")]
    Task<Answer<ConnectionView>> DeleteConnection(string replicationArn);

    /// <summary>Lists the schemas anew, as the replication config or instance sees them; answers <c>refreshing</c>. Asked again meanwhile it is the same refresh.</summary>
    [Alias("refresh-schemas")]
    Task<Answer<SchemaRefreshView>> RefreshSchemas(string replicationArn);

    /// <summary>A page of the schemas the last successful refresh found, in their order: those after <paramref name="after"/>; empty where there was none.</summary>
    [Alias("list-schemas")]
    Task<Answer<SchemaPage>> ListSchemas(string? after, int limit);

    /// <summary>Forgets everything: the endpoint is gone, or another is about to be made under its ARN. Nothing to forget is success.</summary>
    [Alias("forget")]
    Task Forget(ForgetProbes command);

    /// <summary>Goes on with what is due or done. Harmless at any time.</summary>
    [Alias("wake")]
    Task Wake(WakeReason reason);

    /// <summary>All that was found out but the schemas; null when there is no such endpoint. Also what the dashboard shows.</summary>
    [ReadOnly, Alias("get-state")]
    Task<EndpointProbeView?> GetState();
}

/// <summary>Questions about the connections of many endpoints, answered from the store.</summary>
[Alias("dms.IConnectionDirectory")]
public interface IConnectionDirectory : IGrainWithIntegerKey
{
    /// <summary>A page of connections, ordered by the ARNs of endpoint and replication; none of an endpoint that is gone.</summary>
    [Alias("list")]
    Task<ConnectionPage> List(ConnectionQuery query);
}

/// <summary>What was found out about an endpoint.</summary>
/// <param name="Connections">The tested connections, in the order they were last asked for or answered.</param>
/// <param name="Refresh">The last refresh of its schemas; null before the first.</param>
[GenerateSerializer, Immutable, Alias("dms.EndpointProbeView")]
public sealed record EndpointProbeView([property: Id(0)] IReadOnlyList<ConnectionView> Connections, [property: Id(1)] SchemaRefreshView? Refresh);

/// <summary>An endpoint's deletion, or what comes before its creation.</summary>
[GenerateSerializer, Immutable, Alias("dms.ForgetProbes")]
public sealed record ForgetProbes;

/// <summary>A tested connection between an endpoint and a replication config or instance.</summary>
/// <param name="EndpointArn">One end.</param>
/// <param name="EndpointIdentifier">Its identifier.</param>
/// <param name="ReplicationArn">The other end: ReplicationInstanceArn of the model.</param>
/// <param name="ReplicationIdentifier">Its identifier, lower case.</param>
/// <param name="Status">One of <see cref="ProbeStatus"/>.</param>
/// <param name="LastFailureMessage">What the last test said when it failed; kept while the next one runs.</param>
[GenerateSerializer, Immutable, Alias("dms.ConnectionView")]
public sealed record ConnectionView(
    [property: Id(0)] string EndpointArn,
    [property: Id(1)] string EndpointIdentifier,
    [property: Id(2)] string ReplicationArn,
    [property: Id(3)] string ReplicationIdentifier,
    [property: Id(4)] string Status,
    [property: Id(5)] string? LastFailureMessage);

/// <summary>How the refresh of an endpoint's schemas stands.</summary>
/// <param name="EndpointArn">The endpoint.</param>
/// <param name="ReplicationArn">From where it is read: ReplicationInstanceArn of the model.</param>
/// <param name="Status">One of <see cref="ProbeStatus"/>.</param>
/// <param name="LastRefreshDate">When schemas were last read with success; null before.</param>
/// <param name="LastFailureMessage">What the last refresh said when it failed; kept while the next one runs.</param>
[GenerateSerializer, Immutable, Alias("dms.SchemaRefreshView")]
public sealed record SchemaRefreshView(
    [property: Id(0)] string EndpointArn,
    [property: Id(1)] string ReplicationArn,
    [property: Id(2)] string Status,
    [property: Id(3)] DateTimeOffset? LastRefreshDate,
    [property: Id(4)] string? LastFailureMessage);

/// <summary>A page of schemas.</summary>
/// <param name="Schemas">Their names, in order.</param>
/// <param name="More">Whether further ones follow.</param>
[GenerateSerializer, Immutable, Alias("dms.SchemaPage")]
public sealed record SchemaPage([property: Id(0)] IReadOnlyList<string> Schemas, [property: Id(1)] bool More);

/// <summary>Which connections.</summary>
[GenerateSerializer, Immutable, Alias("dms.ConnectionQuery")]
public sealed record ConnectionQuery
{
    /// <summary>Account and region.</summary>
    [Id(0)]
    public required AwsScope Scope { get; init; }

    /// <summary>Of any of these endpoints; null for all.</summary>
    [Id(1)]
    public IReadOnlyList<string>? EndpointArns { get; init; }

    /// <summary>With any of these replication configs or instances; null for all.</summary>
    [Id(2)]
    public IReadOnlyList<string>? ReplicationArns { get; init; }

    /// <summary>The last connection of the page before, as its endpoint's ARN; null for the first page.</summary>
    [Id(3)]
    public string? AfterEndpointArn { get; init; }

    /// <summary>The same connection's other end.</summary>
    [Id(4)]
    public string? AfterReplicationArn { get; init; }

    /// <summary>Longest page.</summary>
    [Id(5)]
    public int Limit { get; init; } = 100;
}

/// <summary>A page of connections.</summary>
/// <param name="Items">In order.</param>
/// <param name="More">Whether further ones follow.</param>
[GenerateSerializer, Immutable, Alias("dms.ConnectionPage")]
public sealed record ConnectionPage([property: Id(0)] IReadOnlyList<ConnectionView> Items, [property: Id(1)] bool More);

/// <summary>The model's words for tests of connections and refreshes of schemas.</summary>
public static class ProbeStatus
{
    /// <summary>A connection is being tested.</summary>
    public const string Testing = "testing";

    /// <summary>Schemas are being read.</summary>
    public const string Refreshing = "refreshing";

    /// <summary>It went well.</summary>
    public const string Successful = "successful";

    /// <summary>It did not; the failure message says why.</summary>
    public const string Failed = "failed";

    /// <summary>The connection is being forgotten.</summary>
    public const string Deleting = "deleting";
}
