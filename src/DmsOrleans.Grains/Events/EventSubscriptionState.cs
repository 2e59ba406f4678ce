using DmsOrleans.Records;
using DmsOrleans.Storage;

namespace DmsOrleans.Events;

/// <summary>What is stored of a subscription: its spec, and how far delivery has come.</summary>
[GenerateSerializer, Alias("dms.EventSubscriptionState")]
internal sealed record EventSubscriptionState : IRecord<EventSubscriptionState>
{
    /// <summary>The state name, which is its kind in the store.</summary>
    public const string Kind = "event-subscription";

    [Id(0)]
    public EventSubscriptionSpec? Spec { get; init; }

    /// <summary>Account and region, as the store keeps them.</summary>
    [Id(1)]
    public string Scope { get; init; } = "";

    [Id(2)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Delivery begins with what happens from here on.</summary>
    [Id(3)]
    public DateTimeOffset Since { get; init; }

    /// <summary>The position in the histories up to which all is delivered; 0 when nothing after <see cref="Since"/> was looked at yet.</summary>
    [Id(4)]
    public long Through { get; init; }

    [Id(5)]
    public bool OnEventBridge { get; init; }

    /// <summary>Commands that clients may send again; null when none can be.</summary>
    [Id(30)]
    public IReadOnlyList<AnsweredInvocation>? Answered { get; init; }

    IReadOnlyDictionary<string, string> IRecord<EventSubscriptionState>.Tags => Spec!.Tags;

    EventSubscriptionState IRecord<EventSubscriptionState>.Tagged(IReadOnlyDictionary<string, string> tags) => this with { Spec = Spec! with { Tags = tags } };

    EventSubscriptionState IRecord<EventSubscriptionState>.With(IReadOnlyList<AnsweredInvocation>? answered) => this with { Answered = answered };

    StateIndex IIndexedState.Index => new() { Scope = Scope, Name = Spec!.Name, Status = "active" };

    /// <summary>What we tell of it.</summary>
    public EventSubscriptionView View(string arn, string status) => new(arn, Spec!, status, CreatedAt, OnEventBridge);
}
