using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace DmsOrleans.Tests.Clients;

/// <summary>An AWS fault as it came over the wire.</summary>
internal sealed class AwsFault(string name, string message) : Exception($"{name}: {message}")
{
    public string Name => name;
}

/// <summary>AWS JSON 1.1 and nothing else: what pollers written in any language come down to.</summary>
internal sealed class AwsHttp(Uri url) : IDisposable
{
    private static readonly JsonSerializerOptions AsWritten = new();
    private readonly HttpClient http = new() { BaseAddress = url };

    public async Task<JsonElement> CallAsync(string operation, object input)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = JsonContent.Create(input, options: AsWritten) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", $"AmazonDMSv20160101.{operation}");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dms/aws4_request, SignedHeaders=host, Signature=00");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode ? body : throw new AwsFault(body.GetProperty("__type").GetString()!, body.GetProperty("message").GetString()!);
    }

    public async Task<string> CreateEndpointAsync(string identifier, string type) => (await CallAsync("CreateEndpoint", new
    {
        EndpointIdentifier = identifier, EndpointType = type, EngineName = "postgres", ServerName = "db.example.com", Port = 5432, DatabaseName = "app", Username = "dms", Password = "s3cret",
    })).GetProperty("Endpoint").GetProperty("EndpointArn").GetString()!;

    public async Task<string> CreateConfigAsync(string type) => (await CallAsync("CreateReplicationConfig", new
    {
        ReplicationConfigIdentifier = "orders",
        SourceEndpointArn = await CreateEndpointAsync("source-db", "source"),
        TargetEndpointArn = await CreateEndpointAsync("target-db", "target"),
        ReplicationType = type,
        TableMappings = Walks.AllTables,
        ComputeConfig = new { MaxCapacityUnits = 4, MinCapacityUnits = 1 },
        Tags = new[] { new { Key = "team", Value = "data" } },
    })).GetProperty("ReplicationConfig").GetProperty("ReplicationConfigArn").GetString()!;

    public async Task<JsonElement[]> DescribeAsync(string operation, string member, string arn) =>
        [.. (await CallAsync(operation, new { Filters = new[] { new { Name = "replication-config-arn", Values = new[] { arn } } } })).GetProperty(member).EnumerateArray()];

    public async Task<JsonElement> ReplicationAsync(string arn) => Assert.Single(await DescribeAsync("DescribeReplications", "Replications", arn));

    public async Task<string> StatusAsync(string arn) => (await ReplicationAsync(arn)).GetProperty("Status").GetString()!;

    public void Dispose() => http.Dispose();
}
