using DmsOrleans.Replications;

namespace DmsOrleans.Storage;

/// <summary>
/// The query face of the store: finds grain states without activating grains. Reads see every write acknowledged before they began.
/// Every method throws <see cref="StorageUnavailableException"/> when the store cannot be read within its bound.
/// </summary>
public interface IStateStore
{
    /// <summary>A page of states of one kind, in the order they were first written.</summary>
    Task<StatePage<TState>> ListAsync<TState>(StateQuery query, CancellationToken cancellationToken)
        where TState : class, new();

    /// <summary>How many states of a kind have each status; null scope counts all scopes.</summary>
    Task<IReadOnlyDictionary<string, long>> CountByStatusAsync(string kind, string? scope, CancellationToken cancellationToken);

    /// <summary>Transitions after a sequence number, in order; null when the key has no state.</summary>
    Task<IReadOnlyList<Transition>?> HistoryAsync(string kind, string key, long afterSequence, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// A page of the transitions of all states of a kind, in the order of their commits. Those of a removed state are found for as long as the store's
    /// retention says, 14 days unless configured. What an earlier page left behind is never changed or inserted into by later commits.
    /// </summary>
    Task<TransitionPage> TransitionsAsync(TransitionQuery query, CancellationToken cancellationToken);

    /// <summary>Keys whose stored deadline is at or before <paramref name="now"/>, the most overdue first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<OverdueState>> OverdueAsync(string kind, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Every key of a kind that holds capacity, and how much: what the capacity pool is rebuilt from.</summary>
    Task<IReadOnlyList<CapacityHeld>> CapacityHeldAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Whether any state other than <paramref name="key"/>'s own names the key among its references, in one of the statuses (null: any).</summary>
    Task<bool> IsReferencedAsync(string kind, string key, IReadOnlyCollection<string>? inStatuses, CancellationToken cancellationToken);

    /// <summary>Whether a write could be acknowledged now: readiness.</summary>
    Task<bool> IsWritableAsync(CancellationToken cancellationToken);

    /// <summary>The time of the last commit before this process opened the store; null for a new store. Time must not run behind it.</summary>
    DateTimeOffset? LastCommitBeforeOpen { get; }
}

/// <summary>What the store keeps beside a grain's state, in columns, written in the same transaction.</summary>
public sealed record StateIndex
{
    /// <summary>Account and region.</summary>
    public required string Scope { get; init; }

    /// <summary>Unique within kind and scope: a write that takes another's name fails with <see cref="NameTakenException"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The status string lists filter by.</summary>
    public required string Status { get; init; }

    /// <summary>When the grain has to be awake at the latest; null for never.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Capacity held, in DCU.</summary>
    public int CapacityUnits { get; init; }

    /// <summary>Keys of other states this one needs. Each must exist (<see cref="MissingReferenceException"/>) and cannot be cleared meanwhile (<see cref="StillReferencedException"/>).</summary>
    public IReadOnlyList<StateReference> References { get; init; } = [];
}

/// <summary>A state by kind and key.</summary>
public readonly record struct StateReference(string Kind, string Key);

/// <summary>A state that lists can find. States that do not implement this are stored without index columns.</summary>
public interface IIndexedState
{
    /// <summary>The columns for the state as it is now. Asked once per write, on the grain's thread.</summary>
    StateIndex Index { get; }
}

/// <summary>A state whose steps are kept: the store adds <see cref="LastTransition"/> to the history in the transaction that writes the state.</summary>
public interface IHistoryState
{
    /// <summary>
    /// The step that led to this state. Stored when its sequence number is one more than the last stored; already stored when equal;
    /// anything else is refused as <see cref="Orleans.Storage.InconsistentStateException"/>.
    /// </summary>
    Transition? LastTransition { get; }
}

/// <summary>
/// A state with a part that is large and seldom changes. The store keeps that part in a row of its own and writes it only when
/// <see cref="SpecRevision"/> differs from the stored one. The property itself must be left out of the state's JSON.
/// </summary>
public interface ISpecState
{
    /// <summary>The type to read <see cref="Spec"/> as.</summary>
    Type SpecType { get; }

    /// <summary>The part; null when there is none.</summary>
    object? Spec { get; set; }

    /// <summary>Changes whenever <see cref="Spec"/> does; part of the state's JSON.</summary>
    int SpecRevision { get; }
}

/// <summary>Which states.</summary>
public sealed record StateQuery
{
    /// <summary>The state name given to the grain's persistent state.</summary>
    public required string Kind { get; init; }

    /// <summary>Scope; null for all.</summary>
    public string? Scope { get; init; }

    /// <summary>Any of these keys; null for all.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    /// <summary>Any of these names; null for all.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Any of these statuses; null for all.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>Where the previous page ended.</summary>
    public string? Cursor { get; init; }

    /// <summary>Longest page.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A page of states.</summary>
/// <param name="Items">In the order they were first written.</param>
/// <param name="Next">Cursor of the next page; null on the last.</param>
/// <param name="CursorAccepted">False when the query's cursor is not one of this store's.</param>
public sealed record StatePage<TState>(IReadOnlyList<StoredState<TState>> Items, string? Next, bool CursorAccepted = true);

/// <summary>A state and its grain's key.</summary>
public sealed record StoredState<TState>(string Key, TState State);

/// <summary>A state whose deadline passed.</summary>
public readonly record struct OverdueState(string Key, DateTimeOffset Due);

/// <summary>A state that holds capacity, in DCU.</summary>
public readonly record struct CapacityHeld(string Key, int CapacityUnits);

/// <summary>A write would give two states of one kind and scope the same name. Nothing was written.</summary>
public sealed class NameTakenException(string name, string? takenByKey) : Exception($"The name '{name}' is taken.")
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The key of the state that has it, when known.</summary>
    public string? TakenByKey { get; } = takenByKey;
}

/// <summary>A write names a state that does not exist. Nothing was written.</summary>
public sealed class MissingReferenceException(StateReference reference) : Exception($"There is no {reference.Kind} '{reference.Key}'.")
{
    /// <summary>What is missing.</summary>
    public StateReference Reference { get; } = reference;
}

/// <summary>A state cannot be cleared while others name it. Nothing was cleared.</summary>
public sealed class StillReferencedException(string key) : Exception($"'{key}' is in use.")
{
    /// <summary>The state in use.</summary>
    public string Key { get; } = key;
}
