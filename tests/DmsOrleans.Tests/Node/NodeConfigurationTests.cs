using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Tests.Node;

/// <summary>What deploy/README.md says can be configured is read from configuration.</summary>
public sealed class NodeConfigurationTests
{
    [Fact]
    public async Task Store_and_gateway_are_configured_by_their_sections()
    {
        await using var node = await TestNode.StartAsync(configuration: new Dictionary<string, string?>
        {
            ["DmsOrleans:Storage:Readers"] = "3",
            ["DmsOrleans:Storage:BusyTimeout"] = "00:00:05",
            ["DmsOrleans:Gateway:AllowedHosts:0"] = "dms.example.com",
        });
        var storage = node.Services.GetRequiredService<IOptions<DmsOrleans.Storage.SqliteStorageOptions>>().Value;
        Assert.Equal((3, TimeSpan.FromSeconds(5), true), (storage.Readers, storage.BusyTimeout, storage.InMemory));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(node, "dms.example.com"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(node, "dms.example.org"));
    }

    private static async Task<HttpStatusCode> StatusAsync(TestNode node, string host)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Url, "health/live")) { Headers = { Host = host } };
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
