using DmsOrleans.Assessments;
using DmsOrleans.Capacity;
using DmsOrleans.Endpoints;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Capacity;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Replications;

/// <summary>
/// What is done when a status is due: the engine's part of each phase, turned into the event it amounts to. Repeatable: after a crash the
/// same step is done again. Completes at once where the engine does.
/// </summary>
internal sealed class ReplicationSteps(IReplicationEngine engine, ReplicationSchedule schedule, CapacityPool capacity, TimeProvider time)
{
    /// <summary>Whether the step of the state's status connects to the databases.</summary>
    public static bool NeedsEndpoints(ReplicationState state) =>
        state.Status == TestingConnection || (state.Status == Initializing && AssessmentRuns.Of(state) is { Status: AssessmentStatuses.Running });

    /// <summary>Does the step of the state's status.</summary>
    /// <param name="arn">The replication.</param>
    /// <param name="state">Its stored state, which is due.</param>
    /// <param name="endpoints">Source and target, where <see cref="NeedsEndpoints"/>; null otherwise.</param>
    /// <param name="cancellationToken">Cancelled when the replication moves on without the step.</param>
    public ValueTask<ReplicationEvent> NextAsync(string arn, ReplicationState state, EndpointPair? endpoints, CancellationToken cancellationToken)
    {
        var job = EngineJobs.Of(arn, state);
        return state.Status switch
        {
            Initializing when AssessmentRuns.Of(state) is { } assessment => AssessAsync(arn, state, job, assessment, endpoints, cancellationToken),
            Initializing => PhaseAsync(arn, state, engine.InitializeAsync(job, cancellationToken)),
            PreparingMetadataResources => PhaseAsync(arn, state, engine.PrepareMetadataResourcesAsync(job, cancellationToken)),
            TestingConnection => TestAsync(arn, state, job, endpoints!, cancellationToken),
            FetchingMetadata => FetchAsync(arn, state, job, cancellationToken),
            CalculatingCapacity => EstimateAsync(arn, state, job, cancellationToken),
            ProvisioningCapacity => ProvisionAsync(arn, state, job, cancellationToken),
            ReplicationStarting => PhaseAsync(arn, state, engine.StartAsync(job, cancellationToken)),
            Running => RunningAsync(arn, state, job, cancellationToken),
            Stopping => StopAsync(arn, state, job, cancellationToken),
            Modifying => ValueTask.FromResult<ReplicationEvent>(new ReplicationEvent.Modified()),
            Stopped or Failed => ValueTask.FromResult<ReplicationEvent>(
                state.Provision!.State == ProvisionState.Provisioned ? new ReplicationEvent.DeprovisioningStarted() : new ReplicationEvent.Deprovisioned()),
            _ => throw new InvalidOperationException($"Nothing is due in status {state.Status.ToWire()}."),
        };
    }

    // First the phase's own work, which finds what makes an assessment pointless; then one individual assessment at a time; then the verdict.
    private async ValueTask<ReplicationEvent> AssessAsync(
        string arn, ReplicationState state, EngineJob job, AssessmentRunState run, EndpointPair? endpoints, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (run.Status == AssessmentStatuses.Starting)
        {
            return await engine.InitializeAsync(job, cancellationToken) is { } failure
                ? Completed(arn, state, failure, PhaseResult.Nothing)
                : new ReplicationEvent.AssessmentStarted(run with { Status = AssessmentStatuses.Running, StartedAt = now });
        }

        if (!run.IsOpen())
        {
            return Completed(arn, state, run.StandsInTheWay() ? new StepFailure($"The premigration assessment run {AssessmentArns.Of(arn, run.Run)} failed: {run.LastFailureMessage}") : null, PhaseResult.Nothing);
        }

        var verdict = await engine.AssessAsync(job, run.Names[run.Outcomes.Count], endpoints!.Source, endpoints.Target, cancellationToken);
        var next = run.With(verdict, now);
        return next.IsOpen() ? new ReplicationEvent.AssessmentProgressed(next)
            : new ReplicationEvent.AssessmentCompleted(next) { Details = $"{next.Names.Count} individual assessments, {next.Status}.{(next.LastFailureMessage is null ? "" : $" {next.LastFailureMessage}")}" };
    }

    private async ValueTask<ReplicationEvent> PhaseAsync(string arn, ReplicationState state, ValueTask<StepFailure?> step) =>
        Completed(arn, state, await step, PhaseResult.Nothing);

    private async ValueTask<ReplicationEvent> TestAsync(string arn, ReplicationState state, EngineJob job, EndpointPair endpoints, CancellationToken cancellationToken)
    {
        var failure = Framed(job.Spec.Identifier, endpoints.Source.Spec.Identifier, await engine.TestConnectionAsync(job, endpoints.Source, cancellationToken))
            ?? Framed(job.Spec.Identifier, endpoints.Target.Spec.Identifier, await engine.TestConnectionAsync(job, endpoints.Target, cancellationToken));
        return Completed(arn, state, failure, PhaseResult.Nothing);
    }

    /// <summary>What testing_connection comes to when an endpoint cannot even be tried.</summary>
    public ReplicationEvent TestFailed(string arn, ReplicationState state, string endpoint, string message) =>
        Completed(arn, state, Framed(state.Spec!.Identifier, endpoint, new StepFailure(message)), PhaseResult.Nothing);

    // The frame the real service puts around a database's own words.
    private static StepFailure? Framed(string replication, string endpoint, StepFailure? failure) => failure is null ? null : failure with
    {
        Message = $"Test connection failed for endpoint '{endpoint}' and replication config '{replication}'. Failure Message: '{failure.Message}'",
    };

    private async ValueTask<ReplicationEvent> FetchAsync(string arn, ReplicationState state, EngineJob job, CancellationToken cancellationToken)
    {
        var result = await engine.FetchMetadataAsync(job, cancellationToken);
        return Completed(arn, state, result.Failure, new PhaseResult(Metadata: result.Value));
    }

    private async ValueTask<ReplicationEvent> EstimateAsync(string arn, ReplicationState state, EngineJob job, CancellationToken cancellationToken)
    {
        var result = await engine.EstimateCapacityAsync(job, state.Run!.Metadata!, cancellationToken);
        return Completed(arn, state, result.Failure, new PhaseResult(Estimate: result.Value));
    }

    private async ValueTask<ReplicationEvent> ProvisionAsync(string arn, ReplicationState state, EngineJob job, CancellationToken cancellationToken)
    {
        var units = state.Run!.EstimatedUnits!.Value;
        return capacity.TryTake(arn, units) is { } awaited
            ? new ReplicationEvent.CapacityAwaited(awaited) { Details = awaited }
            : Completed(arn, state, await engine.ProvisionAsync(job, units, cancellationToken), new PhaseResult(GrantedUnits: units));
    }

    // Whichever comes first: the run's end, or a step of autoscaling.
    private ValueTask<ReplicationEvent> RunningAsync(string arn, ReplicationState state, EngineJob job, CancellationToken cancellationToken)
    {
        var clock = state.Run!.Clock()!.Value;
        var end = schedule.RunEndOf(arn, state);
        var scaling = state.Run.Scaling;
        var move = scaling is { Target: not null } ? null : schedule.NextMoveOf(arn, state);
        DateTimeOffset? step = scaling is { Target: not null, CompletesAt: null } ? time.GetUtcNow()
            : scaling?.CompletesAt is { } done ? clock.At(done)
            : move is not null ? clock.At(move.At) : null;
        return end is not null && (step is null || end.At <= step) ? EndAsync(state, job, end, cancellationToken)
            : scaling?.CompletesAt is not null ? ScaledAsync(arn, state, job, scaling.Target!.Value, cancellationToken)
            : scaling?.Target is { } target ? ValueTask.FromResult(AskAgain(arn, state, job, clock, scaling.From, target))
            : move is not null ? ValueTask.FromResult(Scale(arn, state, move))
            : throw new InvalidOperationException("A run without an end, whose load asks for nothing, is never due.");
    }

    private ReplicationEvent Scale(string arn, ReplicationState state, ScalingMove move)
    {
        if (move.IsRefused)
        {
            var (least, most) = Autoscaling.RangeOf(state.Spec!.Compute);
            var (direction, bound, units) = move.IsUp ? ("up", "Maximum", most) : ("down", "Minimum", least);
            return new ReplicationEvent.ScalingRefused(move.At, move.IsUp)
            {
                Details = $"The replication, '{state.Spec.Identifier}', cannot scale {direction} as the replication is already at the provided {bound} DMS Capacity Units, '{units}'.",
            };
        }

        if (move.IsUp && capacity.TryTake(arn, move.To) is { } awaited)
        {
            return new ReplicationEvent.CapacityAwaited(awaited, move) { Details = awaited };
        }

        var (elapsed, real) = schedule.StepDone(state, move.At);
        return new ReplicationEvent.ScalingStarted(move, elapsed, real) { Details = $"DMS replication scaling {(move.IsUp ? "up" : "down")} event. {move.Reason}" };
    }

    // The load is asked again too: it may have fallen while the capacity was waited for.
    private ReplicationEvent AskAgain(string arn, ReplicationState state, EngineJob job, RunClock clock, int from, int target)
    {
        var elapsed = engine.Progress(job, clock, time.GetUtcNow()).Elapsed;
        return schedule.StillWantsMore(arn, state, elapsed)
            ? Scale(arn, state, new ScalingMove(elapsed, from, target, IsUp: true, double.NaN))
            : new ReplicationEvent.ScalingRefused(elapsed, null) { Details = "The capacity that was waited for is not needed any more." };
    }

    private async ValueTask<ReplicationEvent> ScaledAsync(string arn, ReplicationState state, EngineJob job, int units, CancellationToken cancellationToken) =>
        await engine.ProvisionAsync(job, units, cancellationToken) is { } failure
            ? Completed(arn, state, failure, PhaseResult.Nothing)
            : new ReplicationEvent.ScalingCompleted { Details = "DMS replication scaling event completed." };

    private async ValueTask<ReplicationEvent> EndAsync(ReplicationState state, EngineJob job, RunEnd end, CancellationToken cancellationToken)
    {
        await engine.StopAsync(job, cancellationToken);
        var report = ReportOf(state, job, end.At);
        return end.Failure is { } failure
            ? new ReplicationEvent.Failure([failure.Message], end.StopReason, report) { Details = failure.Message }
            : new ReplicationEvent.RunEnded(end.StopReason, report);
    }

    private async ValueTask<ReplicationEvent> StopAsync(string arn, ReplicationState state, EngineJob job, CancellationToken cancellationToken)
    {
        await engine.StopAsync(job, cancellationToken);
        return new ReplicationEvent.StopCompleted(ReportOf(state, job, time.GetUtcNow()));
    }

    private ReplicationEvent Completed(string arn, ReplicationState state, StepFailure? failure, PhaseResult result) => failure is null
        ? new ReplicationEvent.PhaseCompleted(result)
        : new ReplicationEvent.Failure(
            [failure.Message],
            failure.Recoverable ? StopReasons.RecoverableError : StopReasons.FatalError,
            ReportOf(state, EngineJobs.Of(arn, state), time.GetUtcNow())) { Details = failure.Message };

    private RunReport? ReportOf(ReplicationState state, EngineJob job, DateTimeOffset at)
    {
        if (state.Run?.Clock() is not { } clock)
        {
            return null;
        }

        var progress = engine.Progress(job, clock, at);
        return new RunReport(progress.Elapsed, progress.RecoveryCheckpoint);
    }
}
