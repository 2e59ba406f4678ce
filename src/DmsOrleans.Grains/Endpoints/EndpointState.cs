using DmsOrleans.Records;
using DmsOrleans.Storage;

namespace DmsOrleans.Endpoints;

/// <summary>What is stored of an endpoint: its spec, and its secrets encrypted for this ARN alone.</summary>
[GenerateSerializer, Alias("dms.EndpointState")]
internal sealed record EndpointState : IRecord<EndpointState>
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

    /// <summary>The certificate it names, which cannot be deleted meanwhile. Null when it names none, and for what releases stored that took any ARN.</summary>
    [Id(3)]
    public string? CertificateArn { get; init; }

    StateIndex IIndexedState.Index => new()
    {
        Scope = Scope,
        Name = Spec!.Identifier,
        Status = "active",
        References = CertificateArn is { } arn ? [new(Certificates.CertificateState.Kind, arn)] : [],
    };

    IReadOnlyDictionary<string, string> IRecord<EndpointState>.Tags => Spec!.Tags;

    EndpointState IRecord<EndpointState>.Tagged(IReadOnlyDictionary<string, string> tags) => this with { Spec = Spec! with { Tags = tags } };

    EndpointState IRecord<EndpointState>.With(IReadOnlyList<AnsweredInvocation>? answered) => this with { Answered = answered };

    /// <summary>Commands that clients may send again; null when none can be.</summary>
    [Id(30)]
    public IReadOnlyList<AnsweredInvocation>? Answered { get; init; }

}
