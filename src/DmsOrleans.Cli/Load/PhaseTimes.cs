using System.Collections.Concurrent;
using DmsOrleans.Cli.Api;

namespace DmsOrleans.Cli.Load;

/// <summary>How long the phases were planned to last, how long they lasted, and how late their ends came. Safe to use from many threads.</summary>
internal sealed class PhaseTimes
{
    private readonly ConcurrentDictionary<string, PhaseTime> phases = new(StringComparer.Ordinal);
    private long early;

    /// <summary>Lateness over all phases.</summary>
    public LatencyHistogram Lateness { get; } = new();

    /// <summary>Steps taken before the deadline they answer; there should be none.</summary>
    public long Early => Interlocked.Read(ref early);

    /// <summary>The phases seen, by status.</summary>
    public IReadOnlyDictionary<string, PhaseTime> Phases => phases;

    /// <summary>Adds every step of a history that answers a stored deadline.</summary>
    public void Add(IReadOnlyList<TransitionItem> history)
    {
        for (var i = 1; i < history.Count; i++)
        {
            if (history[i].Planned is { } planned && history[i].From is { } phase)
            {
                Add(phases.GetOrAdd(phase, static _ => new PhaseTime()), history[i - 1].At, planned, history[i].At);
            }
        }
    }

    private void Add(PhaseTime phase, DateTimeOffset entered, DateTimeOffset planned, DateTimeOffset left)
    {
        phase.Planned.Record(planned - entered);
        phase.Actual.Record(left - entered);
        phase.Lateness.Record(left - planned);
        Lateness.Record(left - planned);
        if (left < planned)
        {
            Interlocked.Increment(ref early);
        }
    }
}

/// <summary>One phase's times.</summary>
internal sealed class PhaseTime
{
    /// <summary>From entering it to its stored deadline.</summary>
    public LatencyHistogram Planned { get; } = new();

    /// <summary>From entering it to leaving it.</summary>
    public LatencyHistogram Actual { get; } = new();

    /// <summary>From its deadline to leaving it.</summary>
    public LatencyHistogram Lateness { get; } = new();
}
