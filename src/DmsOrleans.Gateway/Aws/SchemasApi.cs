using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>The schemas of an endpoint, as the last refresh found them.</summary>
internal static class SchemasApi
{
    private const int FewestRecords = 20;
    private const int MostRecords = 100;
    private const string List = "schemas";

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeSchemas(this AwsOperations operations) => operations
        .Serve("RefreshSchemas", RefreshAsync)
        .Serve("DescribeRefreshSchemasStatus", DescribeRefreshAsync)
        .Serve("DescribeSchemas", DescribeAsync);

    private static async Task<AwsReply> RefreshAsync(AwsCall call) => call.TryEnds(out var endpoint, out var replication, out var notFound)
        ? AwsReply.Of(await call.Grains.GetGrain<IEndpointProbeGrain>(endpoint.Value).RefreshSchemas(replication.Value), WriteAnswer)
        : notFound;

    private static async Task<AwsReply> DescribeRefreshAsync(AwsCall call)
    {
        if (!call.TryArn("EndpointArn", Arn.EndpointKind, out var endpoint, out var notFound))
        {
            return notFound;
        }

        var found = await call.Grains.GetGrain<IEndpointProbeGrain>(endpoint.Value).GetState();
        return found is null ? AwsError.NoSuchArn(endpoint.Value)
            : found.Refresh is null ? AwsError.NotFound($"The schemas of endpoint {endpoint} were never refreshed: call RefreshSchemas first.")
            : new AwsResult(json => WriteAnswer(json, found.Refresh));
    }

    private static async Task<AwsReply> DescribeAsync(AwsCall call)
    {
        if (!call.TryArn("EndpointArn", Arn.EndpointKind, out var endpoint, out var notFound))
        {
            return notFound;
        }

        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        var (after, badMarker) = AwsMarker.Read(List, paging.Marker);
        return (badPaging ?? badMarker) is { } error
            ? error
            : AwsReply.Of(await call.Grains.GetGrain<IEndpointProbeGrain>(endpoint.Value).ListSchemas(after, paging.Limit), WritePage);
    }

    private static void WritePage(Utf8JsonWriter json, SchemaPage page)
    {
        json.Text("Marker", page.More ? AwsMarker.Of(List, page.Schemas[^1]) : null);
        json.Texts("Schemas", page.Schemas);
    }

    private static void WriteAnswer(Utf8JsonWriter json, SchemaRefreshView view) => json.Structure("RefreshSchemasStatus", view, (member, refresh) =>
    {
        member.Text("EndpointArn", refresh.EndpointArn);
        member.Text("ReplicationInstanceArn", refresh.ReplicationArn);
        member.Text("Status", refresh.Status);
        member.Time("LastRefreshDate", refresh.LastRefreshDate);
        member.Text("LastFailureMessage", refresh.LastFailureMessage);
    });
}
