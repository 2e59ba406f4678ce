using System.Globalization;

namespace DmsOrleans.Replications;

/// <summary>Which StartReplicationType is legal when (API reference of StartReplication; reference section 3.5), and the run it makes.</summary>
internal static class ReplicationStarts
{
    private const string Start = "start-replication";
    private const string Resume = "resume-processing";
    private const string Reload = "reload-target";

    /// <summary>The run to start, or why not. The status has been checked already.</summary>
    public static (RunState? Run, Refusal? Refusal) Plan(ReplicationState state, StartReplication command, TimeScale scale, DateTimeOffset now)
    {
        var refusal = CheckPositions(state.Spec!.Type, command) ?? CheckType(state, command);
        return refusal is not null ? (null, refusal) : (NewRun(state, command, now) with { Scale = scale.ToString() }, null);
    }

    private static Refusal? CheckPositions(ReplicationType type, StartReplication command)
    {
        if (command is { CdcStartTime: not null, CdcStartPosition: not null })
        {
            return Refusal.InvalidCombination("CdcStartTime and CdcStartPosition exclude one another: give one of them.");
        }

        if (!type.HasCdc() && (command.CdcStartTime is not null || command.CdcStartPosition is not null || command.CdcStopPosition is not null))
        {
            return Refusal.InvalidCombination("CdcStartTime, CdcStartPosition and CdcStopPosition apply to replication types with change capture (cdc, full-load-and-cdc), not to full-load.");
        }

        return command.CdcStopPosition is { } stop && !IsStopPosition(stop)
            ? Refusal.InvalidValue($"CdcStopPosition '{stop}' is not valid: it has the form server_time:2018-02-09T12:12:12 or commit_time:2018-02-09T12:12:12.")
            : null;
    }

    private static bool IsStopPosition(string text) =>
        text.Split(':', 2) is ["server_time" or "commit_time", var time]
        && DateTimeOffset.TryParseExact(time.Trim(), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static Refusal? CheckType(ReplicationState state, StartReplication command)
    {
        if (command.StartType is not (Start or Resume or Reload))
        {
            return Refusal.InvalidValue($"StartReplicationType '{command.StartType}' is not valid: it is one of {Start}, {Resume}, {Reload}.");
        }

        var neverRan = state.Run is not { EverRan: true };
        var provisioned = state.Provision?.State == ProvisionState.Provisioned;
        return (neverRan, state.Spec!.Type, command.StartType) switch
        {
            // Terraform resumes configs that were never started, and expects a start.
            (true, _, Start or Resume) => null,
            (true, _, _) => NotFirst(command.StartType, "is valid only for replications that ran before"),
            (_, ReplicationType.Cdc, Start) when command.CdcStartPosition is not null || command.CdcStartTime is not null => null,
            (_, _, Start) => provisioned ? NotFirst(Start, "valid only for tasks running for the first time") : null,
            (_, ReplicationType.FullLoad, Resume) => NotFirst(Resume, "does not apply to full-load: a partial load cannot be resumed, use reload-target"),
            (_, ReplicationType.Cdc, Reload) => NotFirst(Reload, "does not apply to cdc: there is no full load to repeat"),
            (_, _, Reload) => null,
            _ => provisioned ? null : Refusal.InvalidState(
                $"Replication for Replication Config: {state.Spec.Identifier} was deprovisioned, its position is lost and it cannot resume: use {(state.Spec.Type == ReplicationType.Cdc ? Start : Reload)}"),
        };
    }

    private static Refusal NotFirst(string type, string why) =>
        Refusal.InvalidCombination($"Start Type : {type.ToUpperInvariant().Replace('-', '_')}, {why}");

    private static RunState NewRun(ReplicationState state, StartReplication command, DateTimeOffset now)
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
            ShortWalk = resumes,
            EverRan = state.Run?.EverRan ?? false,
            ElapsedBefore = resumes ? state.Run!.ElapsedAtEnd ?? TimeSpan.Zero : TimeSpan.Zero,
            Metadata = resumes ? state.Run!.Metadata : null,
            EstimatedUnits = resumes ? state.Run!.EstimatedUnits : null,
            Reloads = resumes ? state.Run!.Reloads : null,
            RecoveryCheckpoint = resumes ? state.Run!.RecoveryCheckpoint : null,
        };
    }
}
