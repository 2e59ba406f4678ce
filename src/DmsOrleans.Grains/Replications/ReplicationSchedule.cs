using DmsOrleans.Engines;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Replications;

/// <summary>When a replication must act next. Pure: state, engine plan and options in, deadline out.</summary>
internal sealed class ReplicationSchedule(IReplicationEngine engine, ReplicationOptions options)
{
    private readonly TimeScale scale = options.Scale;

    /// <summary>The time scale in force.</summary>
    public TimeScale Scale => scale;

    /// <summary>The deadline of a state that has just been entered; null when only a command moves it.</summary>
    public DateTimeOffset? DueOf(string arn, ReplicationState state) => state.Status switch
    {
        ProvisioningCapacity when state.StatusSince < state.UpdatedAt => state.UpdatedAt + options.CapacityPollInterval,
        var phase when phase.IsStartPhase() => After(state.UpdatedAt, engine.PlannedDuration(EngineJobs.Of(arn, state), phase)),
        Running => RunEndOf(arn, state)?.At,
        Stopping => After(state.UpdatedAt, options.StopDuration),
        Modifying => After(state.UpdatedAt, options.ModifyDuration),
        Deleting => After(state.UpdatedAt, options.DeleteDuration),
        Stopped or Failed => DeprovisionStepOf(state),
        _ => null,
    };

    /// <summary>How the run in progress ends by itself; null when it does not, or is not running yet.</summary>
    public RunEnd? RunEndOf(string arn, ReplicationState state) =>
        state.Run?.Clock() is { } clock && state.Status == Running ? engine.PlannedEnd(EngineJobs.Of(arn, state), clock) : null;

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
    };
}
