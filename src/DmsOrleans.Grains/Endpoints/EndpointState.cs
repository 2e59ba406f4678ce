using DmsOrleans.Storage;

namespace DmsOrleans.Endpoints;

/// <summary>What is stored of an endpoint: its spec, and its secrets encrypted for this ARN alone.</summary>
[GenerateSerializer, Alias("dms.EndpointState")]
internal sealed record EndpointState : IIndexedState
{
    /// <summary>The state name, which is its kind in the store.</summary>
    public const string Kind = "endpoint";

    [Id(0)]
    public EndpointSpec? Spec { get; init; }

    /// <summary>The encrypted <see cref="EndpointSecrets"/>; null when there are none.</summary>
    [Id(1)]
    public string? ProtectedSecrets { get; init; }

    /// <summary>Account and region, as the store keeps them.</summary>
    [Id(2)]
    public string Scope { get; init; } = "";

    /// <summary>Commands that clients may send again; null when none can be.</summary>
    [Id(30)]
    public IReadOnlyList<AnsweredInvocation>? Answered { get; init; }

    StateIndex IIndexedState.Index => new() { Scope = Scope, Name = Spec!.Identifier, Status = "active" };
}
