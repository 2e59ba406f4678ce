using System.Net;
using System.Text.Json;
using DmsOrleans.Gateway.Aws.Model;
using DmsOrleans.Tests.Gateway;

namespace DmsOrleans.Tests.Node;

/// <summary>A whole node, spoken to through the AWS protocol; every answer is held against the model.</summary>
internal sealed class AwsNode : IAsyncDisposable
{
    private readonly HttpClient http;
    private readonly AwsJsonClient client;

    private AwsNode(TestNode node)
    {
        Node = node;
        http = new HttpClient { BaseAddress = node.Url };
        client = new AwsJsonClient(http);
    }

    public TestNode Node { get; }

    public static async Task<AwsNode> StartAsync(
        TimeScale? scale = null, string? dataDirectory = null, IReadOnlyDictionary<string, string?>? configuration = null,
        Action<Microsoft.Extensions.DependencyInjection.IServiceCollection>? services = null) =>
        new(await TestNode.StartAsync(scale ?? TimeScale.Infinite, dataDirectory, configuration: configuration, services: services));

    public static string EndpointArn(string id) => Arn.Of(AwsScope.Default, Arn.EndpointKind, id).Value;

    public async Task<JsonElement> SucceedAsync(string operation, string json)
    {
        var answer = await client.SendAsync(operation, json, TestContext.Current.CancellationToken);
        Assert.True(answer.IsOk, $"{operation} answered {answer.Status}: {answer.Body}");
        ModelConformance.Check(AwsModel.Instance.Operations[operation].Output, answer.Body, operation);
        return answer.Body;
    }

    /// <summary>A call that must be refused with the code; answers the message.</summary>
    public async Task<string> FailAsync(string code, string operation, string json)
    {
        var answer = await client.SendAsync(operation, json, TestContext.Current.CancellationToken);
        Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{operation} answered {answer.Status}: {answer.Body}");
        Assert.Equal(code, answer.Fault);
        return answer.Body.GetProperty("message").GetString()!;
    }

    /// <summary>Creates an endpoint and answers its ARN.</summary>
    public async Task<string> EndpointAsync(string id, string type = "source", string server = "db.example.com")
    {
        var created = await SucceedAsync(
            "CreateEndpoint",
            $$"""{"EndpointIdentifier":"{{id}}","ResourceIdentifier":"{{id}}","EndpointType":"{{type}}","EngineName":"postgres","ServerName":"{{server}}","Port":5432}""");
        return created.GetProperty("Endpoint").GetProperty("EndpointArn").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Node.DisposeAsync();
    }
}
