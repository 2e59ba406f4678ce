namespace DmsOrleans.Events;

/// <summary>Questions about what happened, answered from the store without activating any replication. Events are read out of the histories; of a deleted replication they are kept for the store's retention.</summary>
[Alias("dms.IEventDirectory")]
public interface IEventDirectory : IGrainWithIntegerKey
{
    /// <summary>A page of events, the earliest first. Refused when times, source type or categories are wrong.</summary>
    [Alias("list")]
    Task<Answer<EventPage>> List(EventQuery query);

    /// <summary>The orchestrator's log of one replication, present or deleted; null when there is or was none.</summary>
    [Alias("log")]
    Task<LogPage?> Log(LogQuery query);

    /// <summary>A page of subscriptions, in the order they were created.</summary>
    [Alias("subscriptions")]
    Task<EventSubscriptionPage> Subscriptions(EventSubscriptionQuery query);
}

/// <summary>DescribeEvents. All conditions hold together; null ones do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("dms.EventQuery")]
public sealed record EventQuery
{
    /// <summary>Account and region.</summary>
    [Id(0)]
    public required AwsScope Scope { get; init; }

    /// <summary>Identifier or ARN of the replication config.</summary>
    [Id(1)]
    public string? SourceIdentifier { get; init; }

    /// <summary>A type of <see cref="EventSources.Categories"/>.</summary>
    [Id(2)]
    public string? SourceType { get; init; }

    /// <summary>Any of these categories.</summary>
    [Id(3)]
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Not before this time. Null: <see cref="DurationMinutes"/> before the end.</summary>
    [Id(4)]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Not after this time. Null: <see cref="DurationMinutes"/> after the start when both are given, else now.</summary>
    [Id(5)]
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>How much time to cover; at least 1, null means 60. Excludes giving both times.</summary>
    [Id(6)]
    public int? DurationMinutes { get; init; }

    /// <summary>Where the previous page ended.</summary>
    [Id(7)]
    public string? Cursor { get; init; }

    /// <summary>Longest page, 1 to 1,000.</summary>
    [Id(8)]
    public int Limit { get; init; } = 100;
}

/// <summary>A page of events.</summary>
/// <param name="Items">The earliest first.</param>
/// <param name="Next">Pass as <see cref="EventQuery.Cursor"/> for the next page; null on the last.</param>
/// <param name="CursorAccepted">False when the given cursor is not one of ours; the page is empty then.</param>
[GenerateSerializer, Immutable, Alias("dms.EventPage")]
public sealed record EventPage([property: Id(0)] IReadOnlyList<EventView> Items, [property: Id(1)] string? Next, [property: Id(2)] bool CursorAccepted = true);

/// <summary>Something that happened to a replication, as DescribeEvents tells it.</summary>
/// <param name="SourceIdentifier">The identifier of the replication config, the present one if it was renamed since.</param>
/// <param name="Message">For a person.</param>
/// <param name="Category">One of <see cref="EventCategories"/>.</param>
/// <param name="Date">When it was decided.</param>
[GenerateSerializer, Immutable, Alias("dms.EventView")]
public sealed record EventView([property: Id(0)] string SourceIdentifier, [property: Id(1)] string Message, [property: Id(2)] string Category, [property: Id(3)] DateTimeOffset Date);

/// <summary>Which part of which log.</summary>
/// <param name="Scope">Account and region, for an identifier.</param>
/// <param name="Id">ARN or identifier of the replication config.</param>
/// <param name="After">Only entries after this <see cref="LogEntry.Position"/>; 0 for all.</param>
/// <param name="Limit">Longest page, 1 to 1,000.</param>
[GenerateSerializer, Immutable, Alias("dms.LogQuery")]
public sealed record LogQuery([property: Id(0)] AwsScope Scope, [property: Id(1)] string Id, [property: Id(2)] long After, [property: Id(3)] int Limit);

/// <summary>Part of a log.</summary>
/// <param name="Arn">Whose it is.</param>
/// <param name="Group">The log group's name on AWS.</param>
/// <param name="Stream">The log stream's name on AWS.</param>
/// <param name="Entries">The earliest first; none before the first start, as on AWS, where the log is made by it.</param>
/// <param name="More">Whether later entries were left out by the limit.</param>
[GenerateSerializer, Immutable, Alias("dms.LogPage")]
public sealed record LogPage(
    [property: Id(0)] string Arn, [property: Id(1)] string Group, [property: Id(2)] string Stream, [property: Id(3)] IReadOnlyList<LogEntry> Entries, [property: Id(4)] bool More);

/// <summary>A line of a log.</summary>
/// <param name="Position">Grows along the log.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Message">Text in the form of a Python dictionary, as the service writes it.</param>
[GenerateSerializer, Immutable, Alias("dms.LogEntry")]
public sealed record LogEntry([property: Id(0)] long Position, [property: Id(1)] DateTimeOffset At, [property: Id(2)] string Message);

/// <summary>Which subscriptions. All conditions hold together; null ones do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("dms.EventSubscriptionQuery")]
public sealed record EventSubscriptionQuery
{
    /// <summary>Account and region; null for all.</summary>
    [Id(0)]
    public AwsScope? Scope { get; init; }

    /// <summary>Any of these ARNs.</summary>
    [Id(1)]
    public IReadOnlyList<string>? Arns { get; init; }

    /// <summary>Any of these names.</summary>
    [Id(2)]
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Where the previous page ended.</summary>
    [Id(3)]
    public string? Cursor { get; init; }

    /// <summary>Longest page, 1 to 1,000.</summary>
    [Id(4)]
    public int Limit { get; init; } = 100;
}

/// <summary>A page of subscriptions.</summary>
[GenerateSerializer, Immutable, Alias("dms.EventSubscriptionPage")]
public sealed record EventSubscriptionPage([property: Id(0)] IReadOnlyList<EventSubscriptionView> Items, [property: Id(1)] string? Next, [property: Id(2)] bool CursorAccepted = true);
