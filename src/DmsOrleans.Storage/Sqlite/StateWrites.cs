using DmsOrleans.Replications;
using Orleans.Storage;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>Stores a state with all that belongs to it.</summary>
internal abstract class StateWrite(int bytes) : Write(bytes)
{
    public required string Kind { get; init; }

    public required GrainId Grain { get; init; }

    /// <summary>What the row must be; null when there must be none.</summary>
    public required StateTag? Expected { get; init; }

    public required byte[] State { get; init; }

    public required StateIndex? Index { get; init; }

    public required long IdentityHash { get; init; }

    /// <summary>The step to add to the history; null for none.</summary>
    public required Transition? Transition { get; init; }

    public required int SpecRevision { get; init; }

    /// <summary>The spec to store; null when the stored one stays or there is none.</summary>
    public byte[]? Spec { get; init; }

    /// <summary>Whether the stored spec, if any, is another.</summary>
    public bool SpecChanged => Expected is not { } expected || expected.SpecRevision != SpecRevision;

    /// <summary>Whether scope, name, or references may differ from the stored ones. A changed spec counts, so that two lists of references with one hash are told apart.</summary>
    public bool IdentityChanged => SpecChanged || IdentityHash != (Expected?.IdentityHash ?? 0);

    /// <summary>What the row is once the write is durable.</summary>
    public StateTag Written { get; set; }

    public override Exception? Apply(WriteSession session) => Expected is { } expected
        ? session.States.Update(this, expected)
        : session.States.Insert(this);

    public InconsistentStateException Conflict(string found) => new($"{found} State '{Kind}' of {Grain} was not written.", "unknown", Expected?.ToETag(Kind, Grain) ?? "none");
}

/// <summary>Stores a state, and notes what is stored in the grain's copy of it once that is durable, before its caller hears of it.</summary>
internal sealed class StateWrite<T>(int bytes, IGrainState<T> state) : StateWrite(bytes)
{
    protected override void Confirm() => Tags.Set(state, Written, Kind, Grain);
}

/// <summary>Removes a state with all that belongs to it.</summary>
internal sealed class StateClear(string kind, GrainId grain, StateTag? expected) : Write(bytes: 300)
{
    public override Exception? Apply(WriteSession session)
    {
        var stored = session.States.Find(kind, grain);
        if (stored?.Id != expected?.Id || stored?.Version != expected?.Version)
        {
            return new InconsistentStateException($"State '{kind}' of {grain} was changed by somebody else; it was not cleared.", stored?.ToETag(kind, grain) ?? "none", expected?.ToETag(kind, grain) ?? "none");
        }

        return stored is { } row && !session.States.Remove(row.Id) ? new StillReferencedException(grain.Key.ToString()!) : null;
    }
}
