namespace DmsOrleans.Records;

/// <summary>Which records of a kind. All conditions hold together; null ones do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("dms.RecordQuery")]
public sealed record RecordQuery
{
    /// <summary>Account and region; null for all.</summary>
    [Id(0)]
    public AwsScope? Scope { get; init; }

    /// <summary>Any of these ARNs.</summary>
    [Id(1)]
    public IReadOnlyList<string>? Arns { get; init; }

    /// <summary>Any of these identifiers.</summary>
    [Id(2)]
    public IReadOnlyList<string>? Identifiers { get; init; }

    /// <summary>Where the previous page ended; null for the first page.</summary>
    [Id(3)]
    public string? Cursor { get; init; }

    /// <summary>Longest page, 1 to 1,000.</summary>
    [Id(4)]
    public int Limit { get; init; } = 100;
}

/// <summary>A page of records.</summary>
/// <typeparam name="TView">What is told of one.</typeparam>
/// <param name="Items">In the order they were created.</param>
/// <param name="Next">Pass as the query's cursor for the next page; null on the last.</param>
/// <param name="CursorAccepted">False when the given cursor is not one of ours; the page is empty then.</param>
[GenerateSerializer, Immutable, Alias("dms.RecordPage`1")]
public sealed record RecordPage<TView>([property: Id(0)] IReadOnlyList<TView> Items, [property: Id(1)] string? Next, [property: Id(2)] bool CursorAccepted = true);
