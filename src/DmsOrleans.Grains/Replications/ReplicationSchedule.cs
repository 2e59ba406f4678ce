using DmsOrleans.Assessments;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Capacity;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Replications;

/// <summary>When a replication must act next. Pure: state, engine plan and options in, deadline out.</summary>
internal sealed class ReplicationSchedule(IReplicationEngine engine, ReplicationOptions options)
{
    private static readonly LoadForecast Steady = new([], TimeSpan.Zero);
    private readonly TimeScale scale = options.Scale;

    /// <summary>The time scale in force.</summary>
    public TimeScale Scale => scale;

    /// <summary>The deadline of a state that has just been entered; null when only a command moves it.</summary>
    public DateTimeOffset? DueOf(string arn, ReplicationState state) => state.Status switch
    {
        ProvisioningCapacity when state.IsInLine() => state.UpdatedAt + options.CapacityPollInterval,
        Initializing when AssessmentRuns.Of(state) is { Status: not AssessmentStatuses.Starting } => NextAssessmentOf(arn, state, state.UpdatedAt),
        var phase when phase.IsStartPhase() => After(state.UpdatedAt, engine.PlannedDuration(EngineJobs.Of(arn, state), phase)),
        Running => Earlier(RunEndOf(arn, state)?.At, ScalingStepOf(arn, state)),
        Stopping => After(state.UpdatedAt, options.StopDuration),
        Modifying => After(state.UpdatedAt, options.ModifyDuration),
        Deleting => After(state.UpdatedAt, options.DeleteDuration),
        Stopped or Failed => DeprovisionStepOf(state),
        _ => null,
    };

    /// <summary>How the run in progress ends by itself; null when it does not, or is not running yet.</summary>
    public RunEnd? RunEndOf(string arn, ReplicationState state) =>
        state.Run?.Clock() is { } clock && state.Status == Running ? engine.PlannedEnd(EngineJobs.Of(arn, state), clock) : null;

    /// <summary>The next change of capacity, while none is under way; null when the load asks for none, or it is not running.</summary>
    public ScalingMove? NextMoveOf(string arn, ReplicationState state) =>
        state.Status == Running && state.Run!.Clock() is { } clock && state.Run.Scaling is not { Target: not null }
            ? Autoscaling.Next(LoadOf(arn, state, clock), state.Provision!.CapacityUnits, state.Spec!.Compute, options.Autoscaling, ScalingSince(state.Run), state.Run.Scaling?.RefusedUp)
            : null;

    /// <summary>Whether the step that capacity is waited for is still wanted.</summary>
    public bool StillWantsMore(string arn, ReplicationState state, TimeSpan elapsed) =>
        Autoscaling.WantsMore(LoadOf(arn, state, state.Run!.Clock()!.Value), state.Run.Scaling!.From, state.Spec!.Compute, options.Autoscaling, elapsed);

    /// <summary>When a step begun at <paramref name="at"/> is done, in running time and in real time.</summary>
    public (TimeSpan Elapsed, DateTimeOffset Real) StepDone(ReplicationState state, TimeSpan at)
    {
        var done = at + options.Autoscaling.StepDuration;
        return (done, state.Run!.Clock()!.Value.At(done));
    }

    /// <summary>When the individual assessment begun at <paramref name="at"/> is over; at once when all are.</summary>
    public DateTimeOffset? NextAssessmentOf(string arn, ReplicationState state, DateTimeOffset at) =>
        AssessmentRuns.Of(state) is { Status: AssessmentStatuses.Running } run
            ? After(at, engine.PlannedAssessmentDuration(EngineJobs.Of(arn, state), run.Names[run.Outcomes.Count]))
            : at;

    /// <summary>When a replication that waits for capacity asks for it again by itself, unless its run ends before.</summary>
    public DateTimeOffset? NextAskOf(string arn, ReplicationState state, DateTimeOffset now) => Earlier(RunEndOf(arn, state)?.At, now + options.CapacityPollInterval);

    private DateTimeOffset? ScalingStepOf(string arn, ReplicationState state)
    {
        if (state.Run!.Clock() is not { } clock)
        {
            return null;
        }

        var at = state.Run.Scaling switch
        {
            { Target: not null, CompletesAt: null } => state.UpdatedAt + options.CapacityPollInterval,
            { CompletesAt: { } done } => clock.At(done),
            _ => NextMoveOf(arn, state) is { } move ? clock.At(move.At) : DateTimeOffset.MaxValue,
        };
        return at == DateTimeOffset.MaxValue ? null : at;
    }

    private LoadForecast LoadOf(string arn, ReplicationState state, RunClock clock) => engine.ExpectedLoad(EngineJobs.Of(arn, state), clock) ?? Steady;

    private static TimeSpan ScalingSince(RunState run) => run.Scaling is { } scaling && scaling.Since > run.ElapsedBefore ? scaling.Since : run.ElapsedBefore;

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;

    // At rest only capacity keeps a replication in motion: taken back at once after a full load, else after the delay (48 hours on AWS).
    private DateTimeOffset? DeprovisionStepOf(ReplicationState state) => state.Provision?.State switch
    {
        ProvisionState.Provisioned when state.Spec!.Type.HasCdc() => AfterWindow(state.Run!.EndedAt ?? state.UpdatedAt, options.DeprovisionDelay),
        ProvisionState.Provisioned => After(state.Run!.EndedAt ?? state.UpdatedAt, options.FullLoadDeprovisionDelay),
        ProvisionState.Deprovisioning => After(state.UpdatedAt, options.DeprovisionDuration),
        _ => null,
    };

    // Time left to a client, in which it may resume: skipped like a wait, no stopped replication could ever be resumed.
    private DateTimeOffset? AfterWindow(DateTimeOffset at, TimeSpan window) => Sum(at, scale.IsInfinite ? window : scale.ToReal(window));

    private DateTimeOffset? After(DateTimeOffset at, TimeSpan simulated) => Sum(at, scale.ToReal(simulated));

    private static DateTimeOffset? Sum(DateTimeOffset at, TimeSpan real) => real >= DateTimeOffset.MaxValue - at ? null : at + real;
}

/// <summary>Makes an engine's job out of a state.</summary>
internal static class EngineJobs
{
    public static EngineJob Of(string arn, ReplicationState state) => new()
    {
        Arn = arn,
        Spec = state.Spec!,
        Run = state.Run?.Number ?? 0,
        ElapsedBefore = state.Run?.ElapsedBefore ?? TimeSpan.Zero,
        CdcStartPosition = state.Run?.CdcStartPosition,
        CdcStopPosition = state.Run?.CdcStopPosition,
        Reloads = state.Run?.Reloads ?? [],
        IsOver = state.Run?.EndedAt is not null,
        CapacityUnits = state.Run?.Capacity is [var first, ..] ? first.CapacityUnits : state.Provision?.CapacityUnits ?? 0,
        CapacityChanges = state.Run?.Capacity is { } changes ? [.. changes.Skip(1)] : [],
    };
}
