namespace DmsOrleans.Cli.Api;

/// <summary>The addresses below <c>/api/v1/</c> the console asks at.</summary>
internal static class Paths
{
    /// <summary>Counts by status.</summary>
    public const string Counts = "replications/counts";

    /// <summary>A page of replications.</summary>
    /// <param name="statuses">Any of these; none for all.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cursor">Where the previous page ended.</param>
    public static string Replications(IEnumerable<string> statuses, int limit, string? cursor = null)
    {
        var query = string.Concat(statuses.Select(s => $"status={Uri.EscapeDataString(s)}&")) + $"limit={limit}";
        return "replications?" + query + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}");
    }

    /// <summary>One replication.</summary>
    public static string Replication(string name) => $"replications/{Uri.EscapeDataString(name)}";

    /// <summary>Its stored steps after a sequence number.</summary>
    public static string History(string name, long after, int limit) => $"{Replication(name)}/history?after={after}&limit={limit}";
}
