using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Grains;

public sealed class MaintenanceRulesTests
{
    /// <summary>A Wednesday.</summary>
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly AnnouncedMaintenance[] Nothing = [];
    private static readonly AnnouncedMaintenance[] Announced = [new() { Action = "system-update", Description = "a new engine" }];

    [Theory]
    [InlineData("wed:12:01-wed:13:00", "2026-03-04T12:01")]
    [InlineData("wed:12:00-wed:13:00", "2026-03-11T12:00")]
    [InlineData("Mon:00:00-mon:01:00", "2026-03-09T00:00")]
    [InlineData("sun:23:45-mon:00:30", "2026-03-08T23:45")]
    [InlineData(null, "2026-03-08T05:00")]
    [InlineData("", "2026-03-08T05:00")]
    public void The_next_window_is_the_first_that_opens_later(string? window, string opens) =>
        Assert.Equal(DateTimeOffset.Parse(opens + "Z", null), MaintenanceRules.NextWindow(window, Now));

    [Fact]
    public void Nothing_is_pending_until_something_is_announced_or_opted_in_to()
    {
        Assert.Empty(MaintenanceRules.Pending(null, Nothing, Now));
        Assert.Equal(new MaintenanceAction("system-update", null, null, "a new engine"), Assert.Single(MaintenanceRules.Pending(null, Announced, Now)));
    }

    [Fact]
    public void The_next_maintenance_is_pending_until_the_window_opens_and_can_be_undone()
    {
        var state = State(Apply(State(null), "system-update", MaintenanceRules.NextMaintenance));
        var opens = new DateTimeOffset(2026, 3, 8, 5, 0, 0, TimeSpan.Zero);
        var pending = new MaintenanceAction("system-update", "next-maintenance", opens, "a new engine");
        Assert.Equal(pending, Assert.Single(MaintenanceRules.Pending(state.Maintenance, Announced, Now)));
        Assert.Empty(MaintenanceRules.Pending(state.Maintenance, Announced, opens));
        Assert.Empty(Apply(state, "system-update", MaintenanceRules.UndoOptIn));
    }

    [Fact]
    public void An_immediate_opt_in_is_answered_once_is_applied_then_and_cannot_be_undone()
    {
        var state = State(Apply(State(null), "os-upgrade", MaintenanceRules.Immediate));
        var command = new ApplyMaintenance("os-upgrade", MaintenanceRules.Immediate);
        Assert.Equal(new MaintenanceAction("os-upgrade", "immediate", Now, null), Assert.Single(MaintenanceRules.After(command, state.Maintenance!, Nothing, Now)));
        Assert.Empty(MaintenanceRules.Pending(state.Maintenance, Nothing, Now));
        Assert.Equal(Fault.InvalidParameterCombination, MaintenanceRules.Apply(state, new("os-upgrade", MaintenanceRules.UndoOptIn), Now).Refusal!.Fault);
    }

    [Theory, InlineData("db-downgrade", "immediate", "ApplyAction"), InlineData("os-patch", "later", "OptInType")]
    public void Words_that_are_not_listed_are_refused_by_name(string action, string optIn, string named)
    {
        var (_, refusal) = MaintenanceRules.Apply(State(null), new(action, optIn), Now);
        Assert.Equal(Fault.InvalidParameterValue, refusal!.Fault);
        Assert.StartsWith(named, refusal.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<MaintenanceOptIn> Apply(ReplicationState state, string action, string optIn)
    {
        var (optIns, refusal) = MaintenanceRules.Apply(state, new(action, optIn), Now);
        Assert.Null(refusal);
        return optIns!;
    }

    private static ReplicationState State(IReadOnlyList<MaintenanceOptIn>? optIns) => new() { Spec = Sample.Spec(), Maintenance = optIns };
}
