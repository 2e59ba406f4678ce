using System.Text.Json;
using DmsOrleans.Tests.Grains;

namespace DmsOrleans.Tests.Node;

/// <summary>The schemas of an endpoint: refreshed, described, and kept.</summary>
public sealed class SchemasTests
{
    private const string Instance = "arn:aws:dms:us-east-1:000000000000:rep:X";

    [Fact]
    public async Task Before_a_refresh_there_is_no_status_and_no_schema()
    {
        await using var aws = await AwsNode.StartAsync();
        var endpoint = await aws.EndpointAsync("shop");
        Assert.Contains("never refreshed", await aws.FailAsync("ResourceNotFoundFault", "DescribeRefreshSchemasStatus", Endpoint(endpoint)), StringComparison.Ordinal);
        Assert.Equal("""{"Schemas":[]}""", (await aws.SucceedAsync("DescribeSchemas", Endpoint(endpoint))).GetRawText());
        await aws.FailAsync("ResourceNotFoundFault", "DescribeSchemas", Endpoint(AwsNode.EndpointArn("GONE")));
        await aws.FailAsync("ResourceNotFoundFault", "DescribeRefreshSchemasStatus", Endpoint(AwsNode.EndpointArn("GONE")));
    }

    [Fact]
    public async Task A_refresh_is_refreshing_at_once_then_successful_and_survives_a_restart()
    {
        using var directory = new DataDirectory();
        string endpoint;
        await using (var aws = await AwsNode.StartAsync(dataDirectory: directory.Path))
        {
            endpoint = await aws.EndpointAsync("shop");
            var begun = await aws.SucceedAsync("RefreshSchemas", Ends(endpoint, Instance));
            Assert.Equal(
                $$$"""{"RefreshSchemasStatus":{"EndpointArn":"{{{endpoint}}}","ReplicationInstanceArn":"{{{Instance}}}","Status":"refreshing"}}""", begun.GetRawText());
            var done = await FinishedAsync(aws, endpoint);
            Assert.Equal("successful", done.GetProperty("Status").GetString());
            var date = DateTimeOffset.FromUnixTimeMilliseconds((long)(done.GetProperty("LastRefreshDate").GetDecimal() * 1000));
            Assert.InRange(TimeProvider.System.GetUtcNow() - date, TimeSpan.FromSeconds(-5), TimeSpan.FromMinutes(1));
        }

        await using var next = await AwsNode.StartAsync(dataDirectory: directory.Path);
        Assert.Equal("""{"Schemas":["public"]}""", (await next.SucceedAsync("DescribeSchemas", Endpoint(endpoint))).GetRawText());
    }

    [Fact]
    public async Task A_failed_refresh_says_why_and_keeps_what_was_found_before()
    {
        await using var aws = await AwsNode.StartAsync();
        var endpoint = await aws.EndpointAsync("shop");
        await aws.SucceedAsync("RefreshSchemas", Ends(endpoint, Instance));
        var before = await FinishedAsync(aws, endpoint);

        await aws.SucceedAsync("ModifyEndpoint", $$"""{"EndpointArn":"{{endpoint}}","ServerName":"db.invalid"}""");
        await aws.SucceedAsync("RefreshSchemas", Ends(endpoint, Instance));
        var failed = await FinishedAsync(aws, endpoint);

        Assert.Equal("failed", failed.GetProperty("Status").GetString());
        Assert.Contains("db.invalid", failed.GetProperty("LastFailureMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal(before.GetProperty("LastRefreshDate").GetDecimal(), failed.GetProperty("LastRefreshDate").GetDecimal());
        Assert.Equal("""{"Schemas":["public"]}""", (await aws.SucceedAsync("DescribeSchemas", Endpoint(endpoint))).GetRawText());
    }

    [Fact]
    public async Task Schemas_are_those_of_the_replication_s_source_and_come_in_pages()
    {
        await using var aws = await AwsNode.StartAsync();
        await aws.Node.CreateEndpointsAsync();
        await aws.Node.CreateAsync("orders", supplemental: """{"simulation":{"generatedTables":{"schemas":45,"minTables":1,"maxTables":1}}}""");
        await aws.SucceedAsync("RefreshSchemas", Ends(Sample.SourceArn, TestNode.ArnOf("orders")));
        Assert.Equal(TestNode.ArnOf("orders"), (await FinishedAsync(aws, Sample.SourceArn)).GetProperty("ReplicationInstanceArn").GetString());

        var found = new List<string?>();
        var (marker, pages) = ("", 0);
        do
        {
            var page = await aws.SucceedAsync("DescribeSchemas", $$"""{"EndpointArn":"{{Sample.SourceArn}}","MaxRecords":20{{marker}} }""");
            found.AddRange(page.GetProperty("Schemas").EnumerateArray().Select(s => s.GetString()));
            marker = page.TryGetProperty("Marker", out var next) ? $",\"Marker\":\"{next.GetString()}\"" : null;
            pages++;
        }
        while (marker is not null);

        Assert.Equal((3, 45), (pages, found.Distinct().Count()));
        Assert.Contains("schema_45", found);
        await aws.FailAsync("InvalidParameterValueException", "DescribeSchemas", $$"""{"EndpointArn":"{{Sample.SourceArn}}","MaxRecords":19}""");
        await aws.FailAsync("InvalidParameterValueException", "DescribeSchemas", $$"""{"EndpointArn":"{{Sample.SourceArn}}","Marker":"nonsense"}""");
    }

    private static string Endpoint(string arn) => $$"""{"EndpointArn":"{{arn}}"}""";

    private static string Ends(string endpoint, string replication) => $$"""{"EndpointArn":"{{endpoint}}","ReplicationInstanceArn":"{{replication}}"}""";

    private static async Task<JsonElement> FinishedAsync(AwsNode aws, string endpoint)
    {
        var answer = await Until.AsyncIs(
            () => aws.SucceedAsync("DescribeRefreshSchemasStatus", Endpoint(endpoint)),
            answer => answer.GetProperty("RefreshSchemasStatus").GetProperty("Status").GetString() != "refreshing",
            "the refresh to end");
        return answer.GetProperty("RefreshSchemasStatus");
    }
}
