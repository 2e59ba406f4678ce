using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Node;

/// <summary>The walk on a real node: grains, store, reminders, engine.</summary>
public sealed class WalkTests
{
    private static readonly string[] FullWalk =
    [
        "created", "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata",
        "calculating_capacity", "provisioning_capacity", "replication_starting", "running",
    ];

    [Theory, InlineData("36000"), InlineData("infinite")]
    public async Task A_replication_walks_every_phase_in_order(string scale)
    {
        await using var node = await TestNode.StartAsync(Scale(scale));
        await node.CreateEndpointsAsync();
        var started = await (await node.CreateAsync("orders")).StartedAsync();
        Assert.Equal("initializing", started.Status);

        await node.WaitForAsync("orders", "running");
        var history = await node.HistoryAsync("orders");
        Assert.Equal(FullWalk, history.Select(t => t.To.ToWire()));
        Assert.Equal(Enumerable.Range(1, 9).Select(i => (long)i), history.Select(t => t.Sequence));
        Assert.All(history.Skip(2), t => Assert.True(t.At >= t.Planned, $"{t} came before its time"));
    }

    [Fact]
    public async Task A_full_load_ends_by_itself_and_gives_its_capacity_back()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        await (await node.CreateAsync("load", ReplicationType.FullLoad)).StartedAsync();
        var stopped = await node.WaitForAsync("load", "stopped");
        Assert.Equal("Stop Reason FULL_LOAD_ONLY_FINISHED", stopped.StopReason);
        var rested = await Until.AsyncIs(() => node.ViewAsync("load"), v => v.Provision?.State == "deprovisioned", "capacity to be taken back");
        Assert.Equal(0, rested.Provision!.CapacityUnits);
        Assert.Null(rested.Stats);
        Assert.Null(rested.Due);
    }

    [Fact]
    public async Task Stop_start_and_delete_set_the_status_before_they_answer()
    {
        await using var node = await TestNode.StartAsync(new TimeScale(600));
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders");
        Assert.Equal("initializing", (await grain.Start(new() { StartType = "start-replication" })).Value!.Status);
        Assert.Equal("stopping", (await grain.Stop(new())).Value!.Status);
        var stopped = await node.WaitForAsync("orders", "stopped");
        Assert.Equal("Stop Reason NORMAL", stopped.StopReason);
        Assert.Equal("deleting", (await grain.Delete(new())).Value!.Status);
        await Until.AsyncIs(() => node.Directory.List(new() { Arns = [TestNode.ArnOf("orders")] }), p => p.Items.Count == 0, "the replication to be gone");
        Assert.Null(await node.Directory.History(TestNode.ArnOf("orders"), 0, 10));
        Assert.Null(await grain.GetState());
    }

    [Theory]
    [InlineData("initializing")]
    [InlineData("preparing_metadata_resources")]
    [InlineData("testing_connection")]
    [InlineData("fetching_metadata")]
    [InlineData("calculating_capacity")]
    [InlineData("provisioning_capacity")]
    [InlineData("replication_starting")]
    [InlineData("running")]
    public async Task It_can_be_stopped_in_any_phase(string phase)
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var profile = phase == "running" ? null : """{"simulation":{"phases":{"PHASE":{"hangProbability":1}}}}""".Replace("PHASE", phase, StringComparison.Ordinal);
        var grain = await node.CreateAsync("orders", supplemental: profile);
        await grain.StartedAsync();
        await node.WaitForAsync("orders", phase);
        Assert.Null((await grain.Stop(new())).Refusal);
        Assert.Equal("Stop Reason NORMAL", (await node.WaitForAsync("orders", "stopped")).StopReason);
    }

    [Fact]
    public async Task A_stop_of_what_does_not_run_is_refused_and_changes_nothing()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders");
        var refusal = (await grain.Stop(new())).Refusal!;
        Assert.Equal(Fault.InvalidResourceState, refusal.Fault);
        Assert.Contains("is in CREATED state", refusal.Message, StringComparison.Ordinal);
        Assert.Single(await node.HistoryAsync("orders"));
    }

    [Fact]
    public async Task Two_replications_cannot_have_one_identifier()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        await node.CreateAsync("orders");
        var spec = Tests.Grains.Sample.Spec(ReplicationType.Cdc) with { Identifier = "orders" };
        var answer = await node.Grains.GetGrain<IReplicationGrain>(TestNode.ArnOf("other")).Create(new(spec));
        Assert.Equal(Fault.ResourceAlreadyExists, answer.Refusal!.Fault);
        Assert.Equal(TestNode.ArnOf("orders"), answer.Refusal.ResourceArn);
    }

    [Fact]
    public async Task A_stopped_replication_resumes_the_short_way_with_its_capacity()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders");
        await grain.StartedAsync();
        await node.WaitForAsync("orders", "running");
        await grain.Stop(new());
        await node.WaitForAsync("orders", "stopped");
        await grain.StartedAsync("resume-processing");
        await node.WaitForAsync("orders", "running");
        var run2 = (await node.HistoryAsync("orders")).Where(t => t.Run == 2).Select(t => t.To.ToWire());
        Assert.Equal(["initializing", "testing_connection", "replication_starting", "running"], run2);
    }

    [Fact]
    public async Task A_failed_connection_test_fails_the_replication_with_the_services_words()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders", supplemental: """{"simulation":{"phases":{"testing_connection":{"failureProbability":1,"failureMessage":"no route to host"}}}}""");
        await grain.StartedAsync();
        var failed = await node.WaitForAsync("orders", "failed");
        Assert.Equal(["Test connection failed for endpoint 'source-db' and replication config 'orders'. Failure Message: 'no route to host'"], failed.FailureMessages);
        Assert.Equal("Stop Reason FATAL_ERROR", failed.StopReason);
    }

    [Fact]
    public async Task A_replication_waits_for_capacity_says_so_and_gets_it_when_it_is_free()
    {
        await using var node = await TestNode.StartAsync(configuration: new Dictionary<string, string?> { ["DmsOrleans:Replications:CapacityPoolUnits"] = "16", ["DmsOrleans:Replications:CapacityPollInterval"] = "1.00:00:00" });
        await node.CreateEndpointsAsync();
        var first = await node.CreateAsync("first");
        await first.StartedAsync();
        await node.WaitForAsync("first", "running");
        await (await node.CreateAsync("second")).StartedAsync();
        var waiting = await Until.AsyncIs(() => node.ViewAsync("second"), v => v.WaitingOn?.StartsWith("Waiting for 16 DCU", StringComparison.Ordinal) == true, "second to wait");
        Assert.Equal("provisioning_capacity", waiting.Status);
        await first.Stop(new());
        await node.WaitForAsync("first", "stopped");
        await first.Delete(new());
        await node.WaitForAsync("second", "running");
        Assert.Single(await node.HistoryAsync("second"), t => t.Cause == "capacity-awaited");
    }

    [Fact]
    public async Task An_endpoint_in_use_can_neither_be_deleted_nor_modified()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        await (await node.CreateAsync("orders")).StartedAsync();
        await node.WaitForAsync("orders", "running");
        var endpoint = node.Grains.GetGrain<DmsOrleans.Endpoints.IEndpointGrain>(Tests.Grains.Sample.SourceArn);
        Assert.Equal(Fault.InvalidResourceState, (await endpoint.Delete(new())).Refusal!.Fault);
        Assert.Equal(Fault.InvalidResourceState, (await endpoint.Modify(new() { Port = 1 })).Refusal!.Fault);
    }

    [Fact]
    public async Task A_modification_is_in_force_when_it_is_answered()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders");
        var modified = (await grain.Modify(new() { Identifier = "renamed" })).Value!;
        Assert.Equal(("created", "renamed"), (modified.Status, modified.Config.Identifier));
        Assert.Equal(["created", "modifying", "created"], (await node.HistoryAsync("orders")).Select(t => t.To.ToWire()));
        Assert.Equal(Fault.InvalidParameterCombination, (await grain.Modify(new() { Identifier = "renamed" })).Refusal!.Fault);
    }

    private static TimeScale Scale(string text) => TimeScale.TryParse(text, out var scale) ? scale : throw new ArgumentException(text);
}
