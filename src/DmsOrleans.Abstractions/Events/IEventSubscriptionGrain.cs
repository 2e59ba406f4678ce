using DmsOrleans.Records;
using Orleans.Concurrency;

namespace DmsOrleans.Events;

/// <summary>One event subscription, keyed by its ARN. Commands are answered once durable.</summary>
[Alias("dms.IEventSubscriptionGrain")]
public interface IEventSubscriptionGrain : ITaggedGrain
{
    /// <summary>Creates it; refused when the name is taken, the quota reached, or the spec wrong. What happens from now on is delivered.</summary>
    [Alias("create")]
    Task<Answer<EventSubscriptionView>> Create(CreateEventSubscription command);

    /// <summary>Changes it. One that is enabled again starts with what happens from now on.</summary>
    [Alias("modify")]
    Task<Answer<EventSubscriptionView>> Modify(ModifyEventSubscription command);

    /// <summary>Deletes it. Gone when this answers; the view says <c>deleting</c> as the service does.</summary>
    [Alias("delete")]
    Task<Answer<EventSubscriptionView>> Delete(DeleteEventSubscription command);

    /// <summary>Marks it as moved to EventBridge, whose shape its deliveries have anyway. Done twice, it is done once.</summary>
    [Alias("move-to-event-bridge")]
    Task<Answer<EventSubscriptionView>> MoveToEventBridge(MoveToEventBridge command);

    /// <summary>What it is; null when there is no such subscription. Also what the dashboard shows.</summary>
    [ReadOnly, AlwaysInterleave, Alias("get-state")]
    Task<EventSubscriptionView?> GetState();

    /// <summary>Begins to send what was not delivered yet, unless that is under way; does not wait for it. Safe at any time, any number of times.</summary>
    [Alias("deliver")]
    Task Deliver(DeliverEvents command);

    /// <summary>Stores how far delivery has come. Ignored when the subscription has been changed since that delivery began.</summary>
    /// <param name="delivery">Which delivery reports.</param>
    /// <param name="through">The position up to which everything is delivered.</param>
    [Alias("delivered")]
    Task Delivered(long delivery, long through);
}

/// <summary>What a client wants to hear of, and where.</summary>
[GenerateSerializer, Immutable, Alias("dms.EventSubscriptionSpec")]
public sealed record EventSubscriptionSpec
{
    /// <summary>SubscriptionName, unique in its account and region.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>SnsTopicArn.</summary>
    [Id(1)]
    public required string TopicArn { get; init; }

    /// <summary>SourceType; null for all.</summary>
    [Id(2)]
    public string? SourceType { get; init; }

    /// <summary>SourceIds: identifiers or ARNs; empty for all.</summary>
    [Id(3)]
    public IReadOnlyList<string> SourceIds { get; init; } = [];

    /// <summary>EventCategories; empty for all.</summary>
    [Id(4)]
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Enabled.</summary>
    [Id(5)]
    public bool Enabled { get; init; } = true;

    /// <summary>Tags by key.</summary>
    [Id(6)]
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>CreateEventSubscription.</summary>
[GenerateSerializer, Immutable, Alias("dms.CreateEventSubscription")]
public sealed record CreateEventSubscription([property: Id(0)] EventSubscriptionSpec Spec);

/// <summary>ModifyEventSubscription: null members stay as they are.</summary>
[GenerateSerializer, Immutable, Alias("dms.ModifyEventSubscription")]
public sealed record ModifyEventSubscription
{
    /// <summary>New topic.</summary>
    [Id(0)]
    public string? TopicArn { get; init; }

    /// <summary>New source type.</summary>
    [Id(1)]
    public string? SourceType { get; init; }

    /// <summary>New categories, in place of the old ones.</summary>
    [Id(2)]
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Whether events are delivered.</summary>
    [Id(3)]
    public bool? Enabled { get; init; }
}

/// <summary>DeleteEventSubscription.</summary>
[GenerateSerializer, Immutable, Alias("dms.DeleteEventSubscription")]
public sealed record DeleteEventSubscription;

/// <summary>UpdateSubscriptionsToEventBridge, for one subscription. ForceMove is about instances of old versions, of which there are none.</summary>
[GenerateSerializer, Immutable, Alias("dms.MoveToEventBridge")]
public sealed record MoveToEventBridge;

/// <summary>There may be events to deliver.</summary>
[GenerateSerializer, Immutable, Alias("dms.DeliverEvents")]
public sealed record DeliverEvents;

/// <summary>What we tell of a subscription.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Spec">What was asked for.</param>
/// <param name="Status"><c>active</c> or <c>deleting</c>.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="OnEventBridge">Whether it was moved to EventBridge.</param>
[GenerateSerializer, Immutable, Alias("dms.EventSubscriptionView")]
public sealed record EventSubscriptionView(
    [property: Id(0)] string Arn, [property: Id(1)] EventSubscriptionSpec Spec, [property: Id(2)] string Status, [property: Id(3)] DateTimeOffset CreatedAt, [property: Id(4)] bool OnEventBridge);
