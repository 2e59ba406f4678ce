using DmsOrleans.Replications;
using DmsOrleans.WakeUps;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Capacity;

/// <summary>
/// The ledger of DCUs. Never grants more than it holds; asks are served in the order they were first made, so that a large one is
/// not starved by small ones. It lives in memory: the truth is what the replications have stored, from which it is rebuilt at start-up
/// and corrected whenever a replication is activated.
/// </summary>
internal sealed class CapacityPool(IOptions<ReplicationOptions> options, WakeQueue wakeQueue)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> held = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Arn, int Units)> line = new();
    private readonly Dictionary<string, LinkedListNode<(string Arn, int Units)>> inLine = new(StringComparer.Ordinal);
    private long heldUnits;

    /// <summary>DCUs in the pool, granted or not.</summary>
    public int TotalUnits { get; } = options.Value.CapacityPoolUnits;

    /// <summary>DCUs granted.</summary>
    public long HeldUnits
    {
        get
        {
            lock (gate)
            {
                return heldUnits;
            }
        }
    }

    /// <summary>Replications waiting for capacity.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return line.Count;
            }
        }
    }

    /// <summary>Grants, or puts the replication in line. Asking again keeps the place in line; what it holds already counts as free for it.</summary>
    /// <returns>Null when granted; otherwise, in words, what is being waited for.</returns>
    public string? TryTake(string arn, int units)
    {
        lock (gate)
        {
            var own = held.GetValueOrDefault(arn);
            var free = TotalUnits - heldUnits + own;

            // Whoever holds as much already (a step done again) does not queue: behind someone who waits for just that, neither would move.
            if (units <= own || (units <= free && (line.Count == 0 || line.First!.Value.Arn == arn)))
            {
                LeaveLine(arn);
                Record(arn, units);
                WakeFirst();
                return null;
            }

            if (!inLine.ContainsKey(arn))
            {
                inLine[arn] = line.AddLast((arn, units));
            }

            return $"Waiting for {units} DCU: {free} of the pool's {TotalUnits} are free, {line.Count - 1} other replications are in line.";
        }
    }

    /// <summary>Takes over what is stored: the replication holds exactly this much and waits for nothing.</summary>
    public void Correct(string arn, int units)
    {
        lock (gate)
        {
            LeaveLine(arn);
            Record(arn, units);
            WakeFirst();
        }
    }

    private void LeaveLine(string arn)
    {
        if (inLine.Remove(arn, out var place))
        {
            line.Remove(place);
        }
    }

    private void Record(string arn, int units)
    {
        heldUnits += units - held.GetValueOrDefault(arn);
        if (units == 0)
        {
            held.Remove(arn);
        }
        else
        {
            held[arn] = units;
        }
    }

    private void WakeFirst()
    {
        if (line.First is { } first && first.Value.Units <= TotalUnits - heldUnits)
        {
            wakeQueue.Enqueue(first.Value.Arn, WakeReason.Capacity);
        }
    }
}
