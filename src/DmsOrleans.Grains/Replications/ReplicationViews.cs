using DmsOrleans.Assessments;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Settings;
using Microsoft.Extensions.Options;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Replications;

/// <summary>What we tell of a state. The same for a live activation and for a row read from the store.</summary>
internal sealed class ReplicationViews(IReplicationEngine engine, TimeProvider time, IOptions<ReplicationOptions> options)
{
    private readonly ReplicationChoices choices = options.Value.Choices;

    /// <param name="arn">The replication.</param>
    /// <param name="state">What is stored.</param>
    /// <param name="silo">Where it is active.</param>
    /// <param name="at">The moment whose progress is told; null for now.</param>
    public ReplicationView Of(string arn, ReplicationState state, string? silo = null, DateTimeOffset? at = null)
    {
        var spec = state.Spec!;
        var progress = ProgressOf(arn, state, at);
        return new()
        {
            Arn = arn,
            Config = spec with { ReplicationSettings = TaskSettings.Complete(spec, state.LoggingResource(arn)) },
            Status = state.Status.ToWire(),
            Sequence = state.Sequence,
            Run = state.Run?.Number ?? 0,
            StatusSince = state.StatusSince,
            Due = state.Due,
            WaitingOn = WaitingOn(state, progress),
            Provision = state.Provision is { } p ? ProvisionOf(p, state.Run?.Scaling) : null,
            StopReason = state.StopReason,
            FailureMessages = state.FailureMessages ?? [],
            Stats = StatsOf(state, progress),
            StartType = state.Run?.StartType,
            CdcStartTime = state.Run?.CdcStartTime,
            CdcStartPosition = state.Run?.CdcStartPosition,
            CdcStopPosition = state.Run?.CdcStopPosition,
            RecoveryCheckpoint = state.Run?.EndedAt is null ? progress?.RecoveryCheckpoint : state.Run.RecoveryCheckpoint,
            CreatedAt = spec.CreatedAt,
            UpdatedAt = state.UpdatedAt,
            LastStopTime = state.Run?.EndedAt ?? state.Run?.LastStoppedAt,
            DeprovisionTime = state.Status is Stopped or Failed && state.Provision?.State == ProvisionState.Provisioned ? state.Due : null,
            Silo = silo,
            Assessments = AssessmentRuns.ViewsOf(arn, state),
        };
    }

    /// <summary>Tables of the last run; empty before it reached <c>running</c> and after deprovisioning, as the service forgets them then.</summary>
    public IReadOnlyList<TableStatistics> TablesOf(string arn, ReplicationState state) =>
        HasStatistics(state) && state.Run?.Clock() is { } clock ? engine.Tables(EngineJobs.Of(arn, state), clock, NowOf(state)) : [];

    private RunProgress? ProgressOf(string arn, ReplicationState state, DateTimeOffset? at) =>
        HasStatistics(state) && state.Run?.Clock() is { } clock ? engine.Progress(EngineJobs.Of(arn, state), clock, NowOf(state, at)) : null;

    // A run that has ended stands still at its end.
    private DateTimeOffset NowOf(ReplicationState state, DateTimeOffset? at = null) => state.Run!.EndedAt ?? at ?? time.GetUtcNow();

    private bool HasStatistics(ReplicationState state) =>
        choices.KeepStatistics || state.Provision is null or { State: not ProvisionState.Deprovisioned };

    private ReplicationStats? StatsOf(ReplicationState state, RunProgress? progress) => state.Run is not { } run || !HasStatistics(state) ? null
        : (progress?.Stats ?? new ReplicationStats()) with { FreshStartDate = run.FreshStartAt, StartDate = run.StartedAt, StopDate = run.EndedAt };

    // While a step is under way more may be held than is in force.
    private ProvisionView ProvisionOf(ProvisionState state, ScalingState? scaling) => new()
    {
        State = choices.UpperCaseProvisionState ? state.State.ToUpperInvariant() : state.State,
        CapacityUnits = scaling is { CompletesAt: not null } ? scaling.From : state.CapacityUnits,
        DateProvisioned = state.DateProvisioned,
        IsNewProvisioningAvailable = state.IsNew,
        DateNewProvisioningDataAvailable = state.ReasonAt,
        Reason = state.Reason,
    };

    private static string? WaitingOn(ReplicationState state, RunProgress? progress) => state.Status switch
    {
        _ when state.IsInLine() => state.Provision?.Reason,
        Running when state.Run?.Scaling is { Target: { } target } scaling => $"{progress?.SubPhase}, scaling from {scaling.From} to {target} DCU",
        Running => progress?.SubPhase,
        Created or Stopped or Failed => state.Provision?.State == ProvisionState.Deprovisioning ? "capacity is being taken back" : null,
        Initializing when AssessmentRuns.Of(state) is { Status: AssessmentStatuses.Running } run => $"premigration assessment {run.Outcomes.Count + 1} of {run.Names.Count}: {run.Names[run.Outcomes.Count]}",
        _ when state.Due is null => "nothing planned: only a stop ends this phase",
        _ => "the work of the phase",
    };
}
