using CsCheck;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Simulated;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Engines;

public sealed class SimulatedEngineTests
{
    /// <summary>Two tables of 1,000 and 500 rows, loaded in 11 s and 6 s (1 s each, then 100 rows a second), 10 changes a second each.</summary>
    private const string Small = """
        {"loadRowsPerSecondPerCapacityUnit":200,"changesAppliedPerSecondPerCapacityUnit":80,"changeLatencySeconds":1,"tables":[
        {"schema":"public","table":"a","rows":1000,"insertsPerSecond":5,"updatesPerSecond":3,"deletesPerSecond":2},
        {"schema":"public","table":"b","rows":500,"insertsPerSecond":5,"updatesPerSecond":3,"deletesPerSecond":2}]}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly SimulatedEngine engine = Simulated.Engine();

    [Fact]
    public void The_same_seed_gives_the_same_walk_in_any_engine()
    {
        var job = Simulated.Job();
        var other = Simulated.Engine();
        foreach (var phase in ReplicationStatuses.All)
        {
            Assert.Equal(engine.PlannedDuration(job, phase), other.PlannedDuration(job, phase));
        }

        Assert.Equal(engine.Tables(job, Simulated.Clock(), At(77)), other.Tables(job, Simulated.Clock(), At(77)));
        Assert.Equal(engine.Progress(job, Simulated.Clock(), At(77)), other.Progress(job, Simulated.Clock(), At(77)));
    }

    [Fact]
    public void The_walk_of_a_seed_is_the_same_in_every_release() =>
        Assert.Equal("276.9590", engine.PlannedDuration(Simulated.Job(), ReplicationStatus.Initializing).TotalSeconds.ToString("F4", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Another_seed_replication_or_run_is_another_walk()
    {
        var durations = new[]
        {
            engine.PlannedDuration(Simulated.Job(), ReplicationStatus.Initializing),
            engine.PlannedDuration(Simulated.Job(run: 2), ReplicationStatus.Initializing),
            engine.PlannedDuration(Simulated.Job(identifier: "invoices"), ReplicationStatus.Initializing),
            engine.PlannedDuration(Simulated.Job(simulation: """{"seed":2}"""), ReplicationStatus.Initializing),
        };
        Assert.Equal(4, durations.Distinct().Count());
    }

    [Theory]
    [InlineData(ReplicationStatus.Initializing, 2, 5)]
    [InlineData(ReplicationStatus.PreparingMetadataResources, 15, 20)]
    [InlineData(ReplicationStatus.TestingConnection, 2, 5)]
    [InlineData(ReplicationStatus.FetchingMetadata, 0.5, 5)]
    [InlineData(ReplicationStatus.CalculatingCapacity, 1, 2)]
    [InlineData(ReplicationStatus.ProvisioningCapacity, 15, 20)]
    [InlineData(ReplicationStatus.ReplicationStarting, 1, 2)]
    [InlineData(ReplicationStatus.Running, 0, 0)]
    [InlineData(ReplicationStatus.Stopping, 0, 0)]
    public void Phases_last_as_long_as_on_AWS(ReplicationStatus phase, double least, double most)
    {
        var minutes = Enumerable.Range(0, 500).Select(i => engine.PlannedDuration(Simulated.Job(identifier: $"r{i}"), phase).TotalMinutes).ToList();
        Assert.InRange(minutes.Min(), least, least + ((most - least) * 0.05));
        Assert.InRange(minutes.Max(), most - ((most - least) * 0.05), most);
    }

    [Fact]
    public void A_phase_can_be_fixed_slowed_down_or_hang()
    {
        var job = Simulated.Job(simulation: """
            {"phases":{"initializing":{"seconds":3},"testing_connection":{"minSeconds":4,"maxSeconds":4,"slowdown":10},"replication_starting":{"hangProbability":1}}}
            """);
        Assert.Equal(TimeSpan.FromSeconds(3), engine.PlannedDuration(job, ReplicationStatus.Initializing));
        Assert.Equal(TimeSpan.FromSeconds(40), engine.PlannedDuration(job, ReplicationStatus.TestingConnection));
        Assert.Equal(TimeSpan.MaxValue, engine.PlannedDuration(job, ReplicationStatus.ReplicationStarting));
    }

    [Fact]
    public async Task A_phase_fails_as_often_as_its_profile_says()
    {
        const string Profile = """{"phases":{"provisioning_capacity":{"failureProbability":0.2,"failureMessage":"No capacity.","failureRecoverable":true}}}""";
        var failures = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var failure = await engine.ProvisionAsync(Simulated.Job(identifier: $"r{i}", simulation: Profile), 1, Cancellation);
            Assert.True(failure is null || failure == new StepFailure("No capacity.", Recoverable: true));
            failures += failure is null ? 0 : 1;
        }

        Assert.InRange(failures, 150, 250);
    }

    [Fact]
    public async Task Each_phase_can_be_made_to_fail()
    {
        var phases = PhaseDefaults.Phases.Select(phase => $"\"{phase.ToWire()}\":" + """{"failureProbability":1}""");
        var profile = """{"phases":{""" + string.Join(',', phases) + "}}";
        var job = Simulated.Job(simulation: profile);
        StepFailure?[] failures =
        [
            await engine.InitializeAsync(job, Cancellation),
            await engine.PrepareMetadataResourcesAsync(job, Cancellation),
            await engine.TestConnectionAsync(job, Simulated.Endpoint("SOURCE"), Cancellation),
            (await engine.FetchMetadataAsync(job, Cancellation)).Failure,
            (await engine.EstimateCapacityAsync(job, Metadata, Cancellation)).Failure,
            await engine.ProvisionAsync(job, 1, Cancellation),
            await engine.StartAsync(job, Cancellation),
        ];
        Assert.All(failures.Zip(PhaseDefaults.Phases), pair => Assert.Contains(pair.Second.ToWire(), pair.First?.Message ?? "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("source", true, false)]
    [InlineData("target", false, true)]
    [InlineData("both", true, true)]
    [InlineData("none", false, false)]
    public async Task The_connection_test_of_either_end_can_be_made_to_fail(string ends, bool source, bool target)
    {
        var job = Simulated.Job(simulation: """{"connectionTest":{"failingEndpoint":"ENDS"}}""".Replace("ENDS", ends, StringComparison.Ordinal));
        Assert.Equal(source, await engine.TestConnectionAsync(job, Simulated.Endpoint("SOURCE"), Cancellation) is not null);
        Assert.Equal(target, await engine.TestConnectionAsync(job, Simulated.Endpoint("TARGET"), Cancellation) is not null);
    }

    [Fact]
    public async Task A_wrong_profile_fails_to_initialize_and_names_the_member()
    {
        var failure = await engine.InitializeAsync(Simulated.Job(simulation: """{"phases":{"initialising":{}}}"""), Cancellation);
        Assert.Contains("simulation.phases.initialising is not a phase; the phases are initializing,", failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sales", "orders", "sales.orders")]
    [InlineData("sales", "inv%", "sales.inv1")]
    [InlineData("public", "%", "public.table_001")]
    public void The_generated_source_has_what_the_mappings_ask_for(string schema, string table, string expected)
    {
        var tables = engine.Tables(Simulated.Job(mappings: Mapping(schema, table)), Simulated.Clock(), Simulated.Since);
        Assert.Contains(expected, tables.Select(t => t.Name.ToString()));
        Assert.All(tables, t => Assert.Equal(schema, t.Name.Schema));
    }

    [Fact]
    public async Task A_source_that_does_not_follow_the_mappings_has_no_such_tables()
    {
        var job = Simulated.Job(mappings: Mapping("sales", "%"), simulation: """{"generatedTables":{"followMappings":false}}""");
        Assert.NotNull((await engine.FetchMetadataAsync(job, Cancellation)).Failure);
    }

    [Fact]
    public void Higher_load_order_loads_first_and_no_more_tables_at_once_than_allowed()
    {
        const string Mappings = """
            {"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"public","table-name":"%"},"rule-action":"include","load-order":1},
            {"rule-type":"selection","rule-id":"2","rule-name":"2","object-locator":{"schema-name":"public","table-name":"b"},"rule-action":"include","load-order":2}]}
            """;
        var job = Simulated.Job(ReplicationType.FullLoad, simulation: Small, mappings: Mappings, settings: """{"FullLoadSettings":{"MaxFullLoadSubTasks":1}}""");
        var tables = engine.Tables(job, Simulated.Clock(), At(1.5));
        Assert.Equal(["Before load", "Full load"], tables.Select(t => t.State));
        Assert.Equal(214, tables[1].FullLoadRows); // 1.5 s of 1 s and 500 rows at 200 a second
    }

    [Fact]
    public void A_full_load_ends_by_itself_with_every_row_at_the_target()
    {
        var job = Simulated.Job(ReplicationType.FullLoad, simulation: Small);
        var end = engine.PlannedEnd(job, Simulated.Clock());
        Assert.Equal(new RunEnd(At(11), StopReasons.FullLoadOnlyFinished, null), end);

        var before = engine.Progress(job, Simulated.Clock(), At(10.9));
        Assert.Equal((99, 1, 1, "full load", (string?)null), (before.Stats.FullLoadProgressPercent, before.Stats.TablesLoaded, before.Stats.TablesLoading, before.SubPhase, before.RecoveryCheckpoint));
        Assert.Null(before.Stats.FullLoadFinishDate);

        var after = engine.Progress(job, Simulated.Clock(), At(11));
        Assert.Equal((100, 2, "finished", At(11)), (after.Stats.FullLoadProgressPercent, after.Stats.TablesLoaded, after.SubPhase, after.Stats.FullLoadFinishDate));
        Assert.Equal([1000L, 500L], engine.Tables(job, Simulated.Clock(), At(99)).Select(t => t.FullLoadRows));
        Assert.Equal(11_000, engine.Progress(job, Simulated.Clock(), At(99)).Stats.ElapsedTimeMillis);
    }

    [Fact]
    public void Changes_of_a_table_are_applied_only_after_its_load_and_then_catch_up()
    {
        var job = Simulated.Job(simulation: Small);
        var loading = engine.Tables(job, Simulated.Clock(), At(8));
        Assert.Equal((40L, 0L, "Full load"), (loading[0].Inserts, loading[0].AppliedInserts, loading[0].State));
        Assert.Equal((40L, "Table completed"), (loading[1].Inserts, loading[1].State));
        Assert.InRange(loading[1].AppliedInserts, 1, 39);

        Assert.Equal("cached changes", engine.Progress(job, Simulated.Clock(), At(11.5)).SubPhase);
        Assert.Equal("ongoing changes", engine.Progress(job, Simulated.Clock(), At(20)).SubPhase);
        var caughtUp = engine.Tables(job, Simulated.Clock(), At(20));
        Assert.All(caughtUp, t => Assert.Equal((100L, 95L, 60L, 57L, 40L, 38L), (t.Inserts, t.AppliedInserts, t.Updates, t.AppliedUpdates, t.Deletes, t.AppliedDeletes)));
        Assert.Null(engine.PlannedEnd(job, Simulated.Clock()));
    }

    [Theory]
    [InlineData("StopTaskCachedChangesNotApplied", StopReasons.StoppedAfterFullLoad, 0L)]
    [InlineData("StopTaskCachedChangesApplied", StopReasons.StoppedAfterCachedEvents, 55L)]
    public void A_run_stops_around_the_cached_changes_when_asked(string setting, string reason, long atLeastApplied)
    {
        var job = Simulated.Job(simulation: Small, settings: $$$"""{"FullLoadSettings":{"{{{setting}}}":true}}""");
        var end = engine.PlannedEnd(job, Simulated.Clock())!;
        Assert.Equal(reason, end.StopReason);
        var table = engine.Tables(job, Simulated.Clock(), At(999))[0];
        Assert.InRange(table.AppliedInserts, atLeastApplied, atLeastApplied == 0 ? 0 : table.Inserts);
    }

    [Theory]
    [InlineData("server_time:2026-01-01T00:01:40", StopReasons.StoppedAtServerTime, 100)]
    [InlineData("commit_time: 2026-01-01T00:01:40 ", StopReasons.StoppedAtCommitTime, 100)]
    [InlineData("server_time:2020-01-01T00:00:00", StopReasons.StoppedAtServerTime, 11)]
    public void A_stop_position_ends_change_capture_but_no_load(string position, string reason, double seconds)
    {
        var job = Simulated.Job(simulation: Small) with { CdcStopPosition = position };
        Assert.Equal(new RunEnd(At(seconds), reason, null), engine.PlannedEnd(job, Simulated.Clock()));
        Assert.Equal(engine.Tables(job, Simulated.Clock(), At(seconds)), engine.Tables(job, Simulated.Clock(), At(seconds + 1_000)));
    }

    [Fact]
    public async Task A_stop_position_that_is_none_fails_to_initialize() =>
        Assert.Contains("CdcStopPosition", (await engine.InitializeAsync(Simulated.Job() with { CdcStopPosition = "noon" }, Cancellation))!.Message, StringComparison.Ordinal);

    [Fact]
    public void A_failure_in_the_middle_freezes_the_run_and_spares_the_resumed_one()
    {
        var failing = Small.TrimEnd()[..^1] + ""","runFailure":{"afterSeconds":5,"message":"Out of disk.","recoverable":true}}""";
        var job = Simulated.Job(simulation: failing);
        Assert.Equal(new RunEnd(At(5), StopReasons.RecoverableError, new StepFailure("Out of disk.", true)), engine.PlannedEnd(job, Simulated.Clock()));
        Assert.Equal(["Table cancelled", "Table cancelled"], engine.Tables(job, Simulated.Clock(), At(500)).Select(t => t.State));
        Assert.Null(engine.PlannedEnd(job, Simulated.Clock(before: TimeSpan.FromSeconds(5))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"ErrorBehavior":{"TableErrorPolicy":"STOP_TASK"}}""")]
    public void A_table_whose_load_fails_ends_in_error_and_stops_the_run_if_the_policy_says_so(string? settings)
    {
        var job = Simulated.Job(ReplicationType.FullLoad, simulation: Small.Replace("\"rows\":500", "\"rows\":500,\"failLoad\":true", StringComparison.Ordinal), settings: settings);
        var end = engine.PlannedEnd(job, Simulated.Clock())!;
        Assert.Equal(settings is null ? (At(11), StopReasons.FullLoadOnlyFinished) : (At(3), StopReasons.FatalError), (end.At, end.StopReason));
        var failed = engine.Tables(job, Simulated.Clock(), end.At)[1];
        Assert.Equal(("Table error", 250L, 1L), (failed.State, failed.FullLoadRows, failed.FullLoadErrorRows));
        Assert.Equal(1, engine.Progress(job, Simulated.Clock(), end.At).Stats.TablesErrored);
    }

    [Fact]
    public void Nothing_is_captured_or_applied_for_a_table_in_error()
    {
        var job = Simulated.Job(simulation: Small.Replace("\"rows\":500", "\"rows\":500,\"failLoad\":true", StringComparison.Ordinal));
        var failed = engine.Tables(job, Simulated.Clock(), At(100))[1];
        Assert.Equal(("Table error", 15L, 0L), (failed.State, failed.Inserts, failed.AppliedInserts));
    }

    [Fact]
    public void A_reloaded_table_goes_through_its_load_again()
    {
        var job = Simulated.Job(simulation: Small) with { Reloads = [new TableReload(new TableName("public", "b"), At(100))] };
        Assert.Equal(
            ["Table completed", "Table is being reloaded", "Full load", "Table completed"],
            new double[] { 99, 102, 106, 112 }.Select(s => Table(s).State));
        Assert.Equal([500L, 0L, 416L, 500L], new[] { 99, 102, 110, 112.0 }.Select(s => Table(s).FullLoadRows));
        Assert.Equal((false, true), (Table(110).FullLoadReloaded, Table(112).FullLoadReloaded));
        Assert.Equal(Table(100).AppliedInserts, Table(110).AppliedInserts);
        Assert.True(Table(130).AppliedInserts > Table(111).AppliedInserts);
        Assert.Equal(645L, Table(130).AppliedInserts);

        TableStatistics Table(double seconds) => engine.Tables(job, Simulated.Clock(), At(seconds))[1];
    }

    [Fact]
    public void A_reload_keeps_a_full_load_running_until_it_is_done()
    {
        var job = Simulated.Job(ReplicationType.FullLoad, simulation: Small) with { Reloads = [new TableReload(new TableName("public", "b"), At(9))] };
        Assert.Equal(At(20), engine.PlannedEnd(job, Simulated.Clock())!.At);
    }

    [Fact]
    public void Change_capture_alone_shows_completed_tables_and_an_advancing_checkpoint()
    {
        var job = Simulated.Job(ReplicationType.Cdc, simulation: Small) with { CdcStartPosition = "checkpoint:V1#1#000004AF/B00000D0#0#0#*#0#0" };
        Assert.Equal("checkpoint:V1#1#000004AF/B00000D0#0#0#*#0#0", engine.Progress(job, Simulated.Clock(), At(0)).RecoveryCheckpoint);

        // 10 s of 20 changes a second, each of 200 + 64 bytes.
        Assert.Equal($"checkpoint:V1#1#000004AF/{0xB00000D0 + (10 * 20 * 264):X8}#0#0#*#0#0", engine.Progress(job, Simulated.Clock(), At(11)).RecoveryCheckpoint);
        Assert.All(engine.Tables(job, Simulated.Clock(), At(11)), t => Assert.Equal(("Table completed", 0L, null), (t.State, t.FullLoadRows, t.FullLoadStartTime)));
    }

    [Fact]
    public void A_run_carried_on_goes_on_from_where_the_one_before_stood()
    {
        var job = Simulated.Job(simulation: Small);
        var before = engine.Tables(job, Simulated.Clock(), At(50));
        var after = engine.Tables(job with { Run = 2 }, new RunClock(At(1_000), TimeScale.One, TimeSpan.FromSeconds(50)), At(1_000));
        Assert.Equal(before.Select(t => (t.Inserts, t.AppliedInserts, t.FullLoadRows)), after.Select(t => (t.Inserts, t.AppliedInserts, t.FullLoadRows)));
        Assert.Equal(
            engine.Progress(job, Simulated.Clock(), At(50)).RecoveryCheckpoint,
            engine.Progress(job with { Run = 2 }, new RunClock(At(1_000), TimeScale.One, TimeSpan.FromSeconds(50)), At(1_000)).RecoveryCheckpoint);
    }

    [Fact]
    public void Without_think_time_all_that_is_planned_is_over_at_once()
    {
        var clock = new RunClock(Simulated.Since, TimeScale.Infinite, TimeSpan.Zero);
        var full = Simulated.Job(ReplicationType.FullLoad, simulation: Small);
        Assert.Equal(Simulated.Since, engine.PlannedEnd(full, clock)!.At);
        Assert.Equal("finished", engine.Progress(full, clock, Simulated.Since).SubPhase);

        var both = Simulated.Job(simulation: Small);
        Assert.Equal("ongoing changes", engine.Progress(both, clock, Simulated.Since).SubPhase);
        Assert.True(engine.Tables(both, clock, At(10))[0].Inserts > engine.Tables(both, clock, At(0))[0].Inserts);
    }

    [Fact]
    public void Counters_never_go_back_and_never_pass_their_bounds() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 10_000], Gen.Double[0.5, 100_000], Gen.Double[0, 5_000], Gen.Double[0, 5_000], Gen.Int[0, 3]).Sample(
            (type, name, scale, one, other, profile) =>
            {
                string?[] profiles =
                [
                    null, """{"generatedTables":{"failLoadProbability":0.3}}""", """{"runFailure":{"afterSeconds":200}}""",
                    """{"generatedTables":{"schemas":3,"minRows":0,"maxRows":0}}""",
                ];
                var job = Simulated.Job((ReplicationType)type, identifier: $"r{name}", simulation: profiles[profile]);
                var clock = Simulated.Clock(scale);
                AssertMonotone(job, clock, At(Math.Min(one, other)), At(Math.Max(one, other)));
            },
            iter: 3_000);

    [Fact]
    public void Whatever_the_time_scale_the_end_finds_every_row_loaded() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Double[0.5, 1_000_000]).Sample((name, scale) =>
        {
            var job = Simulated.Job(ReplicationType.FullLoad, identifier: $"r{name}");
            var clock = Simulated.Clock(scale);
            var end = engine.PlannedEnd(job, clock)!;
            Assert.Equal((100, "finished"), (engine.Progress(job, clock, end.At).Stats.FullLoadProgressPercent, engine.Progress(job, clock, end.At).SubPhase));
            Assert.All(engine.Tables(job, clock, end.At), t => Assert.Equal("Table completed", t.State));
            Assert.Equal(
                engine.Tables(job, new RunClock(Simulated.Since, TimeScale.Infinite, TimeSpan.Zero), Simulated.Since).Select(t => t.FullLoadRows),
                engine.Tables(job, clock, end.At).Select(t => t.FullLoadRows));
        });

    private void AssertMonotone(EngineJob job, RunClock clock, DateTimeOffset earlier, DateTimeOffset later)
    {
        var (first, second) = (engine.Progress(job, clock, earlier), engine.Progress(job, clock, later));
        Assert.InRange(first.Stats.FullLoadProgressPercent, 0, second.Stats.FullLoadProgressPercent);
        Assert.InRange(second.Stats.FullLoadProgressPercent, 0, 100);
        Assert.True(string.CompareOrdinal(first.RecoveryCheckpoint, second.RecoveryCheckpoint) <= 0);
        var ended = engine.PlannedEnd(job, clock) is { } end && later >= end.At;
        Assert.Equal(ended, second.SubPhase == "finished");
        foreach (var (a, b) in engine.Tables(job, clock, earlier).Zip(engine.Tables(job, clock, later)))
        {
            Assert.Equal(a.Name, b.Name);
            Assert.True(a.FullLoadRows <= b.FullLoadRows && a.Inserts <= b.Inserts && a.Updates <= b.Updates && a.Deletes <= b.Deletes);
            Assert.True(a.AppliedInserts <= b.AppliedInserts && a.AppliedUpdates <= b.AppliedUpdates && a.AppliedDeletes <= b.AppliedDeletes);
            Assert.True(b.AppliedInserts <= b.Inserts && b.AppliedUpdates <= b.Updates && b.AppliedDeletes <= b.Deletes);
        }
    }

    [Fact]
    public void The_largest_source_is_planned_without_overflow()
    {
        var profile = """{"generatedTables":{"minTables":5000,"maxTables":10000,"minRows":10000000000,"maxRows":10000000000,"maxRowBytes":1000000000},"loadRowsPerSecondPerCapacityUnit":1}""";
        var job = Simulated.Job(ReplicationType.FullLoadAndCdc, simulation: profile);
        Assert.Null(engine.PlannedEnd(job, Simulated.Clock()));
        var stats = engine.Progress(job, Simulated.Clock(100_000), At(1e9)).Stats;
        Assert.InRange(stats.TablesLoaded, 5_000, 10_000);
        Assert.Equal(100, stats.FullLoadProgressPercent);
    }

    private static SourceMetadata Metadata { get; } = new() { TablesListed = 1, TablesMatched = 1, Rows = 1, Bytes = 1, LobShare = 0, ChangesPerSecond = 0 };

    private static DateTimeOffset At(double seconds) => Simulated.Since + TimeSpan.FromSeconds(seconds);

    private static string Mapping(string schema, string table) =>
        Simulated.AllTables.Replace("\"schema-name\":\"%\",\"table-name\":\"%\"", $"\"schema-name\":\"{schema}\",\"table-name\":\"{table}\"", StringComparison.Ordinal);
}
