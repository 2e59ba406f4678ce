using DmsOrleans.Endpoints;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Clients;

/// <summary>The waiters of botocore, in the real aws CLI.</summary>
public sealed class AwsCliEndpointTests
{
    [Fact]
    public async Task The_waiters_for_a_tested_connection_and_a_deleted_endpoint_end_as_they_should()
    {
        await using var node = await TestNode.StartAsync(TimeScale.Infinite);
        var aws = await AwsCli.ForAsync(node);
        await node.CreateEndpointsAsync();
        var config = await node.CreateAsync("orders");
        var (source, filter) = (Tests.Grains.Sample.SourceArn, $"Name=endpoint-arn,Values={Tests.Grains.Sample.SourceArn}");

        var tested = await aws.AnswerAsync("test-connection", "--replication-instance-arn", TestNode.ArnOf("orders"), "--endpoint-arn", source);
        Assert.Equal("testing", tested.GetProperty("Connection").GetProperty("Status").GetString());
        (await aws.TryAsync("wait", "test-connection-succeeds", "--filters", filter)).Succeeded();

        await config.Delete(new());
        await Until.AsyncIs(() => node.Grains.GetGrain<IEndpointGrain>(source).Delete(new()), answer => answer.Refusal is null, "the endpoint to be deleted");
        (await aws.TryAsync("wait", "endpoint-deleted", "--filters", filter)).Succeeded();
    }
}
