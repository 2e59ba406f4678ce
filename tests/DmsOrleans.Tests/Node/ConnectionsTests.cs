using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Engines;
using DmsOrleans.Tests.Grains;

namespace DmsOrleans.Tests.Node;

/// <summary>Connections between endpoints and replications: tested, described, deleted, and none lost.</summary>
public sealed class ConnectionsTests
{
    private const string Instance = "arn:aws:dms:us-east-1:000000000000:rep:MyInstance";

    private static readonly Dictionary<string, string?> SweptOften = new()
    {
        ["DmsOrleans:Replications:SweepGrace"] = "00:00:00.050",
        ["DmsOrleans:Replications:SweepInterval"] = "00:00:00.050",
    };

    [Fact]
    public async Task A_connection_is_testing_at_once_and_then_successful()
    {
        await using var aws = await AwsNode.StartAsync();
        var endpoint = await aws.EndpointAsync("Shop");

        var tested = await aws.SucceedAsync("TestConnection", Ends(endpoint, Instance));

        Assert.Equal(
            $$$"""{"Connection":{"ReplicationInstanceArn":"{{{Instance}}}","EndpointArn":"{{{endpoint}}}","Status":"testing","EndpointIdentifier":"shop","ReplicationInstanceIdentifier":"myinstance"}}""",
            tested.GetRawText());
        var done = await FinishedAsync(aws, endpoint);
        Assert.Equal(
            $$$"""{"ReplicationInstanceArn":"{{{Instance}}}","EndpointArn":"{{{endpoint}}}","Status":"successful","EndpointIdentifier":"shop","ReplicationInstanceIdentifier":"myinstance"}""",
            done.GetRawText());
    }

    [Fact]
    public async Task A_failed_test_says_why_until_one_succeeds()
    {
        await using var aws = await AwsNode.StartAsync();
        var endpoint = await aws.EndpointAsync("shop", server: "db.invalid");
        await aws.SucceedAsync("TestConnection", Ends(endpoint, Instance));
        var failed = await FinishedAsync(aws, endpoint);
        Assert.Equal("failed", failed.GetProperty("Status").GetString());
        Assert.Contains("""could not translate host name "db.invalid" """.TrimEnd(), failed.GetProperty("LastFailureMessage").GetString(), StringComparison.Ordinal);

        await aws.SucceedAsync("ModifyEndpoint", $$"""{"EndpointArn":"{{endpoint}}","ServerName":"db.example.com","EndpointIdentifier":"renamed"}""");
        var again = (await aws.SucceedAsync("TestConnection", Ends(endpoint, Instance))).GetProperty("Connection");
        Assert.Equal(("testing", failed.GetProperty("LastFailureMessage").GetString()), (again.GetProperty("Status").GetString(), again.GetProperty("LastFailureMessage").GetString()));
        var done = await FinishedAsync(aws, endpoint);
        Assert.Equal("successful", done.GetProperty("Status").GetString());
        Assert.Equal("renamed", done.GetProperty("EndpointIdentifier").GetString());
        Assert.False(done.TryGetProperty("LastFailureMessage", out _));
    }

    [Fact]
    public async Task A_replication_config_s_ARN_takes_the_place_of_an_instance_s_and_tests_as_the_replication_would()
    {
        await using var aws = await AwsNode.StartAsync();
        await aws.Node.CreateEndpointsAsync();
        await aws.Node.CreateAsync("orders", supplemental: """{"simulation":{"connectionTest":{"failingEndpoint":"target","message":"no entry"}}}""");
        var config = TestNode.ArnOf("orders");

        await aws.SucceedAsync("TestConnection", Ends(Sample.SourceArn, config));
        await aws.SucceedAsync("TestConnection", Ends(Sample.TargetArn, config));

        var source = await FinishedAsync(aws, Sample.SourceArn);
        Assert.Equal(("successful", "orders"), (source.GetProperty("Status").GetString(), source.GetProperty("ReplicationInstanceIdentifier").GetString()));
        var target = await FinishedAsync(aws, Sample.TargetArn);
        Assert.Contains("no entry", target.GetProperty("LastFailureMessage").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_tested_nor_refreshed_nor_deleted()
    {
        await using var aws = await AwsNode.StartAsync();
        var endpoint = await aws.EndpointAsync("shop");
        (string Endpoint, string Replication)[] absent =
        [
            (AwsNode.EndpointArn("GONE"), Instance), ("nonsense", Instance), (endpoint, TestNode.ArnOf("gone")), (endpoint, "MyInstance"),
            (endpoint, "arn:aws:dms:us-east-1:000000000000:task:X"), (endpoint, "arn:aws:dms:us-east-1:000000000001:rep:X"),
        ];
        foreach (var ends in absent)
        {
            foreach (var operation in new[] { "TestConnection", "DeleteConnection", "RefreshSchemas" })
            {
                await aws.FailAsync("ResourceNotFoundFault", operation, Ends(ends.Endpoint, ends.Replication));
            }
        }

        Assert.Equal("""{"Connections":[]}""", (await aws.SucceedAsync("DescribeConnections", "{}")).GetRawText());
    }

    [Fact]
    public async Task While_the_engine_is_at_work_the_test_is_one_and_everybody_else_is_answered()
    {
        var answer = new TaskCompletionSource<StepFailure?>();
        var engine = ScriptedEngine.Of(_ => answer.Task);
        await using var aws = await AwsNode.StartAsync(services: engine.Into);
        var endpoint = await aws.EndpointAsync("shop");
        await aws.SucceedAsync("TestConnection", Ends(endpoint, Instance));
        await Until.Holds(() => engine.Asked == 1, "the engine to be asked");

        Assert.Equal("testing", (await aws.SucceedAsync("TestConnection", Ends(endpoint, Instance))).GetProperty("Connection").GetProperty("Status").GetString());
        Assert.Contains("is being tested", await aws.FailAsync("InvalidResourceStateFault", "DeleteConnection", Ends(endpoint, Instance)), StringComparison.Ordinal);
        answer.SetResult(new StepFailure("at last"));

        Assert.Equal("at last", (await FinishedAsync(aws, endpoint)).GetProperty("LastFailureMessage").GetString());
        Assert.Equal(1, engine.Asked);
    }

    [Fact]
    public async Task A_deleted_connection_is_gone()
    {
        await using var aws = await AwsNode.StartAsync();
        var endpoint = await aws.EndpointAsync("shop");
        await aws.SucceedAsync("TestConnection", Ends(endpoint, Instance));
        await FinishedAsync(aws, endpoint);

        Assert.Equal("deleting", (await aws.SucceedAsync("DeleteConnection", Ends(endpoint, Instance))).GetProperty("Connection").GetProperty("Status").GetString());
        await aws.FailAsync("ResourceNotFoundFault", "DescribeConnections", Filter("endpoint-arn", endpoint));
        await aws.FailAsync("ResourceNotFoundFault", "DeleteConnection", Ends(endpoint, Instance));
    }

    [Fact]
    public async Task An_endpoint_takes_its_connections_and_schemas_with_it_even_those_being_tested()
    {
        var engine = ScriptedEngine.Of(_ => new TaskCompletionSource<StepFailure?>().Task);
        await using var aws = await AwsNode.StartAsync(services: engine.Into);
        var endpoint = await aws.EndpointAsync("shop");
        await aws.SucceedAsync("TestConnection", Ends(endpoint, Instance));
        await aws.SucceedAsync("RefreshSchemas", Ends(endpoint, Instance));
        await Until.Holds(() => engine.Asked > 0, "the engine to be asked");

        await aws.SucceedAsync("DeleteEndpoint", $$"""{"EndpointArn":"{{endpoint}}"}""");

        await aws.FailAsync("ResourceNotFoundFault", "DescribeEndpoints", Filter("endpoint-arn", endpoint));
        await aws.FailAsync("ResourceNotFoundFault", "DescribeRefreshSchemasStatus", $$"""{"EndpointArn":"{{endpoint}}"}""");
        Assert.Equal("""{"Connections":[]}""", (await aws.SucceedAsync("DescribeConnections", "{}")).GetRawText());
        Assert.Empty((await aws.Node.Store.ListAsync<EndpointProbeState>(new() { Kind = EndpointProbeState.Kind }, TestContext.Current.CancellationToken)).Items);
        await aws.EndpointAsync("shop");
        Assert.Equal("""{"Connections":[]}""", (await aws.SucceedAsync("DescribeConnections", "{}")).GetRawText());
    }

    [Fact]
    public async Task Connections_are_filtered_at_both_ends_and_come_in_pages()
    {
        await using var aws = await AwsNode.StartAsync();
        var endpoints = new[] { await aws.EndpointAsync("a"), await aws.EndpointAsync("b", "target") };
        var instances = Enumerable.Range(10, 12).Select(i => $"{Instance}{i}").ToArray();
        var all = (from endpoint in endpoints from instance in instances select (endpoint, instance)).ToList();
        await Task.WhenAll(all.Select(c => aws.SucceedAsync("TestConnection", Ends(c.endpoint, c.instance))));

        var first = await aws.SucceedAsync("DescribeConnections", """{"MaxRecords":20}""");
        var second = await aws.SucceedAsync("DescribeConnections", $$"""{"MaxRecords":20,"Marker":"{{first.GetProperty("Marker").GetString()}}"}""");
        Assert.False(second.TryGetProperty("Marker", out _));
        Assert.Equal(all, EndsOf(first).Concat(EndsOf(second)));

        Assert.Equal(instances, EndsOf(await aws.SucceedAsync("DescribeConnections", Filter("endpoint-arn", endpoints[1]))).Select(c => c.Item2));
        Assert.Equal(endpoints, EndsOf(await aws.SucceedAsync("DescribeConnections", Filter("replication-instance-arn", instances[3]))).Select(c => c.Item1));
        await aws.FailAsync("ResourceNotFoundFault", "DescribeConnections", Filter("replication-instance-arn", "none"));
        await aws.FailAsync("InvalidParameterValueException", "DescribeConnections", Filter("endpoint-id", "a"));
    }

    [Fact]
    public async Task A_test_cut_by_a_crash_is_taken_up_by_the_next_node_unasked()
    {
        using var directory = new DataDirectory();
        string endpoint;
        var engine = ScriptedEngine.Of(_ => new TaskCompletionSource<StepFailure?>().Task);
        await using (var first = await AwsNode.StartAsync(dataDirectory: directory.Path, services: engine.Into))
        {
            endpoint = await first.EndpointAsync("shop");
            await first.SucceedAsync("TestConnection", Ends(endpoint, Instance));
            await Until.Holds(() => engine.Asked == 1, "the engine to be asked");
        }

        await using var second = await AwsNode.StartAsync(dataDirectory: directory.Path, configuration: SweptOften);
        Assert.Equal("successful", (await FinishedAsync(second, endpoint)).GetProperty("Status").GetString());
    }

    [Fact]
    public async Task A_test_that_found_the_store_away_is_tried_again_and_one_that_broke_has_failed()
    {
        var engine = ScriptedEngine.Of(before => before == 0
            ? Task.FromException<StepFailure?>(new StorageUnavailableException("away"))
            : Task.FromException<StepFailure?>(new IOException("broken pipe")));
        await using var aws = await AwsNode.StartAsync(configuration: SweptOften, services: engine.Into);
        var endpoint = await aws.EndpointAsync("shop");
        await aws.SucceedAsync("TestConnection", Ends(endpoint, Instance));

        var failed = await FinishedAsync(aws, endpoint);
        Assert.Equal("The endpoint could not be tried: broken pipe", failed.GetProperty("LastFailureMessage").GetString());
        Assert.Equal(2, engine.Asked);
    }

    [Fact]
    public async Task How_long_a_test_takes_is_scaled()
    {
        await using var aws = await AwsNode.StartAsync(new TimeScale(0.01));
        var endpoint = await aws.EndpointAsync("shop");
        await aws.SucceedAsync("TestConnection", Ends(endpoint, Instance));
        var stored = await aws.Node.Store.ListAsync<EndpointProbeState>(new() { Kind = EndpointProbeState.Kind }, TestContext.Current.CancellationToken);
        var wait = Assert.Single(stored.Items).State.Due!.Value - TimeProvider.System.GetUtcNow();
        Assert.InRange(wait, TimeSpan.FromSeconds(2_900), TimeSpan.FromSeconds(3_000));
    }

    private static string Ends(string endpoint, string replication) => $$"""{"EndpointArn":"{{endpoint}}","ReplicationInstanceArn":"{{replication}}"}""";

    private static string Filter(string name, string value) => $$"""{"Filters":[{"Name":"{{name}}","Values":["{{value}}"]}]}""";

    private static IEnumerable<(string, string)> EndsOf(JsonElement page) => page.GetProperty("Connections").EnumerateArray()
        .Select(c => (c.GetProperty("EndpointArn").GetString()!, c.GetProperty("ReplicationInstanceArn").GetString()!));

    // As botocore's waiter test_connection_succeeds polls.
    private static async Task<JsonElement> FinishedAsync(AwsNode aws, string endpoint)
    {
        var page = await Until.AsyncIs(
            () => aws.SucceedAsync("DescribeConnections", Filter("endpoint-arn", endpoint)),
            page => page.GetProperty("Connections").EnumerateArray().All(c => c.GetProperty("Status").GetString() != "testing"),
            "the test to end");
        return Assert.Single(page.GetProperty("Connections").EnumerateArray());
    }
}
