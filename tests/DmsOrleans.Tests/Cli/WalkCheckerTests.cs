using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Load;

namespace DmsOrleans.Tests.Cli;

/// <summary>The judge accepts what is legal and names what is not.</summary>
public sealed class WalkCheckerTests
{
    private static readonly string[] Phases =
    [
        "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata",
        "calculating_capacity", "provisioning_capacity", "replication_starting", "running",
    ];

    private static readonly WalkExpectation Runs = new(1, 0, "running");

    [Fact]
    public void A_walk_to_running_is_legal() => Assert.Empty(WalkChecker.Check(Walk(), Runs));

    [Fact]
    public void A_full_load_that_ends_and_is_deprovisioned_is_legal() => Assert.Empty(WalkChecker.Check(
        Then(Walk(), ("stopped", "run-ended"), ("stopped", "deprovisioning-started"), ("stopped", "deprovisioned")), new WalkExpectation(1, 0, "stopped")));

    [Fact]
    public void Waiting_for_capacity_is_legal()
    {
        var waiting = Then(Walk().Take(7), ("provisioning_capacity", "capacity-awaited"), ("provisioning_capacity", "capacity-awaited"),
            ("replication_starting", "phase-completed"), ("running", "phase-completed"));

        Assert.Empty(WalkChecker.Check(waiting, Runs));
    }

    [Fact]
    public void A_stop_in_any_phase_is_legal()
    {
        for (var steps = 2; steps <= 9; steps++)
        {
            Assert.Empty(WalkChecker.Check(Then(Walk().Take(steps), ("stopping", "stop-requested"), ("stopped", "stop-completed")), new WalkExpectation(1, 1, "stopped")));
        }
    }

    [Fact]
    public void A_resumed_run_may_take_the_short_way() => Assert.Empty(WalkChecker.Check(Resumed(), new WalkExpectation(2, 1, "running")));

    [Fact]
    public void A_modification_that_ends_where_it_began_is_legal() => Assert.Empty(WalkChecker.Check(
        [.. Renumber([Step(null, "created", "created", 0), Step("created", "modifying", "modify-requested", 0), Step("modifying", "created", "modified", 0)])],
        new WalkExpectation(0, 0, "created")));

    [Fact]
    public void A_first_run_may_not_take_the_short_way()
    {
        var walk = Then(Walk().Take(2), ("testing_connection", "phase-completed"), ("replication_starting", "phase-completed"), ("running", "phase-completed"));

        Assert.Contains(WalkChecker.Check(walk, Runs), p => p.Rule == "legal");
    }

    [Fact]
    public void A_skipped_phase_is_refused() => AssertRefused(Renumber(Walk().Where(t => t.To != "fetching_metadata")), Runs, "skip");

    [Fact]
    public void A_repeated_phase_is_refused()
    {
        var walk = Walk();
        AssertRefused(Renumber([.. walk.Take(4), walk[3], .. walk.Skip(4)]), Runs, "skip");
    }

    [Fact]
    public void A_repeated_sequence_number_is_refused()
    {
        var walk = Walk();
        AssertRefused([.. walk.Take(4), walk[3], .. walk.Skip(4)], Runs, "repeat");
    }

    [Fact]
    public void A_missing_sequence_number_is_refused() => AssertRefused(Walk().Where(t => t.Sequence != 5), Runs, "gap");

    [Fact]
    public void A_history_that_does_not_begin_at_one_is_refused() => AssertRefused(Walk().Select(t => t with { Sequence = t.Sequence + 1 }), Runs, "gap");

    [Theory]
    [InlineData("created", "running")]
    [InlineData("running", "initializing")]
    [InlineData("stopping", "running")]
    [InlineData("failed", "running")]
    public void A_step_that_is_not_of_the_walk_is_refused(string from, string to) => Assert.False(WalkRules.IsEdge(from, to));

    [Fact]
    public void A_wrong_edge_is_refused() => AssertRefused(Then(Walk(), ("created", "phase-completed")), new WalkExpectation(1, 0, "created"), "legal");

    [Fact]
    public void A_cause_that_does_not_explain_the_step_is_refused() =>
        AssertRefused(Walk().Select(t => t.To == "running" ? t with { Cause = "start-requested", Run = 2 } : t), new WalkExpectation(2, 0, "running"), "cause");

    [Fact]
    public void A_run_number_that_jumps_is_refused() => AssertRefused(Walk().Select(t => t.To == "running" ? t with { Run = 2 } : t), Runs, "run");

    [Fact]
    public void An_acknowledged_start_that_was_not_stored_is_lost() => AssertRefused(Walk().Take(1), Runs, "lost");

    [Fact]
    public void An_acknowledged_creation_without_history_is_lost() => AssertRefused([], Runs, "lost");

    [Fact]
    public void An_acknowledged_stop_that_was_not_stored_is_lost() => AssertRefused(Walk(), new WalkExpectation(1, 1, "running"), "lost");

    [Fact]
    public void A_start_stored_twice_is_named() => AssertRefused(Resumed(), new WalkExpectation(1, 1, "running"), "twice");

    [Fact]
    public void A_walk_that_does_not_come_to_its_end_is_stuck() => AssertRefused(Walk().Take(6), Runs, "stuck");

    [Fact]
    public void A_failure_is_named_with_its_reason()
    {
        var walk = Then(Walk().Take(4), ("failed", "failure"));
        walk[^1] = walk[^1] with { Details = "no such host" };

        var problem = Assert.Single(WalkChecker.Check(walk, Runs));

        Assert.Equal("failed", problem.Rule);
        Assert.Contains("no such host", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listing_that_the_history_does_not_bear_out_is_refused()
    {
        AssertRefused(Walk(), Runs with { Listed = (9, "stopped") }, "list");
        AssertRefused(Walk(), Runs with { Listed = (10, "running") }, "list");
        Assert.Empty(WalkChecker.Check(Walk(), Runs with { Listed = (9, "running") }));
    }

    [Fact]
    public void A_modification_that_ends_elsewhere_is_refused() => AssertRefused(
        Renumber([Step(null, "created", "created", 0), Step("created", "modifying", "modify-requested", 0), Step("modifying", "stopped", "modified", 0)]),
        new WalkExpectation(0, 0, "stopped"), "legal");

    private static void AssertRefused(IEnumerable<TransitionItem> history, WalkExpectation expected, string rule) =>
        Assert.Contains(WalkChecker.Check([.. history], expected), p => p.Rule == rule);

    private static List<TransitionItem> Walk() => Then(
        [Step(null, "created", "created", 0) with { Sequence = 1 }, Step("created", "initializing", "start-requested", 1) with { Sequence = 2 }],
        [.. Phases.Skip(1).Select(p => (p, "phase-completed"))]);

    private static List<TransitionItem> Resumed()
    {
        var stopped = Then(Walk(), ("stopping", "stop-requested"), ("stopped", "stop-completed"));
        var again = Then(stopped, ("initializing", "start-requested"), ("testing_connection", "phase-completed"), ("replication_starting", "phase-completed"), ("running", "phase-completed"));
        return [.. again.Select((t, i) => i >= stopped.Count ? t with { Run = 2 } : t)];
    }

    private static List<TransitionItem> Then(IEnumerable<TransitionItem> history, params (string To, string Cause)[] steps)
    {
        var all = history.ToList();
        foreach (var (to, cause) in steps)
        {
            all.Add(Step(all[^1].To, to, cause, all[^1].Run) with { Sequence = all[^1].Sequence + 1 });
        }

        return all;
    }

    private static IEnumerable<TransitionItem> Renumber(IEnumerable<TransitionItem> history) => history.Select((t, i) => t with { Sequence = i + 1 });

    private static TransitionItem Step(string? from, string to, string cause, int run) => new(0, run, from, to, cause, DateTimeOffset.UnixEpoch, null);
}
