using System.Text.Json;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Clients;

/// <summary>The operators and waiters of Airflow's Amazon provider (operators/dms.py, waiters/dms.json), as the calls they make.</summary>
public sealed class AirflowTests
{
    [Theory]
    [InlineData("full-load", "3600", false)]
    [InlineData("full-load", "infinite", false)]
    [InlineData("cdc", "3600", false)]
    [InlineData("cdc", "infinite", false)]
    [InlineData("cdc", "infinite", true)]
    [InlineData("full-load", "infinite", true)]
    [InlineData("full-load", "600", false)]
    public async Task Airflow_runs_a_replication_to_its_end_and_deletes_it(string type, string scale, bool pollSafe)
    {
        Assert.True(TimeScale.TryParse(scale, out var parsed));
        await using var node = await TestNode.StartAsync(parsed, configuration: new Dictionary<string, string?> { ["DmsOrleans:Replications:PollSafe"] = $"{pollSafe}" });
        using var aws = new AwsHttp(node.Url);
        var arn = await aws.CreateConfigAsync(type);
        await StartAsync(aws, arn);
        if (type == "cdc")
        {
            await StopAsync(aws, arn);
        }

        // replication_complete: stopped is success, failed is failure, all else is waited for.
        await WaitAsync(aws, arn, r => StatusOf(r) == "stopped");

        if (type == "full-load")
        {
            // The same operator again, as the next scheduled run of a DAG does it.
            await StartAsync(aws, arn);
            await WaitAsync(aws, arn, r => StatusOf(r) == "stopped");
            await WaitAsync(aws, arn, r => ProvisionOf(r) is "" or "deprovisioned");
        }

        await aws.CallAsync("DeleteReplicationConfig", new { ReplicationConfigArn = arn });
        await Until.AsyncIs(() => IsDeletedAsync(aws, arn), deleted => deleted, "ResourceNotFoundFault");
    }

    // Waits out a release of capacity, then starts whatever is at rest.
    private static async Task StartAsync(AwsHttp aws, string arn)
    {
        await WaitAsync(aws, arn, r => ProvisionOf(r) is "" or "deprovisioned");
        Assert.Contains(await aws.StatusAsync(arn), new[] { "stopped", "failed", "created" });
        var started = await aws.CallAsync("StartReplication", new { ReplicationConfigArn = arn, StartReplicationType = "start-replication" });
        Assert.Equal("initializing", StatusOf(started.GetProperty("Replication")));
    }

    private static async Task StopAsync(AwsHttp aws, string arn)
    {
        await aws.CallAsync("StopReplication", new { ReplicationConfigArn = arn });
        await WaitAsync(aws, arn, r => StatusOf(r) == "stopped");
    }

    private static Task<JsonElement> WaitAsync(AwsHttp aws, string arn, Func<JsonElement, bool> ended) => Until.AsyncIs(() => aws.ReplicationAsync(arn), replication =>
    {
        Assert.NotEqual("failed", StatusOf(replication));
        return ended(replication);
    }, "the end of a wait");

    private static string StatusOf(JsonElement replication) => replication.GetProperty("Status").GetString()!;

    private static string ProvisionOf(JsonElement replication) =>
        replication.TryGetProperty("ProvisionData", out var data) && data.TryGetProperty("ProvisionState", out var state) ? state.GetString()! : "";

    private static async Task<bool> IsDeletedAsync(AwsHttp aws, string arn)
    {
        try
        {
            await aws.DescribeAsync("DescribeReplicationConfigs", "ReplicationConfigs", arn);
            return false;
        }
        catch (AwsFault fault) when (fault.Name == "ResourceNotFoundFault")
        {
            return true;
        }
    }
}
