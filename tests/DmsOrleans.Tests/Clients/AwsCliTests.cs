using System.Globalization;
using System.Text.Json;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Clients;

/// <summary>The real aws CLI against a whole node.</summary>
public sealed class AwsCliTests
{
    // Slow enough for a client that takes half a second to start to see several phases.
    private static readonly TimeScale Visible = new(600);

    [Fact]
    public async Task The_aws_CLI_leads_a_replication_through_its_whole_life()
    {
        await using var node = await TestNode.StartAsync(Visible);
        var aws = await AwsCli.ForAsync(node);
        var arn = await CreateAsync(aws);
        var filter = $"Name=replication-config-arn,Values={arn}";
        var config = (await aws.AnswerAsync("describe-replication-configs", "--filters", filter)).GetProperty("ReplicationConfigs");
        Assert.Equal("orders", Assert.Single(config.EnumerateArray()).GetProperty("ReplicationConfigIdentifier").GetString());
        Assert.Equal("created", await StatusAsync(aws, filter));

        var started = await aws.AnswerAsync("start-replication", "--replication-config-arn", arn, "--start-replication-type", "start-replication");
        Assert.Equal("initializing", started.GetProperty("Replication").GetProperty("Status").GetString());
        var seen = await PollAsync(aws, filter, "running");
        Walks.AssertSeenInOrder(seen, Walks.Start);

        var statistics = await aws.AnswerAsync("describe-replication-table-statistics", "--replication-config-arn", arn, "--max-records", "100");
        var table = statistics.GetProperty("ReplicationTableStatistics").EnumerateArray().First();
        await aws.AnswerAsync("reload-replication-tables", "--replication-config-arn", arn, "--tables-to-reload", JsonSerializer.Serialize(new[]
        {
            new { SchemaName = table.GetProperty("SchemaName").GetString(), TableName = table.GetProperty("TableName").GetString() },
        }));

        await StopAsync(aws, arn, filter);
        var modified = await aws.AnswerAsync("modify-replication-config", "--replication-config-arn", arn, "--compute-config", "MaxCapacityUnits=8,MinCapacityUnits=2");
        Assert.Equal(8, modified.GetProperty("ReplicationConfig").GetProperty("ComputeConfig").GetProperty("MaxCapacityUnits").GetInt32());
        await aws.AnswerAsync("start-replication", "--replication-config-arn", arn, "--start-replication-type", "resume-processing");
        Walks.AssertSeenInOrder(await PollAsync(aws, filter, "running"), "initializing", "testing_connection", "replication_starting", "running");

        await StopAsync(aws, arn, filter);
        var deleted = await aws.AnswerAsync("delete-replication-config", "--replication-config-arn", arn);
        Assert.Equal(arn, deleted.GetProperty("ReplicationConfig").GetProperty("ReplicationConfigArn").GetString());
        var gone = await Until.AsyncIs(() => aws.TryAsync("describe-replications", "--filters", filter), r => r.ExitCode != 0, "the replication to be gone");
        Assert.Contains("(ResourceNotFoundFault) when calling the DescribeReplications operation", gone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_reaches_the_aws_CLI_with_its_name_its_reason_and_an_exit_code()
    {
        await using var node = await TestNode.StartAsync();
        var aws = await AwsCli.ForAsync(node);
        var arn = await CreateAsync(aws);

        var early = await aws.TryAsync("stop-replication", "--replication-config-arn", arn);
        Assert.True(early.ExitCode is 254 or 255, $"exit code {early.ExitCode}");
        Assert.Contains("An error occurred (InvalidResourceStateFault) when calling the StopReplication operation: ", early.Error, StringComparison.Ordinal);
        Assert.Contains("is in CREATED state", early.Error, StringComparison.Ordinal);

        var unknown = await aws.TryAsync("describe-replication-instances");
        Assert.Contains("(UnknownOperationException)", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("DescribeReplicationInstances", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoints_and_tags_are_kept_found_and_removed_by_the_aws_CLI()
    {
        await using var node = await TestNode.StartAsync();
        var aws = await AwsCli.ForAsync(node);
        var source = await CreateEndpointAsync(aws, "source-db", "source");
        var target = await CreateEndpointAsync(aws, "target-db", "target");
        var sources = await aws.AnswerAsync("describe-endpoints", "--filters", "Name=endpoint-type,Values=source", "Name=engine-name,Values=postgres");
        var found = Assert.Single(sources.GetProperty("Endpoints").EnumerateArray());
        Assert.Equal((source, "SOURCE"), (found.GetProperty("EndpointArn").GetString()!, found.GetProperty("EndpointType").GetString()));
        Assert.DoesNotContain("s3cret", sources.GetRawText(), StringComparison.Ordinal);

        await aws.AnswerAsync("add-tags-to-resource", "--resource-arn", target, "--tags", "Key=team,Value=data", "Key=stage,Value=test");
        await aws.AnswerAsync("remove-tags-from-resource", "--resource-arn", target, "--tag-keys", "stage");
        var tags = (await aws.AnswerAsync("list-tags-for-resource", "--resource-arn", target)).GetProperty("TagList").EnumerateArray();
        Assert.Equal([("team", "data")], tags.Select(t => (t.GetProperty("Key").GetString()!, t.GetProperty("Value").GetString()!)));

        Assert.Equal("deleting", (await aws.AnswerAsync("delete-endpoint", "--endpoint-arn", target)).GetProperty("Endpoint").GetProperty("Status").GetString());
        var gone = await Until.AsyncIs(() => aws.TryAsync("describe-endpoints", "--filters", "Name=endpoint-id,Values=target-db"), r => r.ExitCode != 0, "the endpoint to be gone");
        Assert.Contains("ResourceNotFoundFault", gone.Error, StringComparison.Ordinal);
    }

    private static async Task<string> CreateAsync(AwsCli aws)
    {
        var source = await CreateEndpointAsync(aws, "source-db", "source");
        var target = await CreateEndpointAsync(aws, "target-db", "target");
        var created = await aws.AnswerAsync(
            "create-replication-config", "--replication-config-identifier", "orders", "--source-endpoint-arn", source, "--target-endpoint-arn", target,
            "--replication-type", "full-load-and-cdc", "--table-mappings", Walks.AllTables, "--compute-config", "MaxCapacityUnits=4,MinCapacityUnits=1");
        var config = created.GetProperty("ReplicationConfig");
        AssertIsAboutNow(config.GetProperty("ReplicationConfigCreateTime"));
        return config.GetProperty("ReplicationConfigArn").GetString()!;
    }

    private static async Task<string> CreateEndpointAsync(AwsCli aws, string identifier, string type)
    {
        var created = await aws.AnswerAsync(
            "create-endpoint", "--endpoint-identifier", identifier, "--endpoint-type", type, "--engine-name", "postgres",
            "--server-name", "db.example.com", "--port", "5432", "--database-name", "app", "--username", "dms", "--password", "s3cret");
        return created.GetProperty("Endpoint").GetProperty("EndpointArn").GetString()!;
    }

    private static async Task StopAsync(AwsCli aws, string arn, string filter)
    {
        var stopping = await aws.AnswerAsync("stop-replication", "--replication-config-arn", arn);
        Assert.Equal("stopping", stopping.GetProperty("Replication").GetProperty("Status").GetString());
        Walks.AssertSeenInOrder(await PollAsync(aws, filter, "stopped"), "stopping", "stopped");
    }

    private static async Task<string> StatusAsync(AwsCli aws, string filter) =>
        Assert.Single((await aws.AnswerAsync("describe-replications", "--filters", filter)).GetProperty("Replications").EnumerateArray()).GetProperty("Status").GetString()!;

    private static async Task<List<string>> PollAsync(AwsCli aws, string filter, string end)
    {
        var seen = new List<string>();
        await Until.AsyncIs(() => StatusAsync(aws, filter), status =>
        {
            if (seen.LastOrDefault() != status)
            {
                seen.Add(status);
            }

            return status == end;
        }, $"status {end}", TimeSpan.FromMinutes(1));
        return seen;
    }

    // Version 1 prints the wire's epoch seconds, version 2 a date.
    private static void AssertIsAboutNow(JsonElement time)
    {
        var at = time.ValueKind == JsonValueKind.Number
            ? DateTimeOffset.UnixEpoch.AddSeconds(time.GetDouble())
            : DateTimeOffset.Parse(time.GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange(at, TimeProvider.System.GetUtcNow().AddMinutes(-2), TimeProvider.System.GetUtcNow().AddMinutes(2));
    }
}
