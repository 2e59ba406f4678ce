using System.Text.Json;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Replications;

namespace DmsOrleans.Gateway.Aws;

/// <summary>
/// DescribeReplications and DescribeReplicationConfigs ask the same question and differ in what they show. Answered from the store: polling
/// activates nothing, known ARN or not.
/// </summary>
internal static class ReplicationPages
{
    private const string ArnFilter = "replication-config-arn";
    private const string IdFilter = "replication-config-id";
    private const int FewestRecords = 1;
    private const int MostRecords = 500;

    /// <summary>Answers with the list <paramref name="list"/>, each replication shown by <paramref name="members"/>.</summary>
    public static async Task<AwsReply> DescribeAsync(AwsCall call, string list, Action<Utf8JsonWriter, ReplicationView> members, bool showsStatus = false)
    {
        var (filters, badFilter) = AwsFilters.Read(call.Input, ArnFilter, IdFilter);
        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        if ((badFilter ?? badPaging) is { } error)
        {
            return error;
        }

        var page = await call.Grains.GetGrain<IReplicationDirectory>(0).List(Query(call.Scope, filters, paging) with { ShowsStatus = showsStatus });
        return
            !page.CursorAccepted ? AwsPaging.BadMarker
            : page.Items.Count == 0 && filters.Any && paging.Marker is null ? AwsError.NotFound("No replication config matches the filters.")
            : new AwsResult(json =>
            {
                json.Text("Marker", page.Next);
                json.Structures(list, page.Items, members);
            });
    }

    private static ReplicationQuery Query(AwsScope scope, AwsFilters filters, AwsPaging paging) => new()
    {
        Scope = scope,
        Arns = filters[ArnFilter],
        Identifiers = filters[IdFilter],
        Cursor = paging.Marker,
        Limit = paging.Limit,
    };
}
