using System.Text.Json.Nodes;
using DmsOrleans.Cli.Api;

namespace DmsOrleans.Cli.Commands;

/// <summary>Reads answers that come in pages.</summary>
internal static class Pages
{
    /// <summary>All items of an AWS Describe operation, following its Marker.</summary>
    public static async Task<JsonArray> AllAsync(DmsClient client, string operation, string member, JsonObject request, CancellationToken cancellationToken)
    {
        var all = new JsonArray();
        string? marker;
        do
        {
            var answer = await client.CallAsync(operation, request, cancellationToken);
            Move(answer[member] as JsonArray, all);
            marker = answer.Text("Marker");
            request["Marker"] = marker;
        }
        while (!string.IsNullOrEmpty(marker));
        return all;
    }

    /// <summary>Replications of <c>/api/v1</c>, up to <paramref name="most"/>; says whether there are more.</summary>
    public static async Task<(JsonArray Items, bool More)> ReplicationsAsync(
        DmsClient client, IReadOnlyCollection<string> statuses, int most, CancellationToken cancellationToken)
    {
        const int LargestPage = 1000;
        var all = new JsonArray();
        string? cursor = null;
        do
        {
            var page = await client.GetJsonAsync(Paths.Replications(statuses, Math.Min(LargestPage, most - all.Count), cursor), cancellationToken);
            Move(page["items"] as JsonArray, all);
            cursor = page.Text("next");
        }
        while (cursor is not null && all.Count < most);
        return (all, cursor is not null);
    }

    private static void Move(JsonArray? from, JsonArray to)
    {
        foreach (var item in from ?? [])
        {
            to.Add(item?.DeepClone());
        }
    }
}
