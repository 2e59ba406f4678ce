using DmsOrleans.Records;
using Orleans.Concurrency;

namespace DmsOrleans.Endpoints;

/// <summary>One endpoint, keyed by its ARN. Commands are answered once durable.</summary>
[Alias("dms.IEndpointGrain")]
public interface IEndpointGrain : ITaggedGrain
{
    /// <summary>Creates it; refused when the ARN or identifier is taken or the spec is wrong.</summary>
    [Alias("create")]
    Task<Answer<EndpointView>> Create(CreateEndpoint command);

    /// <summary>Changes it; refused while a replication that uses it starts or runs.</summary>
    [Alias("modify")]
    Task<Answer<EndpointView>> Modify(ModifyEndpoint command);

    /// <summary>Deletes it; refused while a replication config names it. Gone when this answers; the view says <c>deleting</c> as the service does.</summary>
    [Alias("delete")]
    Task<Answer<EndpointView>> Delete(DeleteEndpoint command);

    /// <summary>What it is; null when there is no such endpoint. Also what the dashboard shows.</summary>
    [ReadOnly, AlwaysInterleave, Alias("get-state")]
    Task<EndpointView?> GetState();
}

/// <summary>Questions about many endpoints, answered from the store.</summary>
[Alias("dms.IEndpointDirectory")]
public interface IEndpointDirectory : IGrainWithIntegerKey
{
    /// <summary>A page of endpoints, in the order they were created.</summary>
    [Alias("list")]
    Task<RecordPage<EndpointView>> List(EndpointQuery query);
}

/// <summary>CreateEndpoint.</summary>
[GenerateSerializer, Immutable, Alias("dms.CreateEndpoint")]
public sealed record CreateEndpoint([property: Id(0)] EndpointSpec Spec, [property: Id(1)] EndpointSecrets Secrets);

/// <summary>ModifyEndpoint: null members stay as they are.</summary>
[GenerateSerializer, Immutable, Alias("dms.ModifyEndpoint")]
public sealed record ModifyEndpoint
{
    /// <summary>New identifier.</summary>
    [Id(0)]
    public string? Identifier { get; init; }

    /// <summary>New type.</summary>
    [Id(1)]
    public string? EndpointType { get; init; }

    /// <summary>New engine.</summary>
    [Id(2)]
    public string? EngineName { get; init; }

    /// <summary>New host.</summary>
    [Id(3)]
    public string? ServerName { get; init; }

    /// <summary>New port.</summary>
    [Id(4)]
    public int? Port { get; init; }

    /// <summary>New database.</summary>
    [Id(5)]
    public string? DatabaseName { get; init; }

    /// <summary>New user.</summary>
    [Id(6)]
    public string? Username { get; init; }

    /// <summary>New SSL mode.</summary>
    [Id(7)]
    public string? SslMode { get; init; }

    /// <summary>New attributes.</summary>
    [Id(8)]
    public string? ExtraConnectionAttributes { get; init; }

    /// <summary>Members merged into <see cref="EndpointSpec.OtherMembers"/>, member by member; with <see cref="ExactSettings"/> a settings object replaces the stored one whole.</summary>
    [Id(9)]
    public string? OtherMembers { get; init; }

    /// <summary>ExactSettings.</summary>
    [Id(10)]
    public bool ExactSettings { get; init; }

    /// <summary>New secrets; null members stay.</summary>
    [Id(11)]
    public EndpointSecrets? Secrets { get; init; }
}

/// <summary>DeleteEndpoint.</summary>
[GenerateSerializer, Immutable, Alias("dms.DeleteEndpoint")]
public sealed record DeleteEndpoint;

/// <summary>What we tell of an endpoint.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Spec">All but the secrets.</param>
/// <param name="Status"><c>active</c> or <c>deleting</c>.</param>
[GenerateSerializer, Immutable, Alias("dms.EndpointView")]
public sealed record EndpointView([property: Id(0)] string Arn, [property: Id(1)] EndpointSpec Spec, [property: Id(2)] string Status);

/// <summary>Which endpoints. All conditions hold together; null ones do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("dms.EndpointQuery")]
public sealed record EndpointQuery
{
    /// <summary>Account and region; null for all.</summary>
    [Id(0)]
    public AwsScope? Scope { get; init; }

    /// <summary>Any of these ARNs.</summary>
    [Id(1)]
    public IReadOnlyList<string>? Arns { get; init; }

    /// <summary>Any of these identifiers.</summary>
    [Id(2)]
    public IReadOnlyList<string>? Identifiers { get; init; }

    /// <summary>Any of these types, <c>source</c> or <c>target</c> in any case.</summary>
    [Id(3)]
    public IReadOnlyList<string>? EndpointTypes { get; init; }

    /// <summary>Any of these engine names.</summary>
    [Id(4)]
    public IReadOnlyList<string>? EngineNames { get; init; }

    /// <summary>Where the previous page ended.</summary>
    [Id(5)]
    public string? Cursor { get; init; }

    /// <summary>Longest page, 1 to 1,000.</summary>
    [Id(6)]
    public int Limit { get; init; } = 100;
}
