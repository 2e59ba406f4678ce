namespace DmsOrleans.Tests.Clients;

/// <summary>What somebody who only polls may see of a run.</summary>
internal static class Walks
{
    /// <summary>From the start's answer to <c>running</c>.</summary>
    public static readonly string[] Start =
    [
        "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata", "calculating_capacity",
        "provisioning_capacity", "replication_starting", "running",
    ];

    /// <summary>The table mappings that take everything.</summary>
    public const string AllTables =
        """{"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"all","object-locator":{"schema-name":"%","table-name":"%"},"rule-action":"include"}]}""";

    /// <summary>A poller misses statuses, but sees none twice after another, and none out of order.</summary>
    public static void AssertSeenInOrder(IReadOnlyList<string> seen, params string[] order)
    {
        var positions = seen.Select(status => Array.IndexOf(order, status)).ToList();
        Assert.True(!positions.Contains(-1) && positions.SequenceEqual(positions.Order()), $"Seen: {string.Join(", ", seen)}; expected some of, in order: {string.Join(", ", order)}");
    }
}
