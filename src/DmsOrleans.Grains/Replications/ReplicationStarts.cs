using DmsOrleans.Engines;

namespace DmsOrleans.Replications;

/// <summary>Which StartReplicationType is legal when (API reference of StartReplication; reference section 3.5), and the run it makes.</summary>
internal static class ReplicationStarts
{
    private const string Start = "start-replication";
    private const string Resume = "resume-processing";
    private const string Reload = "reload-target";

    /// <summary>Whether the command is judged by the kind of its source.</summary>
    public static bool NeedsSource(StartReplication command) => command.CdcStartTime is not null || command.CdcStartPosition is not null;

    /// <summary>The run to start, or why not. The status has been checked already.</summary>
    /// <param name="state">The replication.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="sourceEngine">EngineName of the source; null when it is not known or <see cref="NeedsSource"/> is false.</param>
    /// <param name="choices">What is legal where AWS is silent.</param>
    /// <param name="scale">The time scale of the new run.</param>
    /// <param name="now">When it starts.</param>
    public static (RunState? Run, Refusal? Refusal) Plan(
        ReplicationState state, StartReplication command, string? sourceEngine, ReplicationChoices choices, TimeScale scale, DateTimeOffset now)
    {
        var refusal = CheckPositions(state.Spec!.Type, command, sourceEngine) ?? CheckType(state, command, choices);
        return refusal is not null ? (null, refusal) : (NewRun(state, command, choices, now) with { Scale = scale.ToString() }, null);
    }

    private static Refusal? CheckPositions(ReplicationType type, StartReplication command, string? sourceEngine)
    {
        if (command is { CdcStartTime: not null, CdcStartPosition: not null })
        {
            return Refusal.InvalidCombination("CdcStartTime and CdcStartPosition exclude one another: give one of them.");
        }

        if (!type.HasCdc() && (command.CdcStartTime is not null || command.CdcStartPosition is not null || command.CdcStopPosition is not null))
        {
            return Refusal.InvalidCombination("CdcStartTime, CdcStartPosition and CdcStopPosition apply to replication types with change capture (cdc, full-load-and-cdc), not to full-load.");
        }

        if (command.CdcStartTime is not null && CdcStartPosition.TakesNoTime(sourceEngine))
        {
            return Refusal.InvalidCombination($"CdcStartTime is not supported for sources of the engine {sourceEngine}: give a log sequence number such as 4AF/B00000D0, or a checkpoint, as CdcStartPosition.");
        }

        if (command.CdcStartPosition is { } start && CdcStartPosition.FaultOf(start, sourceEngine) is { } fault)
        {
            return Refusal.InvalidValue(fault);
        }

        return command.CdcStopPosition is { } stop && !CdcStopPosition.TryParse(stop, out _)
            ? Refusal.InvalidValue($"CdcStopPosition '{stop}' is not valid: it has the form server_time:2018-02-09T12:12:12 or commit_time:2018-02-09T12:12:12.")
            : null;
    }

    private static Refusal? CheckType(ReplicationState state, StartReplication command, ReplicationChoices choices)
    {
        if (command.StartType is not (Start or Resume or Reload))
        {
            return Refusal.InvalidValue($"StartReplicationType '{command.StartType}' is not valid: it is one of {Start}, {Resume}, {Reload}.");
        }

        return state.Run is { EverRan: true } ? CheckLaterRun(state, command, choices) : CheckFirstRun(state.Spec!.Type, command.StartType, choices);
    }

    private static Refusal? CheckFirstRun(ReplicationType type, string startType, ReplicationChoices choices) => startType switch
    {
        Start => null,
        Resume when choices.ResumeOfCreated == ResumeOfCreated.AllTypes || (choices.ResumeOfCreated == ResumeOfCreated.CdcOnly && type == ReplicationType.Cdc) => null,
        _ => Illegal(startType, "is valid only for replications that ran before"),
    };

    private static Refusal? CheckLaterRun(ReplicationState state, StartReplication command, ReplicationChoices choices)
    {
        var provisioned = state.Provision?.State == ProvisionState.Provisioned;
        return (state.Spec!.Type, command.StartType) switch
        {
            (ReplicationType.Cdc, Start) when NeedsSource(command) => null,
            (_, Start) => MayStartAgain(provisioned, choices.StartAgain) ? null : Illegal(Start, "valid only for tasks running for the first time"),
            (ReplicationType.FullLoad, Resume) => Illegal(Resume, "does not apply to full-load: a partial load cannot be resumed, use reload-target"),
            (ReplicationType.Cdc, Reload) => Illegal(Reload, "does not apply to cdc: there is no full load to repeat"),
            (_, Reload) => null,
            _ => provisioned ? null : Refusal.InvalidState(
                $"Replication for Replication Config: {state.Spec.Identifier} was deprovisioned, its position is lost and it cannot resume: use {(state.Spec.Type == ReplicationType.Cdc ? Start : Reload)}"),
        };
    }

    private static bool MayStartAgain(bool provisioned, StartAgain again) => again switch
    {
        StartAgain.Always => true,
        StartAgain.Never => false,
        _ => !provisioned,
    };

    // The service's own words, which scripts look for.
    private static Refusal Illegal(string type, string why) =>
        Refusal.InvalidCombination($"Start Type : {type.ToUpperInvariant().Replace('-', '_')}, {why}");

    private static RunState NewRun(ReplicationState state, StartReplication command, ReplicationChoices choices, DateTimeOffset now)
    {
        var resumes = command.StartType == Resume && state.Run is { EverRan: true };
        return new()
        {
            Number = (state.Run?.Number ?? 0) + 1,
            StartType = command.StartType,
            CdcStartTime = command.CdcStartTime,
            CdcStartPosition = command.CdcStartPosition,
            CdcStopPosition = command.CdcStopPosition,
            StartedAt = now,
            FreshStartAt = resumes ? state.Run!.FreshStartAt : now,
            ShortWalk = resumes && choices.ShortResume,
            EverRan = state.Run?.EverRan ?? false,
            ElapsedBefore = resumes ? state.Run!.ElapsedAtEnd ?? TimeSpan.Zero : TimeSpan.Zero,
            Metadata = resumes ? state.Run!.Metadata : null,
            EstimatedUnits = resumes ? state.Run!.EstimatedUnits : null,
            Reloads = resumes ? state.Run!.Reloads : null,
            RecoveryCheckpoint = resumes ? state.Run!.RecoveryCheckpoint : null,
        };
    }
}
