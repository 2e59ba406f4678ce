using DmsOrleans.Engines;
using DmsOrleans.Engines.Simulated;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Engines;

/// <summary>Reference section 5: table states beside the ordinary ones, validation and resync.</summary>
public sealed class TableValidationTests
{
    private const string Enabled = """{"ValidationSettings":{"EnableValidation":true}}""";

    // Loaded in 11 s (1 s and 1,000 rows at 100 a second), compared from then on for 5 + 10 s.
    private const string Profile = """{"loadRowsPerSecondPerCapacityUnit":100,"validation":{"rowsPerSecond":100,VALIDATION},"tables":[{"schema":"public","table":"a","rows":1000,TABLE}]}""";

    private readonly SimulatedEngine engine = Simulated.Engine();

    [Fact]
    public void Without_validation_nothing_is_said_of_it() =>
        Assert.Equal(("Not enabled", "Not enabled", 0L), Of(Table(Job(settings: null), 100), t => (t.ValidationState, t.ResyncState, t.ValidationPendingRecords)));

    [Theory]
    [InlineData(5, "Pending validation", 0)]
    [InlineData(12, "Preparing table", 1000)]
    [InlineData(18.5, "Pending records", 750)]
    [InlineData(26, "Validated", 0)]
    public void A_table_is_compared_after_its_load(double seconds, string state, long pending) =>
        Assert.Equal((state, pending, "Not enabled"), Of(Table(Job(), seconds), t => (t.ValidationState, t.ValidationPendingRecords, t.ResyncState)));

    [Theory]
    [InlineData("\"mismatchedRows\":40", "Mismatched records", 40, 0)]
    [InlineData("\"suspendedRows\":7", "Suspended records", 0, 7)]
    [InlineData("\"mismatchedRows\":40,\"suspendedRows\":7", "Mismatched records", 40, 7)]
    [InlineData("\"hasPrimaryKey\":false", "No primary key", 0, 0)]
    [InlineData("\"failLoad\":true", "Table error", 0, 0)]
    [InlineData("\"missing\":true", "Table error", 0, 0)]
    public void What_is_found_is_as_the_profile_says(string table, string state, long failed, long suspended) =>
        Assert.Equal((state, failed, suspended), Of(Table(Job(table), 60), t => (t.ValidationState, t.ValidationFailedRecords, t.ValidationSuspendedRecords)));

    [Fact]
    public void Differing_rows_are_found_as_the_comparison_goes() =>
        Assert.Equal(10, Table(Job("\"mismatchedRows\":40"), 18.5).ValidationFailedRecords);

    [Fact]
    public void A_resync_mends_what_differs()
    {
        // Compared at 26 s, resynced from 36 s on, 40 rows at 4 a second.
        var job = Job("\"mismatchedRows\":40", """
            "resyncAfterSeconds":10,"resyncRowsPerSecond":4
            """);
        Assert.Equal(["Pending", "Pending", "In progress", "Last resync at: 2026-01-01T00:00:46Z"], new[] { 20.0, 30, 41, 47 }.Select(s => Table(job, s).ResyncState));
        Assert.Equal((40L, 20L, 0L, 50.0, 20L), Of(Table(job, 41), t => (t.ResyncRowsAttempted!.Value, t.ResyncRowsSucceeded!.Value, t.ResyncRowsFailed!.Value, t.ResyncProgress!.Value, t.ValidationFailedRecords)));
        Assert.Equal(("Validated", 0L, 100.0), Of(Table(job, 47), t => (t.ValidationState, t.ValidationFailedRecords, t.ResyncProgress!.Value)));
    }

    [Fact]
    public void A_full_load_that_is_validated_ends_when_it_is()
    {
        var job = Job(type: ReplicationType.FullLoad);
        Assert.Equal(At(26), engine.PlannedEnd(job, Simulated.Clock())!.At);
        Assert.Equal("validation", engine.Progress(job, Simulated.Clock(), At(20)).SubPhase);
        Assert.Equal("Validated", Table(job, 1_000).ValidationState);
    }

    [Fact]
    public void A_reload_that_only_validates_compares_again_and_loads_nothing()
    {
        var job = Job() with { Reloads = [new(new("public", "a"), At(100), ValidateOnly: true)] };
        Assert.Equal(["Validated", "Preparing table", "Pending records", "Validated"], new[] { 99.0, 102, 110, 116 }.Select(s => Table(job, s).ValidationState));
        Assert.All([99.0, 102, 110, 116], s => Assert.Equal(("Table completed", 1000L, false), Of(Table(job, s), t => (t.State, t.FullLoadRows, t.FullLoadReloaded))));
    }

    [Fact]
    public void A_data_reload_is_compared_again()
    {
        var job = Job() with { Reloads = [new(new("public", "a"), At(100))] };
        Assert.Equal(["Pending revalidation", "Preparing table"], new[] { 102.0, 117 }.Select(s => Table(job, s).ValidationState));
    }

    [Fact]
    public void Validation_only_moves_no_row()
    {
        var job = Job(settings: """{"ValidationSettings":{"EnableValidation":true,"ValidationOnly":true}}""", type: ReplicationType.FullLoad);
        Assert.Equal(("Table completed", 0L, "Pending records"), Of(Table(job, 6), t => (t.State, t.FullLoadRows, t.ValidationState)));
        Assert.Equal(At(15), engine.PlannedEnd(job, Simulated.Clock())!.At);
    }

    [Fact]
    public void Without_think_time_validation_is_over_at_once() =>
        Assert.Equal("Validated", engine.Tables(Job(), new RunClock(Simulated.Since, TimeScale.Infinite, default), Simulated.Since)[0].ValidationState);

    [Theory]
    [InlineData(5, "Table cancelled")]
    [InlineData(12, "Table completed")]
    public void A_stop_during_a_load_cancels_the_table(double seconds, string state)
    {
        Assert.Equal(state, Table(Job() with { IsOver = true }, seconds).State);
        Assert.Equal(seconds < 11 ? "Full load" : "Table completed", Table(Job(), seconds).State);
    }

    [Fact]
    public void A_table_that_is_gone_does_not_exist_and_counts_as_an_error()
    {
        var job = Job("\"missing\":true", settings: null);
        Assert.Equal(("Table does not exist", 0L), Of(Table(job, 60), t => (t.State, t.FullLoadRows)));
        Assert.Equal(1, engine.Progress(job, Simulated.Clock(), At(60)).Stats.TablesErrored);
    }

    private static DateTimeOffset At(double seconds) => Simulated.Since.AddSeconds(seconds);

    private static T Of<T>(TableStatistics table, Func<TableStatistics, T> members) => members(table);

    private static EngineJob Job(string table = "\"rowBytes\":100", string validation = "\"resyncRowsPerSecond\":100", string? settings = Enabled, ReplicationType type = ReplicationType.FullLoadAndCdc) =>
        Simulated.Job(type, simulation: Profile.Replace("VALIDATION", validation, StringComparison.Ordinal).Replace("TABLE", table, StringComparison.Ordinal), settings: settings);

    private TableStatistics Table(EngineJob job, double seconds) => Assert.Single(engine.Tables(job, Simulated.Clock(), At(seconds)));
}
