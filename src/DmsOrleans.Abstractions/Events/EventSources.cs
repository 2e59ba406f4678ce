namespace DmsOrleans.Events;

/// <summary>The types of resources that events come from, and the categories of each (AWS: DescribeEventCategories).</summary>
public static class EventSources
{
    /// <summary>Serverless replications. AWS documents no source type for them, so the word is ours.</summary>
    public const string ReplicationConfig = "replication-config";

    private static readonly string[] OfReplications =
        [EventCategories.ConfigurationChange, EventCategories.StateChange, EventCategories.Deletion, EventCategories.Creation, EventCategories.Failure];

    /// <summary>Categories by source type. There are no instances and tasks here, and so no events of theirs, but clients may ask for them.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Categories { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["replication-instance"] = ["low storage", EventCategories.ConfigurationChange, "maintenance", EventCategories.Deletion, EventCategories.Creation, "failover", EventCategories.Failure],
        ["replication-task"] = OfReplications,
        [ReplicationConfig] = OfReplications,
    };

    /// <summary>Null when the source type is known or not given.</summary>
    public static Refusal? CheckType(string? sourceType) => sourceType is null || Categories.ContainsKey(sourceType)
        ? null
        : Refusal.InvalidValue($"The SourceType '{sourceType}' is not valid: it is one of {string.Join(", ", Categories.Keys)}.");

    /// <summary>Null when every category is one of the source type's, or of any when none is given.</summary>
    public static Refusal? CheckCategories(string? sourceType, IReadOnlyList<string>? categories)
    {
        var known = sourceType is null ? Categories.Values.SelectMany(c => c).Distinct().ToList() : Categories[sourceType];
        return categories?.FirstOrDefault(category => !known.Contains(category, StringComparer.OrdinalIgnoreCase)) is { } unknown
            ? Refusal.InvalidValue($"The event category '{unknown}' is not valid{(sourceType is null ? "" : $" for {sourceType}")}: it is one of {string.Join(", ", known)}.")
            : null;
    }
}

/// <summary>The categories of replication events.</summary>
public static class EventCategories
{
    /// <summary>A config or the capacity was changed.</summary>
    public const string ConfigurationChange = "configuration change";

    /// <summary>The status changed.</summary>
    public const string StateChange = "state change";

    /// <summary>It is being deleted.</summary>
    public const string Deletion = "deletion";

    /// <summary>It was created.</summary>
    public const string Creation = "creation";

    /// <summary>It failed.</summary>
    public const string Failure = "failure";
}
