using DmsOrleans.Records;
using DmsOrleans.Storage;

namespace DmsOrleans.Certificates;

/// <summary>What is stored of a certificate: what is public of it, and a wallet encrypted for this ARN alone.</summary>
[GenerateSerializer, Alias("dms.CertificateState")]
internal sealed record CertificateState : IRecord<CertificateState>
{
    /// <summary>The state name, which is its kind in the store.</summary>
    public const string Kind = "certificate";

    [Id(0)]
    public CertificateSpec? Spec { get; init; }

    /// <summary>The encrypted wallet, which may hold a private key; null when a PEM was given.</summary>
    [Id(1)]
    public string? ProtectedWallet { get; init; }

    /// <summary>Account and region, as the store keeps them.</summary>
    [Id(2)]
    public string Scope { get; init; } = "";

    /// <summary>Commands that clients may send again; null when none can be.</summary>
    [Id(30)]
    public IReadOnlyList<AnsweredInvocation>? Answered { get; init; }

    StateIndex IIndexedState.Index => new() { Scope = Scope, Name = Spec!.Identifier, Status = "active" };

    IReadOnlyDictionary<string, string> IRecord<CertificateState>.Tags => Spec!.Tags;

    CertificateState IRecord<CertificateState>.Tagged(IReadOnlyDictionary<string, string> tags) => this with { Spec = Spec! with { Tags = tags } };

    CertificateState IRecord<CertificateState>.With(IReadOnlyList<AnsweredInvocation>? answered) => this with { Answered = answered };
}
