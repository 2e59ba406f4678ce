namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>MaxRecords and Marker of a Describe request.</summary>
/// <param name="Limit">Longest page.</param>
/// <param name="Marker">Where the previous page ended; null for the first.</param>
internal readonly record struct AwsPaging(int Limit, string? Marker)
{
    /// <summary>The least and most that most operations take.</summary>
    private const int UsualFewest = 20;
    private const int UsualMost = 100;

    private const int DefaultRecords = 100;
    private const int LongestMarker = 1024;

    /// <summary>The Marker is not one this operation gave out.</summary>
    public static AwsError BadMarker { get; } = AwsError.InvalidValue("The parameter Marker must be one returned by a previous call of this operation.");

    /// <summary>Reads them; MaxRecords outside the range is an error.</summary>
    public static (AwsPaging Paging, AwsError? Error) Read(AwsInput input, int fewest = UsualFewest, int most = UsualMost, int byDefault = DefaultRecords)
    {
        var limit = input.Integer("MaxRecords") ?? byDefault;
        var marker = input.Text("Marker");
        var error =
            limit < fewest || limit > most ? AwsError.InvalidValue($"The parameter MaxRecords must be between {fewest} and {most}.")
            : marker is { Length: 0 or > LongestMarker } ? BadMarker
            : null;
        return (new AwsPaging(limit, marker), error);
    }
}
