namespace DmsOrleans.Engines.Simulated;

/// <summary>How fast work goes on over the running time: in proportion to the DCUs in force. Work is measured in the time it takes with the first capacity.</summary>
internal sealed class CapacityPace
{
    private readonly int first;
    private readonly IReadOnlyList<CapacityChange> changes;

    /// <summary>The pace of a job.</summary>
    /// <param name="job">The job, with the capacity granted so far.</param>
    /// <param name="estimate">DCUs to go by while none are granted.</param>
    public CapacityPace(EngineJob job, int estimate)
    {
        first = job.CapacityUnits > 0 ? job.CapacityUnits : estimate;
        changes = job.CapacityChanges;
    }

    /// <summary>DCUs at the start.</summary>
    public int First => first;

    /// <summary>The highest DCUs so far.</summary>
    public int Highest
    {
        get
        {
            var highest = first;
            foreach (var change in changes)
            {
                highest = Math.Max(highest, change.CapacityUnits);
            }

            return highest;
        }
    }

    /// <summary>When <paramref name="work"/> that begins at <paramref name="start"/> is done.</summary>
    public TimeSpan EndOf(TimeSpan start, TimeSpan work)
    {
        var (at, units, left) = (start, UnitsAt(start), (double)work.Ticks * first);
        foreach (var change in changes)
        {
            if (change.At <= at)
            {
                continue;
            }

            var done = (double)(change.At - at).Ticks * units;
            if (done >= left)
            {
                break;
            }

            (at, units, left) = (change.At, change.CapacityUnits, left - done);
        }

        var ticks = at.Ticks + (left / units);
        return ticks < SimulationProfile.Longest.Ticks ? new TimeSpan((long)ticks) : SimulationProfile.Longest;
    }

    /// <summary>The share of the work between two moments that is done at a third, 0 to 1.</summary>
    public double ShareDone(TimeSpan start, TimeSpan end, TimeSpan now) =>
        changes.Count == 0 ? (now - start) / (end - start) : WorkBetween(start, now) / WorkBetween(start, end);

    private double WorkBetween(TimeSpan from, TimeSpan to)
    {
        var (at, units, work) = (from, UnitsAt(from), 0.0);
        foreach (var change in changes)
        {
            if (change.At > at && change.At < to)
            {
                work += (double)(change.At - at).Ticks * units;
                (at, units) = (change.At, change.CapacityUnits);
            }
        }

        return work + ((double)(to - at).Ticks * units);
    }

    private int UnitsAt(TimeSpan moment)
    {
        var units = first;
        foreach (var change in changes)
        {
            units = change.At <= moment ? change.CapacityUnits : units;
        }

        return units;
    }
}
