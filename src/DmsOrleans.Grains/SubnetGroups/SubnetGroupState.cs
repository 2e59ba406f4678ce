using DmsOrleans.Records;
using DmsOrleans.Storage;

namespace DmsOrleans.SubnetGroups;

/// <summary>What is stored of a subnet group.</summary>
[GenerateSerializer, Alias("dms.SubnetGroupState")]
internal sealed record SubnetGroupState : IRecord<SubnetGroupState>
{
    /// <summary>The state name, which is its kind in the store.</summary>
    public const string Kind = "subnet-group";

    [Id(0)]
    public SubnetGroupSpec? Spec { get; init; }

    /// <summary>Account and region, as the store keeps them.</summary>
    [Id(1)]
    public string Scope { get; init; } = "";

    /// <summary>Commands that clients may send again; null when none can be.</summary>
    [Id(30)]
    public IReadOnlyList<AnsweredInvocation>? Answered { get; init; }

    StateIndex IIndexedState.Index => new() { Scope = Scope, Name = Spec!.Identifier, Status = "complete" };

    IReadOnlyDictionary<string, string> IRecord<SubnetGroupState>.Tags => Spec!.Tags;

    SubnetGroupState IRecord<SubnetGroupState>.Tagged(IReadOnlyDictionary<string, string> tags) => this with { Spec = Spec! with { Tags = tags } };

    SubnetGroupState IRecord<SubnetGroupState>.With(IReadOnlyList<AnsweredInvocation>? answered) => this with { Answered = answered };
}
