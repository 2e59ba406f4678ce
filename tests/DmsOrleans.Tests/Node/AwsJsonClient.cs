using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace DmsOrleans.Tests.Node;

/// <summary>The AWS JSON 1.1 protocol by hand, unsigned: what the tests of whole nodes send.</summary>
internal sealed class AwsJsonClient(HttpClient http)
{
    /// <summary>Sends one operation. Throws when no answer came.</summary>
    public async Task<AwsAnswer> SendAsync(string operation, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", $"AmazonDMSv20160101.{operation}");
        using var answer = await http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return new AwsAnswer(answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(text));
    }

    public Task<AwsAnswer> CreateEndpointAsync(string id, string type, CancellationToken cancellationToken) => SendAsync(
        "CreateEndpoint",
        $$"""{"EndpointIdentifier":"{{id}}","ResourceIdentifier":"{{id}}","EndpointType":"{{type}}","EngineName":"postgres","ServerName":"db.example.com","Port":5432,"DatabaseName":"app","Username":"dms","Password":"s3cret"}""",
        cancellationToken);

    public Task<AwsAnswer> CreateReplicationAsync(string id, string sourceArn, string targetArn, CancellationToken cancellationToken) => SendAsync(
        "CreateReplicationConfig",
        $$"""{"ReplicationConfigIdentifier":"{{id}}","ResourceIdentifier":"{{id}}","SourceEndpointArn":"{{sourceArn}}","TargetEndpointArn":"{{targetArn}}","ReplicationType":"cdc","ComputeConfig":{"MaxCapacityUnits":2},"TableMappings":{{JsonSerializer.Serialize(Tests.Grains.Sample.EverythingIncluded)}}}""",
        cancellationToken);

    public Task<AwsAnswer> StartAsync(string arn, string type, CancellationToken cancellationToken) =>
        SendAsync("StartReplication", $$"""{"ReplicationConfigArn":"{{arn}}","StartReplicationType":"{{type}}"}""", cancellationToken);

    public Task<AwsAnswer> StopAsync(string arn, CancellationToken cancellationToken) =>
        SendAsync("StopReplication", $$"""{"ReplicationConfigArn":"{{arn}}"}""", cancellationToken);

    public Task<AwsAnswer> DeleteAsync(string arn, CancellationToken cancellationToken) =>
        SendAsync("DeleteReplicationConfig", $$"""{"ReplicationConfigArn":"{{arn}}"}""", cancellationToken);
}

/// <summary>What came back.</summary>
internal sealed record AwsAnswer(HttpStatusCode Status, JsonElement Body)
{
    public bool IsOk => Status == HttpStatusCode.OK;

    /// <summary>The fault's name.</summary>
    public string Fault => Body.GetProperty("__type").GetString()!;

    /// <summary>The status of the replication in the answer.</summary>
    public string ReplicationStatus => Body.GetProperty("Replication").GetProperty(nameof(Status)).GetString()!;
}
