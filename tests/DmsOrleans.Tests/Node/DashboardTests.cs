using System.Net;
using System.Reflection;
using System.Text.Json;
using DmsOrleans.Certificates;
using DmsOrleans.Endpoints;
using DmsOrleans.Replications;
using DmsOrleans.SubnetGroups;

namespace DmsOrleans.Tests.Node;

/// <summary>
/// The dashboard shows a grain by calling its parameterless methods that return the persisted type, or are named GetState: so those, and
/// only those, must be harmless.
/// </summary>
public sealed class DashboardTests
{
    private static readonly Type[] PersistedTypes = [typeof(ReplicationState), typeof(EndpointState), typeof(SubnetGroupState), typeof(CertificateState), typeof(EndpointProbeState), typeof(DmsOrleans.Events.EventSubscriptionState)];
    private static readonly Type[] Views = [typeof(ReplicationView), typeof(EndpointView), typeof(SubnetGroupView), typeof(CertificateView), typeof(EndpointProbeView), typeof(DmsOrleans.Events.EventSubscriptionView)];

    public static TheoryData<Type> GrainInterfaces() =>
        [.. typeof(IReplicationGrain).Assembly.GetTypes().Where(t => t.IsInterface && typeof(IGrain).IsAssignableFrom(t))];

    [Fact]
    public void There_are_grain_interfaces_to_look_at() => Assert.True(GrainInterfaces().Count >= 4, $"Found {GrainInterfaces().Count}");

    [Theory, MemberData(nameof(GrainInterfaces))]
    public void No_command_can_be_invoked_by_looking(Type grain)
    {
        var parameterless = grain.GetMethods().Concat(grain.GetInterfaces().Where(i => i.Assembly == grain.Assembly).SelectMany(i => i.GetMethods()))
            .Where(m => m.GetParameters().Length == 0).ToList();
        Assert.All(parameterless, method => Assert.Equal("GetState", method.Name));
        Assert.All(parameterless, method => Assert.Contains(ResultOf(method), Views));
        Assert.DoesNotContain(parameterless, method => PersistedTypes.Contains(ResultOf(method)));
    }

    [Fact]
    public async Task It_shows_a_running_replication_and_changes_nothing()
    {
        await using var node = await TestNode.StartAsync(dashboard: true);
        await node.CreateEndpointsAsync();
        await (await node.CreateAsync("orders")).StartedAsync();
        await node.WaitForAsync("orders", "running");
        var before = await node.HistoryAsync("orders");
        using var http = new HttpClient { BaseAddress = node.Url };
        using (var page = await http.GetAsync(new Uri("/dashboard", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        var shown = await StateAsync(http, TestNode.ArnOf("orders"), typeof(ReplicationGrain));
        Assert.Contains("running", shown, StringComparison.Ordinal);
        Assert.Contains(TestNode.ArnOf("orders"), shown, StringComparison.Ordinal);
        Assert.Equal(before, await node.HistoryAsync("orders"));
        Assert.Equal("running", (await node.ViewAsync("orders")).Status);
    }

    [Fact]
    public async Task It_shows_an_endpoint_without_its_secret()
    {
        await using var node = await TestNode.StartAsync(dashboard: true);
        await node.CreateEndpointsAsync();
        using var http = new HttpClient { BaseAddress = node.Url };
        var shown = await StateAsync(http, Tests.Grains.Sample.SourceArn, typeof(EndpointGrain));
        Assert.Contains("source-db", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switched_off_it_is_not_there()
    {
        await using var node = await TestNode.StartAsync(dashboard: false);
        using var http = new HttpClient { BaseAddress = node.Url };
        using var page = await http.GetAsync(new Uri("/dashboard", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    private static Type? ResultOf(MethodInfo method) => method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : null;

    // The API answers a JSON document inside a JSON string, or the document itself.
    private static async Task<string> StateAsync(HttpClient http, string key, Type grain)
    {
        var url = new Uri($"/dashboard/GrainState?grainId={Uri.EscapeDataString(key)}&grainType={grain.FullName}", UriKind.Relative);
        using var answer = await http.GetAsync(url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ToString();
    }
}
