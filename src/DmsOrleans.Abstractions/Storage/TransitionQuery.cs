using DmsOrleans.Replications;

namespace DmsOrleans.Storage;

/// <summary>Which transitions, of many states. All conditions hold together; null ones do not restrict.</summary>
public sealed record TransitionQuery
{
    /// <summary>The state name given to the grains' persistent state.</summary>
    public required string Kind { get; init; }

    /// <summary>Scope; null for all.</summary>
    public string? Scope { get; init; }

    /// <summary>Only those of the states, present and removed, that have or had this key.</summary>
    public string? Key { get; init; }

    /// <summary>Only those of the states that have this name, or had it when they were removed. Names are unique within a scope only, so give <see cref="Scope"/> too.</summary>
    public string? Name { get; init; }

    /// <summary>Only those after this <see cref="StoredTransition.Position"/>; 0 for all.</summary>
    public long After { get; init; }

    /// <summary>Only those decided at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those decided at or before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Longest page, at least 1.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A part of what a <see cref="TransitionQuery"/> asks for.</summary>
/// <param name="Items">In the order of their commits. May be fewer than the limit, or none, even when there are more: the store reads a bounded stretch for each page.</param>
/// <param name="Through">Everything up to this position has been looked at: <see cref="TransitionQuery.After"/> of the next page.</param>
/// <param name="More">Whether anything was left out, by the limit or by the bound.</param>
public sealed record TransitionPage(IReadOnlyList<StoredTransition> Items, long Through, bool More);

/// <summary>A transition and whose it is.</summary>
/// <param name="Position">Its place in the order of commits: a later commit has a greater one, and none is ever given out twice.</param>
/// <param name="Key">The key of the state.</param>
/// <param name="Name">The state's name now, or when it was removed.</param>
/// <param name="Transition">The step.</param>
public sealed record StoredTransition(long Position, string Key, string Name, Transition Transition);
