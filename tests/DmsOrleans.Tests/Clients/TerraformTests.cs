using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Clients;

/// <summary>
/// The calls of Terraform's <c>aws_dms_replication_config</c> in its order, with its sets of statuses: anything outside a set fails its apply
/// (terraform-provider-aws, internal/service/dms/replication_config.go).
/// </summary>
public sealed class TerraformTests
{
    private static readonly string[] Starting = ["ready", .. Walks.Start[..^1]];

    [Theory]
    [InlineData("cdc", "3600", false)]
    [InlineData("cdc", "infinite", false)]
    [InlineData("cdc", "infinite", true)]
    [InlineData("full-load", "infinite", true)]
    [InlineData("full-load", "600", false)]
    [InlineData("full-load-and-cdc", "3600", false)]
    [InlineData("full-load", "infinite", false)]
    public async Task Terraform_creates_reads_updates_and_destroys(string type, string scale, bool pollSafe)
    {
        Assert.True(TimeScale.TryParse(scale, out var parsed));
        await using var node = await TestNode.StartAsync(parsed, configuration: new Dictionary<string, string?> { ["DmsOrleans:Replications:PollSafe"] = $"{pollSafe}" });
        using var aws = new AwsHttp(node.Url);
        var arn = await aws.CreateConfigAsync(type);
        await StartAsync(aws, arn);

        var read = Assert.Single(await aws.DescribeAsync("DescribeReplicationConfigs", "ReplicationConfigs", arn));
        Assert.Equal(type, read.GetProperty("ReplicationType").GetString());
        Assert.Equal(Walks.AllTables, read.GetProperty("TableMappings").GetString());
        Assert.Equal("team", Assert.Single((await aws.CallAsync("ListTagsForResource", new { ResourceArn = arn })).GetProperty("TagList").EnumerateArray()).GetProperty("Key").GetString());

        if (type == "full-load")
        {
            // It ends by itself; a stop in that moment would be refused, there as here.
            await WaitAsync(aws, arn, ["running"], ["stopped"]);
        }

        await StopAsync(aws, arn);
        await aws.CallAsync("ModifyReplicationConfig", new { ReplicationConfigArn = arn, ComputeConfig = new { MaxCapacityUnits = 8, MinCapacityUnits = 2 } });
        if (type != "full-load")
        {
            await StartAsync(aws, arn);
        }

        await StopAsync(aws, arn);
        await aws.CallAsync("DeleteReplicationConfig", new { ReplicationConfigArn = arn });
        await Until.AsyncIs(() => IsGoneAsync(aws, arn), gone => gone, "the replication to be gone");
    }

    // It takes the type from the status, and so asks for resume-processing even when nothing ever ran.
    private static async Task StartAsync(AwsHttp aws, string arn)
    {
        Assert.Contains(await aws.StatusAsync(arn), new[] { "created", "stopped" });
        await aws.CallAsync("StartReplication", new { ReplicationConfigArn = arn, StartReplicationType = "resume-processing" });
        await WaitAsync(aws, arn, Starting, ["running", "stopped"]);
    }

    private static async Task StopAsync(AwsHttp aws, string arn)
    {
        if (await aws.StatusAsync(arn) is "stopped" or "created" or "failed")
        {
            return;
        }

        await aws.CallAsync("StopReplication", new { ReplicationConfigArn = arn });
        await WaitAsync(aws, arn, ["stopping", "running"], ["stopped"]);
    }

    private static Task<string> WaitAsync(AwsHttp aws, string arn, string[] pending, string[] target) => Until.AsyncIs(() => aws.StatusAsync(arn), status =>
    {
        Assert.Contains(status, pending.Concat(target));
        return target.Contains(status);
    }, string.Join(" or ", target));

    private static async Task<bool> IsGoneAsync(AwsHttp aws, string arn)
    {
        try
        {
            var found = await aws.DescribeAsync("DescribeReplications", "Replications", arn);
            Assert.All(found, r => Assert.Contains(r.GetProperty("Status").GetString(), new[] { "deleting", "stopped" }));
            return found.Length == 0;
        }
        catch (AwsFault fault) when (fault.Name == "ResourceNotFoundFault")
        {
            return true;
        }
    }
}
