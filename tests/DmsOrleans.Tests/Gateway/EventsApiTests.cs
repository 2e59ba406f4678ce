using System.Net;
using System.Text.Json;
using DmsOrleans.Events;

namespace DmsOrleans.Tests.Gateway;

public sealed class EventsApiTests : IAsyncLifetime
{
    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task An_event_has_the_members_of_the_model()
    {
        gateway.Cluster.Events.Add(new EventView("orders", "DMS replication is running.", "state change", FakeCluster.Now));
        Assert.Equal(
            """{"Events":[{"SourceIdentifier":"orders","SourceType":"replication-config","Message":"DMS replication is running.","EventCategories":["state change"],"Date":1772366400.123}]}""",
            (await gateway.SucceedAsync("DescribeEvents", "{}")).GetRawText());
    }

    [Fact]
    public async Task Every_condition_reaches_the_directory()
    {
        await gateway.SucceedAsync("DescribeEvents",
            """{"SourceIdentifier":"orders","SourceType":"replication-config","StartTime":1772366400,"Duration":5,"EventCategories":["failure"],"MaxRecords":20}""", "111111111111/20260301/eu-west-1/dms/aws4_request");
        var query = gateway.Cluster.Last<EventQuery>();
        Assert.Equal((new AwsScope("111111111111", "eu-west-1"), "orders", "replication-config", 5, 20), (query.Scope, query.SourceIdentifier, query.SourceType, query.DurationMinutes, query.Limit));
        Assert.Equal(["failure"], query.Categories);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), query.StartTime);
    }

    [Fact]
    public async Task Events_come_in_pages()
    {
        gateway.Cluster.Events.AddRange(Enumerable.Range(0, 25).Select(i => new EventView($"r{i}", "m", "state change", FakeCluster.Now)));
        var first = await gateway.SucceedAsync("DescribeEvents", """{"MaxRecords":20}""");
        var second = await gateway.SucceedAsync("DescribeEvents", $$"""{"MaxRecords":20,"Marker":"{{first.GetProperty("Marker").GetString()}}"}""");
        Assert.Equal((20, 5), (first.GetProperty("Events").GetArrayLength(), second.GetProperty("Events").GetArrayLength()));
        Assert.False(second.TryGetProperty("Marker", out _));
        Assert.Contains("Marker", await gateway.FailAsync("InvalidParameterValueException", "DescribeEvents", """{"Marker":"nonsense"}"""), StringComparison.Ordinal);
        Assert.Contains("MaxRecords", await gateway.FailAsync("InvalidParameterValueException", "DescribeEvents", """{"MaxRecords":19}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_instance_there_are_no_events()
    {
        gateway.Cluster.Events.Add(new EventView("orders", "m", "state change", FakeCluster.Now));
        var answer = await gateway.SucceedAsync("DescribeEvents", """{"Filters":[{"Name":"replication-instance-id","Values":["x"]}]}""");
        Assert.Equal(0, answer.GetProperty("Events").GetArrayLength());
        await gateway.FailAsync("InvalidParameterValueException", "DescribeEvents", """{"Filters":[{"Name":"other","Values":["x"]}]}""");
    }

    [Fact]
    public async Task Categories_are_listed_by_source_type()
    {
        var all = await gateway.SucceedAsync("DescribeEventCategories", "{}");
        Assert.Equal(["replication-instance", "replication-task", "replication-config"], all.GetProperty("EventCategoryGroupList").EnumerateArray().Select(g => g.GetProperty("SourceType").GetString()!));
        Assert.Equal(
            """{"EventCategoryGroupList":[{"SourceType":"replication-config","EventCategories":["configuration change","state change","deletion","creation","failure"]}]}""",
            (await gateway.SucceedAsync("DescribeEventCategories", """{"SourceType":"replication-config"}""")).GetRawText());
        Assert.Contains("replication-task", await gateway.FailAsync("InvalidParameterValueException", "DescribeEventCategories", """{"SourceType":"endpoint"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_is_shown_under_the_names_it_has_on_AWS()
    {
        gateway.Cluster.Log = new("arn", "group", "stream", [new LogEntry(7, FakeCluster.Now, "{'a':'b'}")], More: true);
        using var response = await gateway.Http.GetAsync(new Uri("/api/v1/replications/orders/log?after=3&limit=9", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(
            """{"arn":"arn","logGroupName":"group","logStreamName":"stream","events":[{"position":7,"timestamp":"2026-03-01T12:00:00.123Z","message":"{'a':'b'}"}],"more":true}""",
            (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Equal(new LogQuery(AwsScope.Default, "orders", 3, 9), gateway.Cluster.Last<LogQuery>());
        gateway.Cluster.Log = null;
        using var missing = await gateway.Http.GetAsync(new Uri("/api/v1/replications/orders/log", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }
}
