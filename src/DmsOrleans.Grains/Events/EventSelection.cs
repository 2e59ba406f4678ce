using DmsOrleans.Storage;

namespace DmsOrleans.Events;

/// <summary>Which events a subscription is about.</summary>
internal static class EventSelection
{
    /// <summary>Whether the subscription is about this replication.</summary>
    public static bool Includes(EventSubscriptionSpec spec, StoredTransition stored) =>
        spec.SourceType is null or EventSources.ReplicationConfig
        && (spec.SourceIds.Count == 0 || spec.SourceIds.Contains(stored.Name) || spec.SourceIds.Contains(stored.Key));

    /// <summary>Whether the subscription is about this kind of event.</summary>
    public static bool Includes(EventSubscriptionSpec spec, Notice notice) =>
        spec.Categories.Count == 0 || spec.Categories.Contains(notice.Category, StringComparer.OrdinalIgnoreCase);
}
