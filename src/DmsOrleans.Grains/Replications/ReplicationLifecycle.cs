using DmsOrleans.Assessments;
using DmsOrleans.Engines.Capacity;
using static DmsOrleans.Replications.ReplicationEvent;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Replications;

/// <summary>
/// Every legal move of a replication, on one screen (AWS: reference of StartReplication, StopReplication, ModifyReplicationConfig,
/// DeleteReplicationConfig, and the user guide's "Components" page). Pure and total: what is not listed is refused. Live calls
/// and recovery both go through it; nothing else assigns a status.
/// </summary>
internal static class ReplicationLifecycle
{
    /// <summary>The status after <paramref name="happened"/>; null when the move is illegal. Null <paramref name="now"/> means there is no replication yet.</summary>
    public static ReplicationStatus? Next(ReplicationStatus? now, ReplicationEvent happened, bool shortWalk, ReplicationStatus? returnTo) =>
        (now, happened) switch
        {
            (null, ReplicationEvent.Created) => ReplicationStatus.Created,

            (ReplicationStatus.Created or Stopped or Failed, StartRequested) => Initializing,
            (Initializing, AssessmentStarted or AssessmentCompleted or AssessmentCancelled) => Initializing,
            (Initializing, PhaseCompleted) => shortWalk ? TestingConnection : PreparingMetadataResources,
            (PreparingMetadataResources, PhaseCompleted) => TestingConnection,
            (TestingConnection, PhaseCompleted) => shortWalk ? ReplicationStarting : FetchingMetadata,
            (FetchingMetadata, PhaseCompleted) => CalculatingCapacity,
            (CalculatingCapacity, PhaseCompleted) => ProvisioningCapacity,
            (ProvisioningCapacity, CapacityAwaited) => ProvisioningCapacity,
            (ProvisioningCapacity, PhaseCompleted) => ReplicationStarting,
            (ReplicationStarting, PhaseCompleted) => Running,

            (Running, ReloadRequested) => Running,
            (Running, ScalingStarted or ScalingCompleted or ScalingRefused or CapacityAwaited) => Running,
            (Running, RunEnded) => Stopped,
            ({ } phase, Failure) when phase.IsStartPhase() || phase == Running => Failed,
            ({ } phase, StopRequested) when phase.IsStartPhase() || phase == Running => Stopping,
            (Stopping, StopCompleted) => Stopped,

            ({ } rest, DeprovisioningStarted or Deprovisioned) when rest is Stopped or Failed => rest,
            ({ } rest, ModifyRequested) when rest.IsAtRest() => Modifying,
            (Modifying, Modified) => returnTo,
            ({ } rest, DeleteRequested) when rest.IsAtRest() => Deleting,

            _ => null,
        };

    /// <summary>Whether the event is legal for a replication in this state.</summary>
    public static bool Allows(ReplicationState now, ReplicationEvent happened) => NextOf(now, happened) is not null;

    /// <summary>The state after the event. What is due next depends on the new status, so <paramref name="dueOf"/> is asked with it.</summary>
    /// <param name="arn">The replication.</param>
    /// <param name="now">The state before; <see cref="ReplicationState.Sequence"/> 0 when there is none yet.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="at">When it was decided.</param>
    /// <param name="dueOf">When the grain must act next, given the new state.</param>
    /// <exception cref="IllegalTransitionException">The move is not legal; nothing changed.</exception>
    public static ReplicationState Apply(
        string arn, ReplicationState now, ReplicationEvent happened, DateTimeOffset at, Func<string, ReplicationState, DateTimeOffset?> dueOf)
    {
        ReplicationStatus? from = now.Sequence == 0 ? null : now.Status;
        var to = NextOf(now, happened) ?? throw new IllegalTransitionException(from, happened.Cause);
        var folded = Fold(now, happened, at);
        var next = folded with
        {
            Status = to,
            Sequence = now.Sequence + 1,
            StatusSince = from == to ? now.StatusSince : at,
            UpdatedAt = at,
            LastTransition = new Transition(now.Sequence + 1, folded.Run?.Number ?? 0, from, to, happened.Cause, at, PlannedFor(now, happened, at), happened.Details),
        };
        return dueOf(arn, next) is var due && due == next.Due ? next : next with { Due = due };
    }

    // A command answers no deadline. The rest answers the stored one, unless it came before its time: a capacity grant, a failure of a running engine.
    private static DateTimeOffset? PlannedFor(ReplicationState now, ReplicationEvent happened, DateTimeOffset at) =>
        happened is ReplicationEvent.Created or AssessmentCancelled or StartRequested or StopRequested or ReloadRequested or ModifyRequested or DeleteRequested || at < now.Due ? null : now.Due;

    private static ReplicationStatus? NextOf(ReplicationState now, ReplicationEvent happened) =>
        Next(now.Sequence == 0 ? null : now.Status, happened, now.Run?.ShortWalk ?? false, now.ReturnTo);

    // What the event carries goes into the state; the status is not touched here.
    private static ReplicationState Fold(ReplicationState now, ReplicationEvent happened, DateTimeOffset at) => happened switch
    {
        ReplicationEvent.Created e => now with { Spec = e.Spec, SpecRevision = 1 },
        StartRequested e => now with { Run = CarriedOn(now.Run, e.Run), StopReason = null, FailureMessages = null, Provision = KeptAtStart(now.Provision, e.Run), Assessments = AssessmentRuns.Add(now.Assessments, e.Assessment) },
        AssessmentStarted e => now with { Assessments = AssessmentRuns.Replace(now.Assessments, e.Run) },
        AssessmentCompleted e => now with { Assessments = AssessmentRuns.Replace(now.Assessments, e.Run) },
        AssessmentCancelled e => now with { Assessments = AssessmentRuns.Replace(now.Assessments, e.Run) },
        PhaseCompleted e => FoldPhase(now, e.Result, at),
        CapacityAwaited { Move: { } move } e => ScalingAwaited(now, move, e.Reason, at),
        CapacityAwaited e => now with { Provision = Awaited(now.Provision, e.Reason, at) },
        ScalingStarted e => Scaling(now, e),
        ScalingCompleted => Scaled(now, at),
        ScalingRefused e => now with { Run = now.Run! with { Scaling = new() { Since = e.Since, RefusedUp = e.IsUp } } },
        ReloadRequested e => now with { Run = now.Run! with { Reloads = e.Reloads } },
        RunEnded e => AtRest(now, e.Report, at) with { StopReason = e.StopReason },
        StopCompleted e => AtRest(now, e.Report, at) with { StopReason = Engines.StopReasons.Normal },
        Failure e => AtRest(now, e.Report, at) with { StopReason = e.StopReason, FailureMessages = e.Messages },
        DeprovisioningStarted => now with { Provision = now.Provision! with { State = ProvisionState.Deprovisioning } },
        Deprovisioned => now with
        {
            Provision = now.Provision! with { State = ProvisionState.Deprovisioned, CapacityUnits = 0 },
        },
        ModifyRequested e => now with { Spec = e.Spec, SpecRevision = now.SpecRevision + 1, ReturnTo = now.Status },
        Modified => now with { ReturnTo = null },
        _ => now,
    };

    private static ReplicationState FoldPhase(ReplicationState now, PhaseResult result, DateTimeOffset at) => now.Status switch
    {
        FetchingMetadata => now with { Run = now.Run! with { Metadata = result.Metadata } },
        CalculatingCapacity => now with
        {
            Run = now.Run! with { EstimatedUnits = result.Estimate!.CapacityUnits },
            Provision = (now.Provision ?? new ProvisionState { State = ProvisionState.Provisioning }) with
            {
                State = ProvisionState.Provisioning,
                Reason = result.Estimate.Reason,
                ReasonAt = at,
            },
        },
        ProvisioningCapacity => now with
        {
            Provision = now.Provision! with { State = ProvisionState.Provisioned, CapacityUnits = result.GrantedUnits!.Value, DateProvisioned = at },
        },
        ReplicationStarting => now with { Run = now.Run! with { RunningSince = at, EverRan = true } },
        _ => now,
    };

    // Capacity is kept from stop to start only when the walk is going to use it: a full walk computes it anew, and gets it from the pool anew.
    private static ProvisionState? KeptAtStart(ProvisionState? provision, RunState run) =>
        provision is null || run.ShortWalk ? provision : provision with { State = ProvisionState.Deprovisioned, CapacityUnits = 0, DateProvisioned = null, Reason = null, ReasonAt = null, IsNew = false };

    // A run that goes on with its capacity goes on with what became of it, too.
    private static RunState CarriedOn(RunState? before, RunState run) => before is null ? run : run with
    {
        LastStoppedAt = before.EndedAt ?? before.LastStoppedAt,
        Capacity = run.ShortWalk ? before.Capacity : null,
        Scaling = run.ShortWalk ? before.Scaling : null,
    };

    private static ReplicationState ScalingAwaited(ReplicationState now, ScalingMove move, string reason, DateTimeOffset at) => now with
    {
        Run = now.Run! with { Scaling = new() { Since = move.At, From = move.From, Target = move.To } },
        Provision = now.Provision! with { Reason = reason, ReasonAt = at },
    };

    private static ReplicationState Scaling(ReplicationState now, ScalingStarted started) => now with
    {
        Run = now.Run! with
        {
            Capacity = now.Run.Capacity ?? [new(TimeSpan.Zero, started.Move.From)],
            Scaling = new() { Since = started.Move.At, From = started.Move.From, Target = started.Move.To, CompletesAt = started.CompletesAt },
        },
        Provision = now.Provision! with
        {
            CapacityUnits = Math.Max(started.Move.From, started.Move.To), Reason = started.Move.Reason, ReasonAt = started.AvailableAt, IsNew = false,
        },
    };

    private static ReplicationState Scaled(ReplicationState now, DateTimeOffset at)
    {
        var (done, units) = (now.Run!.Scaling!.CompletesAt!.Value, now.Run.Scaling.Target!.Value);
        return now with
        {
            Run = now.Run with { Capacity = [.. now.Run.Capacity!, new(done, units)], Scaling = new() { Since = done } },
            Provision = now.Provision! with { CapacityUnits = units, DateProvisioned = at, ReasonAt = at, IsNew = true },
        };
    }

    // A step that the run's end interrupts never came into force.
    private static ReplicationState WithoutScaling(ReplicationState now) => now.Run?.Scaling is not { Target: not null } scaling ? now : now with
    {
        Run = now.Run with { Scaling = new() { Since = scaling.Since } },
        Provision = now.Provision! with { CapacityUnits = scaling.From },
    };

    private static ProvisionState Awaited(ProvisionState? provision, string reason, DateTimeOffset at) =>
        (provision ?? new ProvisionState { State = ProvisionState.Provisioning }) with { State = ProvisionState.Provisioning, Reason = reason, ReasonAt = at };

    private static ReplicationState AtRest(ReplicationState now, RunReport? report, DateTimeOffset at)
    {
        var settled = WithoutScaling(now);
        return settled with
        {
            Run = settled.Run! with
            {
                EndedAt = at,
                ElapsedAtEnd = report?.Elapsed ?? settled.Run.ElapsedBefore,
                RecoveryCheckpoint = report?.Checkpoint ?? settled.Run.RecoveryCheckpoint,
            },
            Assessments = AssessmentRuns.Closed(settled.Assessments),
            Provision = settled.Provision is { State: ProvisionState.Provisioning } ? null : settled.Provision,
        };
    }
}

/// <summary>A move that the lifecycle does not have: a bug in the caller, since commands are checked first.</summary>
[GenerateSerializer, Alias("dms.IllegalTransitionException")]
internal sealed class IllegalTransitionException : Exception
{
    public IllegalTransitionException(ReplicationStatus? from, string cause)
        : base($"A replication in status '{from?.ToWire() ?? "(none)"}' has no transition for '{cause}'.")
    {
    }
}
