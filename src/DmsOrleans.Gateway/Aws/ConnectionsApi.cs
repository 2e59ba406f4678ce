using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Connections between endpoints and replications, which come into being by being tested.</summary>
internal static class ConnectionsApi
{
    private const int FewestRecords = 20;
    private const int MostRecords = 100;
    private const string List = "connections";

    // In no ARN.
    private const char Separator = '|';

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeConnections(this AwsOperations operations) => operations
        .Serve("TestConnection", TestAsync)
        .Serve("DescribeConnections", DescribeAsync)
        .Serve("DeleteConnection", DeleteAsync);

    private static async Task<AwsReply> TestAsync(AwsCall call) => call.TryEnds(out var endpoint, out var replication, out var notFound)
        ? AwsReply.Of(await call.Grains.GetGrain<IEndpointProbeGrain>(endpoint.Value).TestConnection(replication.Value), WriteAnswer)
        : notFound;

    private static async Task<AwsReply> DeleteAsync(AwsCall call) => call.TryEnds(out var endpoint, out var replication, out var notFound)
        ? AwsReply.Of(await call.Grains.GetGrain<IEndpointProbeGrain>(endpoint.Value).DeleteConnection(replication.Value), WriteAnswer)
        : notFound;

    private static async Task<AwsReply> DescribeAsync(AwsCall call)
    {
        var (filters, badFilter) = AwsFilters.Read(call.Input, "endpoint-arn", "replication-instance-arn");
        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        var (after, badMarker) = AwsMarker.Read(List, paging.Marker);
        if ((badFilter ?? badPaging ?? badMarker) is { } error)
        {
            return error;
        }

        var ends = after?.Split(Separator);
        var page = await call.Grains.GetGrain<IConnectionDirectory>(0).List(new()
        {
            Scope = call.Scope,
            EndpointArns = filters["endpoint-arn"],
            ReplicationArns = filters["replication-instance-arn"],
            AfterEndpointArn = ends?[0],
            AfterReplicationArn = ends?[^1],
            Limit = paging.Limit,
        });
        return page.Items.Count == 0 && filters.Any && after is null ? AwsError.NotFound("No connection matches the filters.") : new AwsResult(json =>
        {
            json.Text("Marker", page.More ? AwsMarker.Of(List, $"{page.Items[^1].EndpointArn}{Separator}{page.Items[^1].ReplicationArn}") : null);
            json.Structures("Connections", page.Items, WriteConnection);
        });
    }

    private static void WriteAnswer(Utf8JsonWriter json, ConnectionView view) => json.Structure("Connection", view, WriteConnection);

    private static void WriteConnection(Utf8JsonWriter json, ConnectionView view)
    {
        json.Text("ReplicationInstanceArn", view.ReplicationArn);
        json.Text("EndpointArn", view.EndpointArn);
        json.Text("Status", view.Status);
        json.Text("LastFailureMessage", view.LastFailureMessage);
        json.Text("EndpointIdentifier", view.EndpointIdentifier);
        json.Text("ReplicationInstanceIdentifier", view.ReplicationIdentifier);
    }
}
