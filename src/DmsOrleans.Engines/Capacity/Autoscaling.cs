using System.Globalization;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Capacity;

/// <summary>When capacity follows the load (AWS publishes that it does and in which order, not the figures; these are reference section 4's). Simulated time.</summary>
public sealed record AutoscalingRules
{
    /// <summary>Whether capacity follows the load at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Share of the capacity in use at which, and above which, more is wanted.</summary>
    public double UpperUtilization { get; set; } = 0.8;

    /// <summary>How long the load must stay there.</summary>
    public TimeSpan UpAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Share of the capacity in use at which, and below which, less will do.</summary>
    public double LowerUtilization { get; set; } = 0.3;

    /// <summary>How long the load must stay there.</summary>
    public TimeSpan DownAfter { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>How long a step takes once its capacity is there.</summary>
    public TimeSpan StepDuration { get; set; } = TimeSpan.FromMinutes(3);
}

/// <summary>The next change of capacity that a load asks for.</summary>
/// <param name="At">Running time at which it is decided.</param>
/// <param name="From">DCUs in force.</param>
/// <param name="To">DCUs wanted: one step of the ladder away, or the nearest bound when outside the range. The same as <paramref name="From"/> when the bound forbids the step.</param>
/// <param name="IsUp">The direction, also of a step that is forbidden.</param>
/// <param name="Utilization">Share of the capacity in use.</param>
public sealed record ScalingMove(TimeSpan At, int From, int To, bool IsUp, double Utilization)
{
    /// <summary>Whether the range of the config forbids the step.</summary>
    public bool IsRefused => From == To;

    /// <summary>In one sentence with its figures, for ReasonForNewProvisioningData.</summary>
    public string Reason => double.IsNaN(Utilization)
        ? $"{From} DCU are outside the range of the compute config: {(IsUp ? "raised to the minimum" : "lowered to the maximum")} {To}."
        : string.Create(CultureInfo.InvariantCulture, $"Memory in use was {Utilization * 100:0.#} % of {From} DCU for too {(IsUp ? "long: one step up" : "little: one step down")} to {To} DCU.");
}

/// <summary>Decides when capacity changes. Pure: the whole future of a forecast is looked at in one go, so that nobody has to watch a running replication.</summary>
public static class Autoscaling
{
    /// <summary>The first move after <paramref name="since"/>, at any distance; null when the load asks for none.</summary>
    /// <param name="load">The forecast.</param>
    /// <param name="units">DCUs in force since <paramref name="since"/>.</param>
    /// <param name="compute">The range.</param>
    /// <param name="rules">The thresholds.</param>
    /// <param name="since">Running time of the last decision; a load counts from there on.</param>
    /// <param name="refused">Direction of a step that was forbidden at <paramref name="since"/>: as long as the load does not leave that side it is not asked for again.</param>
    public static ScalingMove? Next(LoadForecast load, int units, ComputeConfig compute, AutoscalingRules rules, TimeSpan since, bool? refused)
    {
        if (!rules.Enabled)
        {
            return null;
        }

        var (least, most) = RangeOf(compute);
        if (units < least || (units > most && since >= load.FullLoadEnd))
        {
            return new ScalingMove(since, units, units < least ? least : most, units < least, double.NaN);
        }

        foreach (var stretch in StretchesOf(load, units, rules, since))
        {
            // The side on which a step was forbidden is left in silence until the load has crossed back.
            if (stretch.IsUp == refused && stretch.From <= since)
            {
                continue;
            }

            var at = stretch.IsUp ? stretch.From + rules.UpAfter : Later(stretch.From, load.FullLoadEnd, rules.DownAfter);
            if (at is { } moment && moment < stretch.Until)
            {
                var to = stretch.IsUp ? Math.Min(Above(units), most) : Math.Max(Below(units), least);
                return new ScalingMove(moment, units, stretch.IsUp ? Math.Max(to, units) : Math.Min(to, units), stretch.IsUp, stretch.Utilization);
            }
        }

        return null;
    }

    /// <summary>Whether the load at a moment still asks for more than <paramref name="units"/>.</summary>
    public static bool WantsMore(LoadForecast load, int units, ComputeConfig compute, AutoscalingRules rules, TimeSpan moment)
    {
        var needed = load.Levels.LastOrDefault(level => level.From <= moment).CapacityUnits;
        return units < RangeOf(compute).Least || needed / units >= rules.UpperUtilization;
    }

    /// <summary>The lowest and highest DCUs of a config.</summary>
    public static (int Least, int Most) RangeOf(ComputeConfig compute)
    {
        var least = compute.MinCapacityUnits ?? 1;
        return (least, Math.Max(least, compute.MaxCapacityUnits));
    }

    // Maximal stretches of time on one side of the thresholds; those between them are left out.
    private static IEnumerable<Stretch> StretchesOf(LoadForecast load, int units, AutoscalingRules rules, TimeSpan since)
    {
        Stretch? open = null;
        for (var i = 0; i < load.Levels.Count; i++)
        {
            var until = i + 1 < load.Levels.Count ? load.Levels[i + 1].From : TimeSpan.MaxValue;
            var from = load.Levels[i].From > since ? load.Levels[i].From : since;
            if (until <= from)
            {
                continue;
            }

            var utilization = load.Levels[i].CapacityUnits / units;
            bool? side = utilization >= rules.UpperUtilization ? true : utilization <= rules.LowerUtilization ? false : null;
            if (open is { } before && before.IsUp == side)
            {
                open = before with { Until = until };
                continue;
            }

            if (open is { } closed)
            {
                yield return closed;
            }

            open = side is { } isUp ? new Stretch(from, until, isUp, utilization) : null;
        }

        if (open is { } last)
        {
            yield return last;
        }
    }

    private static TimeSpan? Later(TimeSpan from, TimeSpan loaded, TimeSpan after)
    {
        var start = from > loaded ? from : loaded;
        return start > TimeSpan.MaxValue - after ? null : start + after;
    }

    private static int Above(int units) => ComputeConfig.Ladder.FirstOrDefault(step => step > units, units);

    private static int Below(int units) => ComputeConfig.Ladder.LastOrDefault(step => step < units, units);

    private readonly record struct Stretch(TimeSpan From, TimeSpan Until, bool IsUp, double Utilization);
}
