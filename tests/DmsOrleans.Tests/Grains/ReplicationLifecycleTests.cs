using DmsOrleans.Assessments;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Capacity;
using DmsOrleans.Replications;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Tests.Grains;

using Events = DmsOrleans.Replications.ReplicationEvent;   // in here it comes before the namespace of that name

public sealed class ReplicationLifecycleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    // One of each kind of event; the table below names them by cause.
    private static readonly Events[] AllEvents =
    [
        new Events.Created(Sample.Spec()), new Events.StartRequested(Sample.Run()), new Events.PhaseCompleted(Result), new Events.CapacityAwaited("full"),
        new Events.RunEnded(StopReasons.FullLoadOnlyFinished, null), new Events.Failure(["broken"], StopReasons.FatalError, null), new Events.StopRequested(),
        new Events.StopCompleted(null), new Events.ReloadRequested([]), new Events.ModifyRequested(Sample.Spec()), new Events.Modified(),
        new Events.AssessmentStarted(Assessment), new Events.AssessmentProgressed(Assessment), new Events.AssessmentCompleted(Assessment), new Events.AssessmentCancelled(Assessment),
        new Events.ScalingStarted(Up, default, default), new Events.ScalingStarted(Down, default, default), new Events.ScalingCompleted(), new Events.ScalingRefused(default, true),
        new Events.DeleteRequested(), new Events.DeprovisioningStarted(), new Events.Deprovisioned(),
    ];

    // The whole table of what may follow what, written down a second time, by hand, from the AWS documentation.
    private static readonly string[] Legal =
    [
        "- created created",
        "created start-requested initializing", "created modify-requested modifying", "created delete-requested deleting",
        "initializing assessment-started initializing", "initializing assessment-completed initializing", "initializing assessment-cancelled initializing",
        "initializing phase-completed preparing_metadata_resources", "initializing failure failed", "initializing stop-requested stopping",
        "preparing_metadata_resources phase-completed testing_connection", "preparing_metadata_resources failure failed", "preparing_metadata_resources stop-requested stopping",
        "testing_connection phase-completed fetching_metadata", "testing_connection failure failed", "testing_connection stop-requested stopping",
        "fetching_metadata phase-completed calculating_capacity", "fetching_metadata failure failed", "fetching_metadata stop-requested stopping",
        "calculating_capacity phase-completed provisioning_capacity", "calculating_capacity failure failed", "calculating_capacity stop-requested stopping",
        "provisioning_capacity capacity-awaited provisioning_capacity", "provisioning_capacity phase-completed replication_starting", "provisioning_capacity failure failed", "provisioning_capacity stop-requested stopping",
        "replication_starting phase-completed running", "replication_starting failure failed", "replication_starting stop-requested stopping",
        "running reload-requested running", "running scaling-up running", "running scaling-down running", "running scaling-completed running", "running scaling-refused running", "running capacity-awaited running",
        "running run-ended stopped", "running failure failed", "running stop-requested stopping",
        "stopping stop-completed stopped",
        "stopped start-requested initializing", "stopped modify-requested modifying", "stopped delete-requested deleting", "stopped deprovisioning-started stopped", "stopped deprovisioned stopped",
        "failed start-requested initializing", "failed modify-requested modifying", "failed delete-requested deleting", "failed deprovisioning-started failed", "failed deprovisioned failed",
        "modifying modified stopped",
    ];

    private static AssessmentRunState Assessment => new() { Run = 1, CreatedAt = Noon, FailOnFailure = true, ResultEncryptionMode = "SSE_S3", Names = ["a"], Status = AssessmentStatuses.Running };

    private static ScalingMove Up => new(TimeSpan.FromMinutes(5), 2, 4, true, 0.9);

    private static ScalingMove Down => new(TimeSpan.FromMinutes(60), 4, 2, false, 0.1);

    private static PhaseResult Result => new(Sample.Metadata, new CapacityEstimate(4, "because"), 4);

    public static TheoryData<string, string> EveryPair()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var status in (string[])["-", .. ReplicationStatuses.All.Select(s => s.ToWire())])
        {
            foreach (var happened in AllEvents)
            {
                pairs.Add(status, happened.Cause);
            }
        }

        return pairs;
    }

    [Theory, MemberData(nameof(EveryPair))]
    public void Every_pair_of_status_and_event_is_as_the_table_says(string status, string cause)
    {
        var happened = AllEvents.Single(e => e.Cause == cause);
        var now = In(status);
        var expected = Legal.SingleOrDefault(l => l.StartsWith($"{status} {cause} ", StringComparison.Ordinal))?.Split(' ')[2];
        if (expected is null)
        {
            Assert.False(ReplicationLifecycle.Allows(now, happened));
            Assert.Throws<IllegalTransitionException>(() => Apply(now, happened));
        }
        else
        {
            Assert.Equal(expected, Apply(now, happened).Status.ToWire());
        }
    }

    [Fact]
    public void A_transition_adds_one_to_the_sequence_and_tells_what_happened()
    {
        var before = In("running") with { Sequence = 9, Due = Noon };
        var after = Apply(before, new Events.StopRequested { Details = "maintenance" }, Noon.AddSeconds(5));
        Assert.Equal(new Transition(10, 1, Running, Stopping, "stop-requested", Noon.AddSeconds(5), null, "maintenance"), after.LastTransition);
        Assert.Equal(10, after.Sequence);
    }

    [Fact]
    public void A_phase_that_completes_answers_its_stored_deadline()
    {
        var before = In("initializing") with { Due = Noon };
        Assert.Equal(Noon, Apply(before, new Events.PhaseCompleted(Result), Noon.AddMilliseconds(20)).LastTransition!.Planned);
    }

    [Fact]
    public void Capacity_granted_before_the_next_poll_answers_no_deadline()
    {
        var before = In("provisioning_capacity") with { Due = Noon.AddSeconds(30) };
        Assert.Null(Apply(before, new Events.PhaseCompleted(Result), Noon).LastTransition!.Planned);
    }

    [Fact]
    public void A_resumed_run_with_its_capacity_walks_the_short_way()
    {
        var state = In("stopped") with { Provision = new() { State = ProvisionState.Provisioned, CapacityUnits = 8 } };
        state = Apply(state, new Events.StartRequested(Sample.Run() with { ShortWalk = true }));
        List<ReplicationStatus> walk = [state.Status];
        while (state.Status != Running)
        {
            state = Apply(state, new Events.PhaseCompleted(Result));
            walk.Add(state.Status);
        }

        Assert.Equal([Initializing, TestingConnection, ReplicationStarting, Running], walk);
        Assert.Equal(8, state.Provision!.CapacityUnits);
    }

    [Fact]
    public void A_full_walk_after_rest_gives_its_capacity_back_first()
    {
        var state = In("stopped") with { Provision = new() { State = ProvisionState.Provisioned, CapacityUnits = 8, DateProvisioned = Noon } };
        Assert.Equal(0, Apply(state, new Events.StartRequested(Sample.Run())).Provision!.CapacityUnits);
    }

    [Theory, InlineData("created"), InlineData("stopped"), InlineData("failed")]
    public void Modifying_comes_back_to_where_it_came_from(string status)
    {
        var spec = Sample.Spec() with { Identifier = "renamed" };
        var modifying = Apply(In(status), new Events.ModifyRequested(spec));
        var after = Apply(modifying, new Events.Modified());
        Assert.Equal(status, after.Status.ToWire());
        Assert.Equal("renamed", after.Spec!.Identifier);
        Assert.True(after.SpecRevision > In(status).SpecRevision);
    }

    [Fact]
    public void A_start_clears_what_the_last_run_ended_with()
    {
        var failed = Apply(In("running"), new Events.Failure(["no route"], StopReasons.FatalError, null));
        Assert.Equal(["no route"], failed.FailureMessages!);
        Assert.Equal(StopReasons.FatalError, failed.StopReason);
        var started = Apply(failed, new Events.StartRequested(Sample.Run()));
        Assert.Null(started.FailureMessages);
        Assert.Null(started.StopReason);
    }

    [Fact]
    public void The_last_stop_outlives_the_next_start()
    {
        var stopped = Apply(In("stopping"), new Events.StopCompleted(null), Noon.AddHours(1));
        Assert.Equal(Noon.AddHours(1), Apply(stopped, new Events.StartRequested(Sample.Run() with { Number = 2 })).Run!.LastStoppedAt);
    }

    [Fact]
    public void A_step_of_scaling_that_a_stop_cuts_off_never_came_into_force()
    {
        var scaling = Apply(In("running") with { Provision = new() { State = ProvisionState.Provisioned, CapacityUnits = 2 } }, new Events.ScalingStarted(Up, TimeSpan.FromMinutes(8), Noon));
        Assert.Equal((4, 2), (scaling.Provision!.CapacityUnits, scaling.Run!.Scaling!.From));
        var stopped = Apply(Apply(scaling, new Events.StopRequested()), new Events.StopCompleted(null));
        Assert.Equal(2, stopped.Provision!.CapacityUnits);
        Assert.Null(stopped.Run!.Scaling!.Target);
    }

    [Fact]
    public void Coming_to_rest_keeps_position_and_elapsed_time_for_a_resume()
    {
        var stopped = Apply(In("stopping"), new Events.StopCompleted(new RunReport(TimeSpan.FromHours(1), "checkpoint:V1#1")), Noon.AddHours(1));
        Assert.Equal((Noon.AddHours(1), TimeSpan.FromHours(1), "checkpoint:V1#1"), (stopped.Run!.EndedAt, stopped.Run.ElapsedAtEnd, stopped.Run.RecoveryCheckpoint));
        Assert.Equal(StopReasons.Normal, stopped.StopReason);
    }

    [Fact]
    public void A_failure_while_waiting_for_capacity_leaves_no_provisioning_behind()
    {
        var waiting = Apply(In("provisioning_capacity"), new Events.CapacityAwaited("full"));
        Assert.Equal(ProvisionState.Provisioning, waiting.Provision!.State);
        Assert.Null(Apply(waiting, new Events.Failure(["x"], StopReasons.FatalError, null)).Provision);
    }

    private static ReplicationState Apply(ReplicationState now, Events happened, DateTimeOffset? at = null) =>
        ReplicationLifecycle.Apply("arn", now, happened, at ?? Noon, (_, _) => null);

    private static ReplicationState In(string status) => status == "-" ? new() : new()
    {
        Spec = Sample.Spec(),
        SpecRevision = 1,
        Assessments = status == "initializing" ? [Assessment] : null,
        Status = ReplicationStatuses.TryParse(status, out var parsed) ? parsed : throw new ArgumentException(status),
        Sequence = 5,
        Run = status == "created" ? null : status == "running" ? Sample.Run() with { Capacity = [new(default, 2)], Scaling = new() { From = 2, Target = 4, CompletesAt = TimeSpan.FromMinutes(8) } } : Sample.Run(),
        Provision = status is "stopped" or "failed" or "provisioning_capacity" or "running" ? new() { State = status == "provisioning_capacity" ? ProvisionState.Provisioning : ProvisionState.Provisioned } : null,
        ReturnTo = status == "modifying" ? Stopped : null,
    };
}
