using System.Net;
using System.Text.Json;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Gateway;

public sealed class OperatorApiTests : IAsyncLifetime
{
    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task An_item_has_every_member_in_camel_case_with_times_in_UTC()
    {
        var arn = gateway.Cluster.Add("orders", "running");
        gateway.Cluster.Replications[arn] = gateway.Cluster.Replications[arn] with
        {
            Due = FakeCluster.Now.AddTicks(1).ToOffset(TimeSpan.FromHours(2)),
            WaitingOn = "time",
            FailureMessages = ["m"],
            Provision = new ProvisionView { State = "provisioned", CapacityUnits = 2, Reason = "why" },
        };

        var json = await GetAsync("/api/v1/replications/orders");
        Assert.Equal($$"""
            {"arn":"{{arn}}","identifier":"orders","type":"full-load-and-cdc","status":"running","run":0,"sequence":1,"statusSince":"2026-03-01T12:00:00.123Z","due":"2026-03-01T12:00:00.1230001Z","waitingOn":"time","stopReason":null,"failureMessages":["m"],"createdAt":"2026-03-01T12:00:00.123Z","updatedAt":"2026-03-01T12:00:00.123Z","provision":{"state":"provisioned","capacityUnits":2,"reason":"why"},"stats":null}
            """, json.GetRawText());
        Assert.Equal(json.GetRawText(), (await GetAsync($"/api/v1/replications/{Uri.EscapeDataString(arn)}")).GetRawText());
    }

    [Fact]
    public async Task Lists_filter_by_status_and_scope_and_have_pages()
    {
        var elsewhere = new AwsScope("111111111111", "eu-west-1");
        gateway.Cluster.Add("a", "running");
        gateway.Cluster.Add("b", "failed");
        gateway.Cluster.Add("c", "stopped");
        gateway.Cluster.Add("d", "running", elsewhere);

        Assert.Equal("a b c d", await NamesAsync(""));
        Assert.Equal("a b d", await NamesAsync("?status=running&status=failed"));
        Assert.Equal("d", await NamesAsync("?account=111111111111&region=eu-west-1"));
        Assert.Equal("a b c", await NamesAsync("?region=us-east-1"));
        var first = await GetAsync("/api/v1/replications?limit=3");
        var next = first.GetProperty("next").GetString()!;
        Assert.Equal("d", await NamesAsync($"?limit=3&cursor={Uri.EscapeDataString(next)}"));
        Assert.Equal(JsonValueKind.Null, (await GetAsync("/api/v1/replications")).GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task Counts_are_by_status()
    {
        gateway.Cluster.Add("a", "running");
        gateway.Cluster.Add("b", "running");
        gateway.Cluster.Add("c", "failed", new AwsScope("111111111111", "eu-west-1"));
        Assert.Equal("""{"total":3,"byStatus":{"running":2,"failed":1}}""", (await GetAsync("/api/v1/replications/counts")).GetRawText());
        Assert.Equal("""{"total":2,"byStatus":{"running":2}}""", (await GetAsync("/api/v1/replications/counts?region=us-east-1")).GetRawText());
    }

    [Fact]
    public async Task A_history_comes_in_parts()
    {
        var arn = gateway.Cluster.Add("orders");
        gateway.Cluster.Transitions.Add(new Transition(1, 0, null, ReplicationStatus.Created, "create-requested", FakeCluster.Now, null, null));
        gateway.Cluster.Transitions.Add(new Transition(2, 1, ReplicationStatus.Created, ReplicationStatus.Initializing, "start-requested", FakeCluster.Now, FakeCluster.Now, "d"));

        Assert.Equal($$"""
            {"arn":"{{arn}}","transitions":[{"sequence":1,"run":0,"from":null,"to":"created","cause":"create-requested","at":"2026-03-01T12:00:00.123Z","planned":null,"details":null}],"more":true}
            """, (await GetAsync("/api/v1/replications/orders/history?limit=1")).GetRawText());
        var rest = await GetAsync($"/api/v1/replications/{Uri.EscapeDataString(arn)}/history?after=1");
        Assert.Equal(("created", "initializing"), (rest.GetProperty("transitions")[0].GetProperty("from").GetString(), rest.GetProperty("transitions")[0].GetProperty("to").GetString()));
        Assert.False(rest.GetProperty("more").GetBoolean());
    }

    [Theory]
    [InlineData("?limit=0", HttpStatusCode.BadRequest, "limit")]
    [InlineData("?limit=1001", HttpStatusCode.BadRequest, "limit")]
    [InlineData("?limit=ten", HttpStatusCode.BadRequest, "limit")]
    [InlineData("?status=RUNNING", HttpStatusCode.BadRequest, "status")]
    [InlineData("?cursor=x", HttpStatusCode.BadRequest, "cursor")]
    [InlineData("/none", HttpStatusCode.NotFound, "'none'")]
    [InlineData("/none/history", HttpStatusCode.NotFound, "'none'")]
    [InlineData("/arn:aws:dms:us-east-1:000000000000:replication-config:none", HttpStatusCode.NotFound, ":none'")]
    [InlineData("/arn:aws:dms:us-east-1:000000000000:replication-config:none/history", HttpStatusCode.NotFound, ":none'")]
    [InlineData("/x/history?after=-1", HttpStatusCode.BadRequest, "after")]
    public async Task What_cannot_be_answered_is_a_problem(string path, HttpStatusCode status, string said)
    {
        var problem = await ProblemAsync($"/api/v1/replications{path}", status);
        Assert.Contains(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_is_503_and_a_fault_of_ours_500_logged_once_each()
    {
        gateway.Cluster.Throws = new StorageUnavailableException("disk");
        await ProblemAsync("/api/v1/replications", HttpStatusCode.ServiceUnavailable);
        gateway.Cluster.Throws = new InvalidOperationException("inner workings");
        var problem = await ProblemAsync("/api/v1/replications/counts", HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("inner workings", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(2, gateway.Log.Entries.Count);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:4566", true)]
    [InlineData("127.0.0.1:1", true)]
    [InlineData("[::1]:4566", true)]
    [InlineData("dms.internal", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("10.0.0.1", false)]
    public async Task Only_known_hosts_are_served(string host, bool served)
    {
        await using var named = await GatewayHost.StartAsync(options => options.AllowedHosts.Add("dms.internal"));
        using var api = new HttpRequestMessage(HttpMethod.Get, "/api/v1/replications") { Headers = { Host = host } };
        using var aws = new HttpRequestMessage(HttpMethod.Post, "/") { Headers = { Host = host }, Content = new StringContent("{}") };
        aws.Headers.Add("X-Amz-Target", "AmazonDMSv20160101.DescribeReplications");

        using var listed = await named.Http.SendAsync(api, TestContext.Current.CancellationToken);
        using var described = await named.Http.SendAsync(aws, TestContext.Current.CancellationToken);

        Assert.Equal(served ? HttpStatusCode.OK : HttpStatusCode.Forbidden, listed.StatusCode);
        Assert.Equal(listed.StatusCode, described.StatusCode);
        if (!served)
        {
            Assert.Equal("application/problem+json", listed.Content.Headers.ContentType?.MediaType);
            Assert.Equal("AccessDeniedFault", (await AwsAnswer.OfAsync(described)).Code);
            Assert.Empty(named.Cluster.Received);
        }
    }

    private async Task<string> NamesAsync(string query) =>
        string.Join(' ', (await GetAsync($"/api/v1/replications{query}")).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("identifier").GetString()));

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await gateway.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task<JsonElement> ProblemAsync(string path, HttpStatusCode status)
    {
        using var response = await gateway.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
    }
}
