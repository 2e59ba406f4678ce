using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Node;

/// <summary>With poll-safe statuses a poller misses none, however fast the node is.</summary>
public sealed class PollSafeTests
{
    private static readonly string[] Walk =
    [
        "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata", "calculating_capacity", "provisioning_capacity", "replication_starting", "running",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_poller_sees_every_status_of_a_full_load_without_think_time()
    {
        await using var node = await StartAsync(TimeSpan.FromMinutes(10));
        using var http = new HttpClient { BaseAddress = node.Url };
        var aws = new AwsJsonClient(http);
        await (await node.CreateAsync("load", ReplicationType.FullLoad)).StartedAsync();
        List<string> seen = [];
        await Until.AsyncIs(async () => await StatusAsync(aws, seen), status => status == "stopped", "the load to stop");
        Assert.Equal([.. Walk, "stopped"], seen);
    }

    [Fact]
    public async Task What_is_not_a_clients_look_leaves_the_status_alone_and_commands_pass()
    {
        await using var node = await StartAsync(TimeSpan.FromMinutes(10));
        var grain = await node.CreateAsync("load", ReplicationType.FullLoad);
        await grain.StartedAsync();
        for (var i = 0; i < 20; i++)
        {
            await grain.Wake(WakeReason.Timer);
            Assert.Equal("initializing", (await node.ViewAsync("load")).Status);
        }

        Assert.Equal("stopping", (await grain.Stop(new())).Value!.Status);
    }

    [Fact]
    public async Task A_client_that_never_polls_is_waited_for_no_longer_than_the_limit()
    {
        await using var node = await StartAsync(TimeSpan.FromMilliseconds(20));
        await (await node.CreateAsync("load", ReplicationType.FullLoad)).StartedAsync();
        await node.WaitForAsync("load", "stopped");
        var history = (await node.HistoryAsync("load")).Skip(1).TakeWhile(t => t.To != ReplicationStatus.Stopped).ToList();
        Assert.All(history.Skip(1).Zip(history), pair => Assert.True(pair.First.At - pair.Second.At >= TimeSpan.FromMilliseconds(20), $"{pair}"));
    }

    private static async Task<TestNode> StartAsync(TimeSpan limit)
    {
        var node = await TestNode.StartAsync(TimeScale.Infinite, configuration: new Dictionary<string, string?>
        {
            ["DmsOrleans:Replications:PollSafe"] = "true",
            ["DmsOrleans:Replications:PollSafeLimit"] = limit.ToString(),
        });
        await node.CreateEndpointsAsync();
        return node;
    }

    private static async Task<string> StatusAsync(AwsJsonClient aws, List<string> seen)
    {
        var answer = await aws.SendAsync("DescribeReplications", "{}", Cancellation);
        var status = answer.Body.GetProperty("Replications")[0].GetProperty("Status").GetString()!;
        if (seen.Count == 0 || seen[^1] != status)
        {
            seen.Add(status);
        }

        return status;
    }
}
