using DmsOrleans.Engines.Capacity;
using DmsOrleans.Engines.Settings;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Simulated;

/// <summary>
/// A whole run, worked out beforehand: which table is loaded when, when the changes of the load are caught up with, how it ends. Made anew for
/// each question, from the job alone; nothing is kept between questions.
/// </summary>
internal sealed class RunPlan
{
    private const double SecondsPerTable = 1;
    private static readonly TimeSpan ResumeTolerance = TimeSpan.FromSeconds(1);
    private readonly SimulationOptions options;
    private readonly TaskSettingsValues settings;
    private readonly EngineJob job;
    private double rowsPerSecond = 1;
    private SourceMetadata metadata = null!;

    private RunPlan(SimulationOptions options, TaskSettingsValues settings, EngineJob job, RunClock clock)
    {
        this.options = options;
        this.settings = settings;
        this.job = job;
        Clock = clock;
        Latency = TimeSpan.FromSeconds(options.ChangeLatencySeconds);
    }

    /// <summary>Maps running time to real time.</summary>
    public RunClock Clock { get; }

    /// <summary>In the order of their names.</summary>
    public List<TableRun> Tables { get; } = [];

    /// <summary>Whether rows are compared and none are moved.</summary>
    private bool ValidatesOnly => settings is { EnableValidation: true, ValidationOnly: true };

    /// <summary>Whether rows present at the start are copied.</summary>
    public bool HasFullLoad => job.Spec.Type.HasFullLoad() && !ValidatesOnly;

    /// <summary>Whether changes are captured.</summary>
    public bool HasCdc => job.Spec.Type.HasCdc();

    /// <summary>Whether the run has come to rest.</summary>
    public bool IsOver => job.IsOver;

    /// <summary>The comparison of a table's rows; null when validation is not enabled.</summary>
    public TableValidation? ValidationOf(TableFigures figures) =>
        settings.EnableValidation ? new TableValidation(figures, options.Validation, Clock.Scale.IsInfinite) : null;

    /// <summary>When the last table is loaded; reloads do not count.</summary>
    public TimeSpan FullLoadEnd { get; private set; }

    /// <summary>When every change captured during the load is applied.</summary>
    public TimeSpan CachedChangesEnd { get; private set; }

    /// <summary>How many seconds of changes are applied in a second while catching up.</summary>
    public double CatchUpSpeed { get; private set; } = double.PositiveInfinity;

    /// <summary>How far applied changes lag.</summary>
    public TimeSpan Latency { get; }

    /// <summary>How the granted capacity drives the loads.</summary>
    public CapacityPace Pace { get; private set; } = null!;

    /// <summary>
    /// What the run needs when its profile does not say: as much as was computed while it loads, which asks for no change, and afterwards as much
    /// as its changes alone would have been given.
    /// </summary>
    public LoadForecast DefaultLoad()
    {
        var alone = CapacityEstimator.Units(metadata, ReplicationType.Cdc, job.Spec.Compute);
        return new LoadForecast(
            [new LoadLevel(TimeSpan.Zero, SimulatedLoad.UsualShare * Pace.First), new LoadLevel(FullLoadEnd, SimulatedLoad.UsualShare * Math.Min(alone, Pace.First))], LoadsEnd);
    }

    /// <summary>When the last load is over, reloads included.</summary>
    public TimeSpan LoadsEnd => HasFullLoad ? LastLoadEnd() : TimeSpan.Zero;

    /// <summary>How the run ends by itself; null when it goes on.</summary>
    public PlannedRunEnd? End { get; private set; }

    /// <summary>Whether a job goes on until it is stopped, which needs no plan to tell.</summary>
    public static bool NeverEnds(SimulationProfile profile, EngineJob job) =>
        job.Spec.Type == ReplicationType.Cdc && job.CdcStopPosition is null && profile.Options.RunFailure is null;

    /// <summary>Plans the run of a job.</summary>
    public static RunPlan Of(SimulationProfile profile, SimulatedSource source, TaskSettingsValues settings, EngineJob job, RunClock clock)
    {
        var draw = Draw.Of(profile.Options.Seed, job.Spec.Identifier);
        var matched = source.Match(draw, out var listed);
        var plan = new RunPlan(profile.Options, settings, job, clock);
        plan.metadata = SimulatedSource.Sum(matched, listed);
        plan.Pace = new CapacityPace(job, CapacityEstimator.Units(plan.metadata, job.Spec.Type, job.Spec.Compute));
        plan.PlanRates(matched.Count);
        plan.PlanLoads(matched);
        plan.PlanReloads();
        plan.PlanCachedChanges();
        plan.End = plan.FirstEnd(draw.Split((ulong)job.Run));
        return plan;
    }

    /// <summary>The running time at a real time, not beyond the run's end.</summary>
    public TimeSpan ElapsedAt(DateTimeOffset now)
    {
        if (End is null)
        {
            return Clock.Elapsed(now, CachedChangesEnd);
        }

        // The clock's rounding may fall on either side of the end; what is shown must not.
        if (HasEndedBy(now))
        {
            return End.Elapsed;
        }

        var elapsed = Clock.Elapsed(now, End.Planned);
        return elapsed < End.Elapsed ? elapsed : End.Elapsed;
    }

    /// <summary>Whether the run is over.</summary>
    public bool HasEndedBy(DateTimeOffset now) => End is not null && now >= End.Run.At;

    /// <summary>Whether the run is over by a failure.</summary>
    public bool HasFailedBy(DateTimeOffset now) => HasEndedBy(now) && End!.Run.Failure is not null;

    private static TimeSpan Seconds(double seconds) =>
        seconds < SimulationProfile.Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : SimulationProfile.Longest;

    private void PlanRates(int tables)
    {
        rowsPerSecond = options.LoadRowsPerSecondPerCapacityUnit * Pace.First / Math.Clamp(tables, 1, settings.MaxFullLoadSubTasks);
        if (metadata.ChangesPerSecond > 0)
        {
            // At least twice the pace of the changes, or the target would never catch up. By the highest capacity, since counters must not go back.
            CatchUpSpeed = Math.Max(2, options.ChangesAppliedPerSecondPerCapacityUnit * Pace.Highest / metadata.ChangesPerSecond);
        }
    }

    private TimeSpan LoadDuration(TableFigures figures) => Seconds(SecondsPerTable + (figures.Rows * (1 + figures.LobShare) / rowsPerSecond));

    /// <summary>Tables with a higher load order first, then by name; each goes to the subtask that is free first.</summary>
    private void PlanLoads(List<MatchedTable> matched)
    {
        var appliesChanges = HasCdc && !ValidatesOnly && !(HasFullLoad && settings.StopTaskCachedChangesNotApplied);
        foreach (var table in matched)
        {
            Tables.Add(new TableRun(table, HasFullLoad, appliesChanges));
        }

        if (!HasFullLoad || matched.Count == 0)
        {
            return;
        }

        var free = new TimeSpan[Math.Min(settings.MaxFullLoadSubTasks, matched.Count)];
        foreach (var i in Enumerable.Range(0, matched.Count).OrderByDescending(i => matched[i].LoadOrder))
        {
            var next = Array.IndexOf(free, free.Min());
            Tables[i].PlanLoad(free[next], LoadDuration(matched[i].Figures), Pace);
            free[next] = Tables[i].FirstLoadEnd;
            FullLoadEnd = free[next] > FullLoadEnd ? free[next] : FullLoadEnd;
        }
    }

    private void PlanReloads()
    {
        foreach (var asked in job.Reloads.Where(reload => reload.ValidateOnly))
        {
            Tables.Find(table => table.Name == asked.Table)?.PlanRevalidation(Clock.Elapsed(asked.At, FullLoadEnd));
        }

        if (!HasFullLoad)
        {
            return;
        }

        foreach (var reload in job.Reloads.Where(reload => !reload.ValidateOnly))
        {
            if (Tables.Find(table => table.Name == reload.Table) is { } table)
            {
                // Without think time a reload is over at once, like everything that is planned.
                var (preparation, duration) = Clock.Scale.IsInfinite ? default : (TableRun.ReloadPreparation, LoadDuration(table.Figures));
                table.PlanReload(Clock.Elapsed(reload.At, FullLoadEnd), preparation, duration, Pace);
            }
        }
    }

    private void PlanCachedChanges()
    {
        CachedChangesEnd = FullLoadEnd;
        foreach (var table in HasFullLoad && HasCdc ? Tables : [])
        {
            var loaded = table.FirstLoadEnd;
            var catchingUp = loaded / CatchUpSpeed;
            var end = loaded + (catchingUp > Latency ? catchingUp : Latency);
            CachedChangesEnd = end > CachedChangesEnd ? end : CachedChangesEnd;
        }
    }

    /// <summary>The end that comes first: of what is planned in running time, and of the stop position, which is real time.</summary>
    private PlannedRunEnd? FirstEnd(Draw draw)
    {
        var planned = FirstPlannedEnd(draw);
        if (!HasCdc || !CdcStopPosition.TryParse(job.CdcStopPosition, out var stop))
        {
            return planned;
        }

        // A stop position ends change capture, which applies nothing before the load is over.
        var earliest = Later(Clock.RunningSince, Clock.At(FullLoadEnd));
        var at = Later(stop.At, earliest);
        var reference = planned?.Planned ?? CachedChangesEnd;
        return planned is not null && planned.Run.At <= at ? planned
            : new PlannedRunEnd(new RunEnd(at, stop.StopReason, null), Clock.Elapsed(at, reference), reference);
    }

    private PlannedRunEnd? FirstPlannedEnd(Draw draw)
    {
        PlannedRunEnd? end = null;
        Consider(ref end, NaturalEnd());
        Consider(ref end, TableErrorEnd());
        Consider(ref end, RunFailureEnd(draw));
        return end;
    }

    private void Consider(ref PlannedRunEnd? end, (TimeSpan Elapsed, string Reason, StepFailure? Failure)? candidate)
    {
        if (candidate is { } found && (end is null || found.Elapsed < end.Elapsed))
        {
            end = new PlannedRunEnd(new RunEnd(Clock.At(found.Elapsed), found.Reason, found.Failure), found.Elapsed, found.Elapsed);
        }
    }

    private (TimeSpan, string, StepFailure?)? NaturalEnd() => job.Spec.Type switch
    {
        ReplicationType.FullLoad => (WorkEnd(), StopReasons.FullLoadOnlyFinished, null),
        ReplicationType.FullLoadAndCdc when settings.StopTaskCachedChangesNotApplied => (FullLoadEnd, StopReasons.StoppedAfterFullLoad, null),
        ReplicationType.FullLoadAndCdc when settings.StopTaskCachedChangesApplied => (CachedChangesEnd, StopReasons.StoppedAfterCachedEvents, null),
        _ => null,
    };

    private (TimeSpan, string, StepFailure?)? TableErrorEnd()
    {
        if (!HasFullLoad || !settings.StopsOnTableError)
        {
            return null;
        }

        var failing = Tables.Where(table => table.Figures.FailLoad).MinBy(table => table.FirstLoadEnd);
        return failing is null ? null
            : (failing.FirstLoadEnd, StopReasons.FatalError, new StepFailure($"Table '{failing.Name.Schema}'.'{failing.Name.Table}' could not be loaded, and TableErrorPolicy is STOP_TASK."));
    }

    private (TimeSpan, string, StepFailure?)? RunFailureEnd(Draw draw)
    {
        if (options.RunFailure is not { } failure || !draw.Split(Purpose.RunFailure).Happens(failure.Probability))
        {
            return null;
        }

        var after = Seconds(failure.AfterSeconds);
        if (Clock.ElapsedBefore > TimeSpan.Zero && after <= Clock.ElapsedBefore + ResumeTolerance)
        {
            return null;
        }

        var reason = failure.Recoverable ? StopReasons.RecoverableError : StopReasons.FatalError;
        var message = failure.Message ?? "The connection to the source database was lost: server closed the connection unexpectedly.";
        return (after, reason, new StepFailure(message, failure.Recoverable));
    }

    // A full load that is validated goes on until the last table is.
    private TimeSpan WorkEnd()
    {
        var last = LoadsEnd;
        foreach (var table in Tables)
        {
            var end = table.LastValidation + (ValidationOf(table.Figures)?.Duration ?? TimeSpan.Zero);
            last = settings.EnableValidation && end > last ? end : last;
        }

        return last < SimulationProfile.Longest ? last : SimulationProfile.Longest;
    }

    private TimeSpan LastLoadEnd()
    {
        var last = FullLoadEnd;
        foreach (var table in Tables)
        {
            last = table.LastLoadEnd > last ? table.LastLoadEnd : last;
        }

        return last;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

/// <summary>An end, with its running time.</summary>
/// <param name="Run">As it is answered.</param>
/// <param name="Elapsed">Running time at the end.</param>
/// <param name="Planned">What <see cref="RunClock.Elapsed"/> takes for planned.</param>
internal sealed record PlannedRunEnd(RunEnd Run, TimeSpan Elapsed, TimeSpan Planned);
