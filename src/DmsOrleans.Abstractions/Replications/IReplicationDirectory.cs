namespace DmsOrleans.Replications;

/// <summary>
/// Questions about many replications, answered from the store without activating any. What an acknowledged command changed
/// is seen by every later question.
/// </summary>
[Alias("dms.IReplicationDirectory")]
public interface IReplicationDirectory : IGrainWithIntegerKey
{
    /// <summary>A page of replications, in the order they were created.</summary>
    [Alias("list")]
    Task<ReplicationPage> List(ReplicationQuery query);

    /// <summary>How many replications have each status (AWS strings); statuses without any are left out.</summary>
    [Alias("count")]
    Task<ReplicationCounts> Count(AwsScope? scope);

    /// <summary>Transitions of one replication after <paramref name="afterSequence"/>, in order; null when there is no such replication.</summary>
    [Alias("history")]
    Task<HistoryPage?> History(string arn, long afterSequence, int limit);

    /// <summary>Table statistics now, in the order of the tables' names; null when there is no such replication. Empty before the first run and after deprovisioning.</summary>
    [Alias("table-statistics")]
    Task<TableStatisticsPage?> TableStatistics(TableStatisticsQuery query);
}

/// <summary>Which replications. All conditions hold together; null ones do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("dms.ReplicationQuery")]
public sealed record ReplicationQuery
{
    /// <summary>Account and region; null for all (operators only).</summary>
    [Id(0)]
    public AwsScope? Scope { get; init; }

    /// <summary>Any of these ARNs.</summary>
    [Id(1)]
    public IReadOnlyList<string>? Arns { get; init; }

    /// <summary>Any of these identifiers.</summary>
    [Id(2)]
    public IReadOnlyList<string>? Identifiers { get; init; }

    /// <summary>Any of these statuses.</summary>
    [Id(3)]
    public IReadOnlyList<ReplicationStatus>? Statuses { get; init; }

    /// <summary>Where the previous page ended; null for the first page.</summary>
    [Id(4)]
    public string? Cursor { get; init; }

    /// <summary>Longest page, 1 to 1,000.</summary>
    [Id(5)]
    public int Limit { get; init; } = 100;

    /// <summary>Whether a client is going to be shown the statuses: what poll-safe statuses wait for.</summary>
    [Id(6)]
    public bool ShowsStatus { get; init; }
}

/// <summary>A page of replications.</summary>
/// <param name="Items">In the order they were created.</param>
/// <param name="Next">Pass as <see cref="ReplicationQuery.Cursor"/> for the next page; null on the last.</param>
/// <param name="CursorAccepted">False when the given cursor is not one of ours; the page is empty then.</param>
[GenerateSerializer, Immutable, Alias("dms.ReplicationPage")]
public sealed record ReplicationPage([property: Id(0)] IReadOnlyList<ReplicationView> Items, [property: Id(1)] string? Next, [property: Id(2)] bool CursorAccepted = true);

/// <summary>Replications by AWS status string.</summary>
[GenerateSerializer, Immutable, Alias("dms.ReplicationCounts")]
public sealed record ReplicationCounts([property: Id(0)] IReadOnlyDictionary<string, long> ByStatus);

/// <summary>Part of a history.</summary>
/// <param name="Transitions">In order of sequence.</param>
/// <param name="More">Whether later transitions were left out by the limit.</param>
[GenerateSerializer, Immutable, Alias("dms.HistoryPage")]
public sealed record HistoryPage([property: Id(0)] IReadOnlyList<Transition> Transitions, [property: Id(1)] bool More);

/// <summary>Which tables. Names match exactly.</summary>
[GenerateSerializer, Immutable, Alias("dms.TableStatisticsQuery")]
public sealed record TableStatisticsQuery
{
    /// <summary>The replication.</summary>
    [Id(0)]
    public required string Arn { get; init; }

    /// <summary>Any of these schemas; null for all.</summary>
    [Id(1)]
    public IReadOnlyList<string>? Schemas { get; init; }

    /// <summary>Any of these tables; null for all.</summary>
    [Id(2)]
    public IReadOnlyList<string>? Tables { get; init; }

    /// <summary>Any of these states; null for all.</summary>
    [Id(3)]
    public IReadOnlyList<string>? States { get; init; }

    /// <summary>Index of the first table wanted.</summary>
    [Id(4)]
    public int Offset { get; init; }

    /// <summary>Longest page.</summary>
    [Id(5)]
    public int Limit { get; init; } = 100;
}

/// <summary>A page of table statistics.</summary>
/// <param name="Tables">In the order of their names.</param>
/// <param name="More">Whether there are tables after these.</param>
[GenerateSerializer, Immutable, Alias("dms.TableStatisticsPage")]
public sealed record TableStatisticsPage([property: Id(0)] IReadOnlyList<TableStatistics> Tables, [property: Id(1)] bool More);
