using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Simulated;

/// <summary>The model's table states that a simulated table can be in, verbatim.</summary>
internal static class TableStates
{
    public const string DoesNotExist = "Table does not exist";
    public const string BeforeLoad = "Before load";
    public const string FullLoad = "Full load";
    public const string Completed = "Table completed";
    public const string Cancelled = "Table cancelled";
    public const string Error = "Table error";
    public const string BeingReloaded = "Table is being reloaded";
}

/// <summary>
/// One table in a run: when it is loaded and loaded again, and from that, what it shows at any moment. Times are running time
/// (<see cref="RunClock.Elapsed"/>).
/// </summary>
internal sealed class TableRun(MatchedTable table, bool hasFullLoad, bool appliesChanges)
{
    /// <summary>How long a table stays <c>Table is being reloaded</c> before its rows are loaded.</summary>
    public static readonly TimeSpan ReloadPreparation = TimeSpan.FromSeconds(5);

    private readonly List<Load> reloads = [];
    private readonly List<TimeSpan> revalidations = [];
    private Load first;
    private CapacityPace? pace;

    public TableName Name => table.Name;

    public TableFigures Figures => table.Figures;

    /// <summary>When its load, and every load after it, is over.</summary>
    public TimeSpan LastLoadEnd => reloads.Count > 0 ? reloads[^1].End : first.End;

    /// <summary>When the first load ends, well or not.</summary>
    public TimeSpan FirstLoadEnd => first.End;

    /// <summary>Plans the first load; a failing load breaks off halfway.</summary>
    public void PlanLoad(TimeSpan start, TimeSpan duration, CapacityPace by)
    {
        pace = by;
        first = Plan(start, start, duration);
    }

    /// <summary>Plans a reload, after the loads planned before.</summary>
    public void PlanReload(TimeSpan asked, TimeSpan preparation, TimeSpan duration, CapacityPace by)
    {
        pace = by;
        var from = Capped(asked > LastLoadEnd ? asked : LastLoadEnd);
        reloads.Add(Plan(from, Capped(from + preparation), duration));
    }

    /// <summary>Plans another comparison of its rows.</summary>
    public void PlanRevalidation(TimeSpan asked) => revalidations.Add(asked);

    /// <summary>When the last comparison begins, as far as they are asked for.</summary>
    public TimeSpan LastValidation => revalidations.Count > 0 && revalidations[^1] > LastLoadEnd ? revalidations[^1] : LastLoadEnd;

    /// <summary>Rows of the first load that are at the target.</summary>
    public long FirstLoadRows(TimeSpan elapsed) => hasFullLoad ? RowsOf(first, elapsed) : 0;

    /// <summary>Its state, one of <see cref="TableStates"/>.</summary>
    public string State(TimeSpan elapsed)
    {
        var load = LoadAt(elapsed);
        return Figures.Missing ? TableStates.DoesNotExist
            : !hasFullLoad ? TableStates.Completed
            : elapsed >= load.End ? (Figures.FailLoad ? TableStates.Error : TableStates.Completed)
            : elapsed >= load.Start ? TableStates.FullLoad
            : load != first ? TableStates.BeingReloaded
            : TableStates.BeforeLoad;
    }

    /// <summary>
    /// The moment of the source that the target has reached: changes up to then are applied. Stands still until the table is loaded and while it is
    /// loaded again, then catches up at <paramref name="speed"/> times the pace of the changes, and follows <paramref name="latency"/> behind.
    /// </summary>
    public TimeSpan AppliedUntil(TimeSpan elapsed, double speed, TimeSpan latency)
    {
        if (!appliesChanges || (hasFullLoad && Figures.FailLoad))
        {
            return TimeSpan.Zero;
        }

        var reached = TimeSpan.Zero;
        var from = first.End;
        foreach (var reload in reloads)
        {
            if (reload.Asked >= elapsed)
            {
                break;
            }

            reached = Reach(reached, from, reload.Asked, speed, latency);
            from = reload.End;
        }

        return Reach(reached, from, elapsed, speed, latency);
    }

    /// <summary>Changes are no longer captured from a table in error.</summary>
    public TimeSpan CapturedUntil(TimeSpan elapsed) =>
        hasFullLoad && Figures.FailLoad && elapsed > first.End ? first.End : elapsed;

    /// <summary>Its statistics at a moment.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="elapsed">The moment, in running time.</param>
    /// <param name="now">The same moment, in real time.</param>
    public TableStatistics Statistics(RunPlan plan, TimeSpan elapsed, DateTimeOffset now)
    {
        var load = LoadAt(elapsed);
        var captured = plan.HasCdc ? CapturedUntil(elapsed).TotalSeconds : 0;
        var applied = AppliedUntil(elapsed, plan.CatchUpSpeed, plan.Latency).TotalSeconds;
        var state = State(elapsed);
        var statistics = new TableStatistics
        {
            Name = Name,
            State = (plan.IsOver || plan.HasFailedBy(now)) && state is TableStates.FullLoad or TableStates.BeingReloaded ? TableStates.Cancelled : state,
            Inserts = SimulatedSource.Whole(Figures.Inserts * captured),
            Updates = SimulatedSource.Whole(Figures.Updates * captured),
            Deletes = SimulatedSource.Whole(Figures.Deletes * captured),
            AppliedInserts = SimulatedSource.Whole(Figures.Inserts * applied),
            AppliedUpdates = SimulatedSource.Whole(Figures.Updates * applied),
            AppliedDeletes = SimulatedSource.Whole(Figures.Deletes * applied),
            FullLoadRows = hasFullLoad ? RowsOf(load, elapsed) : 0,
            FullLoadErrorRows = state == TableStates.Error ? Math.Min(1, Figures.Rows) : 0,
            FullLoadStartTime = hasFullLoad && elapsed >= load.Start ? plan.Clock.At(load.Start) : null,
            FullLoadEndTime = hasFullLoad && elapsed >= load.End ? plan.Clock.At(load.End) : null,
            FullLoadReloaded = load != first && state == TableStates.Completed,
            LastUpdateTime = now,
        };
        return plan.ValidationOf(Figures) is { } validation ? Validated(statistics, validation, load, elapsed, plan.Clock) : statistics;
    }

    // It begins with the end of the load, and again when it was asked for after that.
    private TableStatistics Validated(TableStatistics statistics, TableValidation validation, Load load, TimeSpan elapsed, RunClock clock)
    {
        var begins = load.End;
        var again = load != first;
        foreach (var asked in revalidations)
        {
            if (asked <= elapsed && asked > begins)
            {
                (begins, again) = (asked, true);
            }
        }

        return validation.Over(statistics, begins, elapsed, again, clock);
    }

    private static TimeSpan Reach(TimeSpan reached, TimeSpan from, TimeSpan elapsed, double speed, TimeSpan latency)
    {
        if (elapsed <= from)
        {
            return reached;
        }

        var behind = elapsed > latency ? elapsed - latency : TimeSpan.Zero;
        var caughtUp = ((elapsed - from).Ticks * speed) + reached.Ticks;
        var now = caughtUp >= behind.Ticks ? behind : new TimeSpan((long)caughtUp);
        return now > reached ? now : reached;
    }

    private static TimeSpan Capped(TimeSpan time) => time < SimulationProfile.Longest ? time : SimulationProfile.Longest;

    private Load Plan(TimeSpan asked, TimeSpan start, TimeSpan duration) =>
        new(asked, start, Capped(pace!.EndOf(start, Figures.FailLoad ? duration / 2 : duration)));

    private Load LoadAt(TimeSpan elapsed)
    {
        var load = first;
        foreach (var reload in reloads)
        {
            load = reload.Asked <= elapsed ? reload : load;
        }

        return load;
    }

    private long RowsOf(Load load, TimeSpan elapsed)
    {
        var rows = Figures.FailLoad ? Figures.Rows / 2 : Figures.Rows;
        return elapsed >= load.End ? rows
            : elapsed <= load.Start ? 0
            : Math.Min(rows, (long)(rows * pace!.ShareDone(load.Start, load.End, elapsed)));
    }

    private readonly record struct Load(TimeSpan Asked, TimeSpan Start, TimeSpan End);
}
