using DmsOrleans.Replications;
using DmsOrleans.Tests.Faults;

namespace DmsOrleans.Tests.Node;

/// <summary>Capacity that follows the load, on a real node.</summary>
public sealed class AutoscalingTests
{
    // One DCU's worth, then three for two hours, then hardly anything.
    private const string UpAndDown = """{"simulation":{"load":[{"afterSeconds":0,"capacityUnits":0.5},{"afterSeconds":600,"capacityUnits":3},{"afterSeconds":7800,"capacityUnits":0.2}]}}""";

    [Theory, InlineData("36000"), InlineData("infinite")]
    public async Task Capacity_goes_up_and_down_the_ladder_with_the_load_and_says_so(string scale)
    {
        await using var node = await TestNode.StartAsync(TimeScale.TryParse(scale, out var parsed) ? parsed : throw new ArgumentException(scale));
        await CreateAsync(node, "orders", UpAndDown);
        var settled = await Until.AsyncIs(() => node.ViewAsync("orders"), v => v.Status == "running" && v.Due is null && v.Sequence > 9, "all scaling to be done");
        var steps = (await node.HistoryAsync("orders")).Skip(9).ToList();
        Assert.Equal(["scaling-up", "scaling-completed", "scaling-up", "scaling-completed", "scaling-down", "scaling-completed", "scaling-down", "scaling-completed", "scaling-refused"], steps.Select(t => t.Cause));
        Assert.Equal(1, settled.Provision!.CapacityUnits);
        Assert.True(settled.Provision.IsNewProvisioningAvailable);
        Assert.Contains("one step down", settled.Provision.Reason, StringComparison.Ordinal);
        Assert.StartsWith("DMS replication scaling up event.", steps[0].Details, StringComparison.Ordinal);
        Assert.Equal("DMS replication scaling event completed.", steps[1].Details);
        Assert.Equal("The replication, 'orders', cannot scale down as the replication is already at the provided Minimum DMS Capacity Units, '1'.", steps[^1].Details);
        Histories.AssertLegal("orders", await node.HistoryAsync("orders"), starts: 1, stops: 0, "running");
    }

    [Fact]
    public async Task A_step_up_waits_for_the_pool_and_is_taken_when_there_is_room()
    {
        await using var node = await TestNode.StartAsync(configuration: new Dictionary<string, string?> { ["DmsOrleans:Replications:CapacityPoolUnits"] = "17", ["DmsOrleans:Replications:CapacityPollInterval"] = "1.00:00:00" });
        await node.CreateEndpointsAsync();
        var large = await node.CreateAsync("large");
        await large.StartedAsync();
        await node.WaitForAsync("large", "running");
        await CreateAsync(node, "small", """{"simulation":{"load":[{"afterSeconds":0,"capacityUnits":1.5}]}}""", endpoints: false);
        await Until.AsyncIs(() => node.ViewAsync("small"), v => v.WaitingOn?.StartsWith("Waiting for 2 DCU", StringComparison.Ordinal) == true, "small to wait");
        Assert.Equal(1, (await node.ViewAsync("small")).Provision!.CapacityUnits);
        await large.Stop(new());
        await node.WaitForAsync("large", "stopped");
        await large.Delete(new());
        await Until.AsyncIs(() => node.ViewAsync("small"), v => v.Provision!.CapacityUnits == 2, "small to get its capacity");
        Assert.Single(await node.HistoryAsync("small"), t => t.Cause == "capacity-awaited");
    }

    [Fact]
    public async Task A_replication_stopped_while_it_waits_for_a_step_does_not_hold_up_the_line()
    {
        await using var node = await TestNode.StartAsync(configuration: new Dictionary<string, string?> { ["DmsOrleans:Replications:CapacityPoolUnits"] = "2", ["DmsOrleans:Replications:CapacityPollInterval"] = "1.00:00:00" });
        var waits = await CreateAsync(node, "waits", """{"simulation":{"load":[{"afterSeconds":0,"capacityUnits":9}]}}""", max: 16);
        await Until.AsyncIs(() => node.ViewAsync("waits"), v => v.WaitingOn?.StartsWith("Waiting for 4 DCU", StringComparison.Ordinal) == true, "it to wait");
        await waits.Stop(new());
        var stopped = await node.WaitForAsync("waits", "stopped");
        Assert.Equal(2, stopped.Provision!.CapacityUnits);
        await waits.Delete(new());
        await CreateAsync(node, "next", null, endpoints: false);
        await node.WaitForAsync("next", "running");
    }

    [Fact]
    public async Task A_change_capture_whose_load_is_steady_has_nothing_due()
    {
        await using var node = await TestNode.StartAsync();
        await CreateAsync(node, "orders", null);
        Assert.Null((await node.WaitForAsync("orders", "running")).Due);
    }

    private static async Task<IReplicationGrain> CreateAsync(TestNode node, string identifier, string? profile, bool endpoints = true, int max = 4)
    {
        if (endpoints)
        {
            await node.CreateEndpointsAsync();
        }

        var grain = node.Grains.GetGrain<IReplicationGrain>(TestNode.ArnOf(identifier));
        var spec = Tests.Grains.Sample.Spec(ReplicationType.Cdc) with { Identifier = identifier, SupplementalSettings = profile, Compute = new() { MaxCapacityUnits = max } };
        Assert.Null((await grain.Create(new(spec))).Refusal);
        await grain.StartedAsync();
        return grain;
    }
}
