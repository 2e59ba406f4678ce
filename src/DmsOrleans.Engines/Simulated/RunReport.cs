using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Simulated;

/// <summary>What a planned run has done by some moment.</summary>
internal static class RunReport
{
    /// <summary>Statistics, checkpoint and sub-phase.</summary>
    public static RunProgress Of(RunPlan plan, EngineJob job, LogPosition origin, DateTimeOffset now)
    {
        var elapsed = plan.ElapsedAt(now);
        var until = plan.HasEndedBy(now) ? plan.End!.Run.At : now;
        var tables = Count(plan, elapsed);
        var since = plan.Clock.RunningSince;
        var stats = new ReplicationStats
        {
            FullLoadProgressPercent = Percent(plan, elapsed),
            ElapsedTimeMillis = until > since ? (long)(until - since).TotalMilliseconds : 0,
            TablesLoaded = tables.Loaded,
            TablesLoading = tables.Loading,
            TablesQueued = tables.Queued,
            TablesErrored = tables.Errored,
            FullLoadStartDate = plan.HasFullLoad ? plan.Clock.At(TimeSpan.Zero) : null,
            FullLoadFinishDate = plan.HasFullLoad && elapsed >= plan.FullLoadEnd ? plan.Clock.At(plan.FullLoadEnd) : null,
        };
        return new RunProgress(stats, plan.HasCdc ? Checkpoint(plan, job, origin, elapsed) : null, SubPhase(plan, elapsed, now), elapsed);
    }

    private static string SubPhase(RunPlan plan, TimeSpan elapsed, DateTimeOffset now) =>
        plan.HasEndedBy(now) ? "finished"
        : plan.HasFullLoad && elapsed < plan.FullLoadEnd ? "full load"
        : !plan.HasCdc ? "validation"
        : plan.HasFullLoad && elapsed < plan.CachedChangesEnd ? "cached changes"
        : "ongoing changes";

    /// <summary>Of the rows of the first load; 100 only when the load is over, and always without one.</summary>
    private static int Percent(RunPlan plan, TimeSpan elapsed)
    {
        if (!plan.HasFullLoad || elapsed >= plan.FullLoadEnd)
        {
            return 100;
        }

        var (loaded, rows) = (0.0, 0.0);
        foreach (var table in plan.Tables)
        {
            loaded += table.FirstLoadRows(elapsed);
            rows += table.Figures.Rows;
        }

        return rows > 0 ? Math.Min(99, (int)(100 * loaded / rows)) : 0;
    }

    private static (int Loaded, int Loading, int Queued, int Errored) Count(RunPlan plan, TimeSpan elapsed)
    {
        var (loaded, loading, queued, errored) = (0, 0, 0, 0);
        foreach (var table in plan.Tables)
        {
            switch (table.State(elapsed))
            {
                case TableStates.Completed:
                    loaded++;
                    break;
                case TableStates.Error or TableStates.DoesNotExist:
                    errored++;
                    break;
                case TableStates.BeforeLoad:
                    queued++;
                    break;
                default:
                    loading++;
                    break;
            }
        }

        return (loaded, loading, queued, errored);
    }

    /// <summary>
    /// From the given start position, if it is one in a log, the log grows by what this run applies; else it grows from the log's
    /// origin by all that was ever applied, so that a run carried on goes on from where the one before ended.
    /// </summary>
    private static string Checkpoint(RunPlan plan, EngineJob job, LogPosition origin, TimeSpan elapsed)
    {
        var applied = AppliedBytes(plan, elapsed);
        return LogPosition.TryParse(job.CdcStartPosition, out var start)
            ? start.Plus(Math.Max(0, applied - AppliedBytes(plan, plan.Clock.ElapsedBefore))).ToString()
            : origin.Plus(applied).ToString();
    }

    private static long AppliedBytes(RunPlan plan, TimeSpan elapsed)
    {
        var bytes = 0.0;
        foreach (var table in plan.Tables)
        {
            var seconds = table.AppliedUntil(elapsed, plan.CatchUpSpeed, plan.Latency).TotalSeconds;
            bytes += Math.Floor(table.Figures.ChangesPerSecond * seconds) * (table.Figures.RowBytes + LogPosition.BytesPerChange);
        }

        return SimulatedSource.Whole(bytes);
    }
}
