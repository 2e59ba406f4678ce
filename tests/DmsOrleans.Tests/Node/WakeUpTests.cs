using DmsOrleans.Replications;
using DmsOrleans.Silo;
using DmsOrleans.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DmsOrleans.Tests.Node;

/// <summary>Timer, reminder and sweeper: each is enough by itself, and none minds a clock that is set back.</summary>
public sealed class WakeUpTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Theory, InlineData("timer"), InlineData("reminder"), InlineData("sweeper")]
    public async Task One_wake_up_alone_walks_a_replication_to_running(string wakeUp)
    {
        await using var node = await StartAsync(wakeUp);
        await node.CreateEndpointsAsync();
        await (await node.CreateAsync("orders")).StartedAsync();
        await node.WaitForAsync("orders", "running", Soon);
        Histories.AssertLegal("orders", await node.HistoryAsync("orders"), starts: 1, stops: 0, end: "running");
    }

    // What makes the test above mean something: the switches do switch off.
    [Fact]
    public async Task With_all_three_off_nothing_moves()
    {
        await using var node = await StartAsync("none", scale: 360);
        await node.CreateEndpointsAsync();
        var started = await (await node.CreateAsync("orders")).StartedAsync();
        var time = node.Services.GetRequiredService<TimeProvider>();
        await Until.Holds(() => time.GetUtcNow() > started.Due!.Value.AddSeconds(1), "the deadline to be long past");
        Assert.Equal("initializing", (await node.ViewAsync("orders")).Status);
        Assert.Null(await ReminderOf(node, "orders"));
    }

    [Theory, InlineData("all"), InlineData("timer"), InlineData("reminder"), InlineData("sweeper")]
    public async Task A_clock_set_back_an_hour_stops_no_walk(string wakeUp)
    {
        var clock = new WallClock();
        await using var node = await StartAsync(wakeUp, clock, scale: 3_600);
        await node.CreateEndpointsAsync();
        await (await node.CreateAsync("orders")).StartedAsync();
        await Until.AsyncIs(() => node.HistoryAsync("orders"), h => h.Count >= 4, "orders to be in the middle of its walk", Soon);
        clock.Step(-Hour);
        Assert.NotEqual("running", (await node.ViewAsync("orders")).Status);

        await node.WaitForAsync("orders", "running", Soon);
        Histories.AssertLegal("orders", await node.HistoryAsync("orders"), starts: 1, stops: 0, end: "running");
    }

    [Fact]
    public async Task A_small_correction_of_the_clock_takes_no_history_back_in_time()
    {
        var clock = new WallClock();
        await using var node = await StartAsync("all", clock, scale: 1);
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders");
        await grain.StartedAsync();
        clock.Step(TimeSpan.FromSeconds(-0.9));
        Assert.Null((await grain.Stop(new())).Refusal);
        Histories.AssertLegal("orders", await node.HistoryAsync("orders"), starts: 1, stops: 1, end: "stopping");
    }

    [Theory, InlineData("all"), InlineData("reminder"), InlineData("sweeper")]
    public async Task A_node_that_comes_back_with_its_clock_an_hour_behind_goes_on(string wakeUp)
    {
        using var directory = new DataDirectory();
        await using (var first = await StartAsync("all", new WallClock(), scale: 3_600, directory: directory))
        {
            await first.CreateEndpointsAsync();
            await (await first.CreateAsync("orders")).StartedAsync();
            await Until.AsyncIs(() => first.HistoryAsync("orders"), h => h.Count >= 3, "orders to be in the middle of its walk", Soon);
        }

        await using var node = await StartAsync(wakeUp, new WallClock(-Hour), scale: 3_600, directory: directory);
        Assert.NotEqual("running", (await node.ViewAsync("orders")).Status);
        await node.WaitForAsync("orders", "running", Soon);
        Histories.AssertLegal("orders", await node.HistoryAsync("orders"), starts: 1, stops: 0, end: "running");
    }

    [Fact]
    public async Task The_reminder_is_there_while_something_is_due_and_not_at_rest()
    {
        await using var node = await TestNode.StartAsync(
            new TimeScale(60), configuration: new Dictionary<string, string?> { ["DmsOrleans:Replications:StopDuration"] = "00:00:30" });
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders");
        Assert.Null(await ReminderOf(node, "orders"));
        var started = await grain.StartedAsync();
        var reminder = await ReminderOf(node, "orders");
        Assert.InRange(reminder!.StartAt, started.Due!.Value.UtcDateTime.AddSeconds(30), started.Due.Value.UtcDateTime.AddSeconds(60));
        Assert.Contains(reminder.StartAt, (await node.Services.GetRequiredService<IReminderTable>().ReadRows(0, 0, TestContext.Current.CancellationToken)).Reminders.Select(r => r.StartAt));
        await grain.Stop(new());
        Assert.NotNull(await ReminderOf(node, "orders"));
        await node.WaitForAsync("orders", "stopped");
        Assert.Null(await ReminderOf(node, "orders"));
    }

    // A phase of hours puts the first tick after its end; a stop in it must not have to wait for that.
    [Fact]
    public async Task The_reminder_of_a_far_deadline_is_brought_forward_by_a_command()
    {
        await using var node = await TestNode.StartAsync(
            new TimeScale(0.01), configuration: new Dictionary<string, string?> { ["DmsOrleans:Replications:StopDuration"] = "00:00:00.6" });
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders");
        var started = await grain.StartedAsync();
        Assert.Equal(started.Due!.Value.UtcDateTime, (await ReminderOf(node, "orders"))!.StartAt, TimeSpan.FromMinutes(1));
        var stopping = (await grain.Stop(new())).Value!;
        var reminder = await ReminderOf(node, "orders");
        Assert.True(reminder!.StartAt <= stopping.Due!.Value.UtcDateTime + TimeSpan.FromMinutes(1), $"first tick at {reminder.StartAt:O}, due {stopping.Due:O}");
    }

    private static Task<ReminderEntry?> ReminderOf(TestNode node, string identifier) => node.Services.GetRequiredService<IReminderTable>()
        .ReadRow(node.Grains.GetGrain<IReplicationGrain>(TestNode.ArnOf(identifier)).GetGrainId(), "wake")!;

    private static Task<TestNode> StartAsync(string wakeUp, WallClock? clock = null, double scale = 18_000, DataDirectory? directory = null) => TestNode.StartAsync(
        new TimeScale(scale),
        directory?.Path,
        configuration: new Dictionary<string, string?>
        {
            ["DmsOrleans:Replications:UseTimer"] = (wakeUp is "timer" or "all").ToString(),
            ["DmsOrleans:Replications:UseReminder"] = (wakeUp is "reminder" or "all").ToString(),
            ["DmsOrleans:Replications:UseSweeper"] = (wakeUp is "sweeper" or "all").ToString(),
            ["DmsOrleans:Replications:ReminderPeriod"] = "00:00:00.2",
            ["DmsOrleans:Replications:SweepInterval"] = "00:00:00.05",
            ["DmsOrleans:Replications:SweepGrace"] = "00:00:00",
        },
        services: s => s.WithoutFlushing().AddKeyedSingleton<TimeProvider>(SteadyTime.SystemClock, clock ?? TimeProvider.System));
}
