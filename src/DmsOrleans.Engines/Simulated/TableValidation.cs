using System.Globalization;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Simulated;

/// <summary>The model's validation states that a simulated table can be in, verbatim.</summary>
internal static class ValidationStates
{
    public const string NoPrimaryKey = "No primary key";
    public const string TableError = "Table error";
    public const string PendingValidation = "Pending validation";
    public const string PendingRevalidation = "Pending revalidation";
    public const string PreparingTable = "Preparing table";
    public const string PendingRecords = "Pending records";
    public const string Mismatched = "Mismatched records";
    public const string Suspended = "Suspended records";
    public const string Validated = "Validated";
}

/// <summary>
/// The comparison of a table's rows after its load, and the resync of those that differ. A function of the running time, like the load: from when it
/// begins and the figures of the table follows what it shows at any moment.
/// </summary>
/// <param name="Figures">The table.</param>
/// <param name="Options">How fast.</param>
/// <param name="NoWaits">Whether all of it is over at once (an infinite time scale).</param>
internal readonly record struct TableValidation(TableFigures Figures, ValidationSimulation Options, bool NoWaits)
{
    private static readonly TimeSpan Preparation = TimeSpan.FromSeconds(5);

    private TimeSpan ComparedAfter => NoWaits ? TimeSpan.Zero : Preparation + SimulationProfile.Time(Figures.Rows / Options.RowsPerSecond);

    private bool Resyncs => Options.ResyncAfterSeconds is not null && Figures.MismatchedRows > 0;

    private TimeSpan ResyncBegins => ComparedAfter + (NoWaits ? TimeSpan.Zero : SimulationProfile.Time(Options.ResyncAfterSeconds ?? 0));

    private TimeSpan ResyncLasts => NoWaits ? TimeSpan.Zero : SimulationProfile.Time(Figures.MismatchedRows / Options.ResyncRowsPerSecond);

    /// <summary>How long all of it takes from when it begins.</summary>
    public TimeSpan Duration => !Figures.HasPrimaryKey || Figures.FailLoad || Figures.Missing ? TimeSpan.Zero : Resyncs ? ResyncBegins + ResyncLasts : ComparedAfter;

    /// <summary>Adds what it shows to a table's statistics.</summary>
    /// <param name="table">The statistics.</param>
    /// <param name="begins">When the comparison begins: with the end of the load, or when it was asked for again.</param>
    /// <param name="elapsed">The moment.</param>
    /// <param name="again">Whether it is not the first.</param>
    /// <param name="clock">For the time of a resync.</param>
    public TableStatistics Over(TableStatistics table, TimeSpan begins, TimeSpan elapsed, bool again, RunClock clock)
    {
        var resync = Options.ResyncAfterSeconds is null ? table.ResyncState : "Pending";
        if (!Figures.HasPrimaryKey)
        {
            return table with { ValidationState = ValidationStates.NoPrimaryKey, ResyncState = Options.ResyncAfterSeconds is null ? resync : ValidationStates.NoPrimaryKey };
        }

        if (Figures.Missing || table.State == TableStates.Error)
        {
            return table with { ValidationState = ValidationStates.TableError, ValidationStateDetails = $"The table is in state '{table.State}'.", ResyncState = resync };
        }

        if (elapsed < begins)
        {
            return table with { ValidationState = again ? ValidationStates.PendingRevalidation : ValidationStates.PendingValidation, ResyncState = resync };
        }

        var since = elapsed - begins;
        return since >= ComparedAfter ? Compared(table, begins, since, resync, clock) : Comparing(table, since) with { ResyncState = resync };
    }

    private TableStatistics Comparing(TableStatistics table, TimeSpan since)
    {
        if (since < Preparation)
        {
            return table with { ValidationState = ValidationStates.PreparingTable, ValidationPendingRecords = Figures.Rows };
        }

        var done = Math.Min(Figures.Rows, (long)((since - Preparation).TotalSeconds * Options.RowsPerSecond));
        var share = Figures.Rows > 0 ? (double)done / Figures.Rows : 1;
        return table with
        {
            ValidationState = ValidationStates.PendingRecords,
            ValidationPendingRecords = Figures.Rows - done,
            ValidationFailedRecords = (long)(Figures.MismatchedRows * share),
            ValidationSuspendedRecords = (long)(Figures.SuspendedRows * share),
        };
    }

    private TableStatistics Compared(TableStatistics table, TimeSpan begins, TimeSpan since, string resync, RunClock clock)
    {
        var mended = Resyncs && since >= ResyncBegins + ResyncLasts;
        var mending = Resyncs && since >= ResyncBegins && !mended;
        var progress = mended ? 1 : mending ? (since - ResyncBegins) / ResyncLasts : 0;
        var succeeded = (long)(Figures.MismatchedRows * progress);
        var failed = Figures.MismatchedRows - succeeded;
        return table with
        {
            ValidationState = failed > 0 ? ValidationStates.Mismatched : Figures.SuspendedRows > 0 ? ValidationStates.Suspended : ValidationStates.Validated,
            ValidationFailedRecords = failed,
            ValidationSuspendedRecords = Figures.SuspendedRows,
            ResyncState = mended ? $"Last resync at: {clock.At(begins + ResyncBegins + ResyncLasts).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}" : mending ? "In progress" : resync,
            ResyncRowsAttempted = mended || mending ? Figures.MismatchedRows : null,
            ResyncRowsSucceeded = mended || mending ? succeeded : null,
            ResyncRowsFailed = mended || mending ? 0 : null,
            ResyncProgress = mended || mending ? Math.Round(100 * progress, 1) : null,
        };
    }
}
