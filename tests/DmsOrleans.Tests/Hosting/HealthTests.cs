using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Hosting;

/// <summary>What a load balancer asks. That readiness follows a locked store is shown among the faults.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_node_in_order_is_alive_and_ready_and_names_what_it_checked()
    {
        await using var node = await TestNode.StartAsync();
        using var http = new HttpClient { BaseAddress = node.Url };
        Assert.Empty((await ReportAsync(http, "live")).GetProperty("checks").EnumerateObject());
        var ready = (await ReportAsync(http, "ready")).GetProperty("checks");
        Assert.Equal(["silo", "storage"], ready.EnumerateObject().Select(c => c.Name).Order());
        Assert.All(ready.EnumerateObject(), c => Assert.Equal("Healthy", c.Value.GetProperty("status").GetString()));
    }

    private static async Task<JsonElement> ReportAsync(HttpClient http, string kind)
    {
        using var answer = await http.GetAsync(new Uri($"/health/{kind}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var report = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("Healthy", report.GetProperty("status").GetString());
        return report;
    }
}
