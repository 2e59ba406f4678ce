using System.Diagnostics;
using System.Diagnostics.Metrics;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using DmsOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using Orleans.Storage;
using static DmsOrleans.Tests.Storage.StorageWords;

namespace DmsOrleans.Tests.Storage;

/// <summary>What only the one-node store does: its file, its one writer, and what happens when the disk fails it.</summary>
public sealed class SqliteStoreTests : IDisposable
{
    private const string Kind = "replication";

    private readonly string directory = SqliteUnderTest.NewDirectory();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task What_was_acknowledged_is_there_after_reopening()
    {
        var before = TimeProvider.System.GetUtcNow();
        var entry = new ReminderEntry { GrainId = Grain("a"), ReminderName = "wake", StartAt = Noon.UtcDateTime, Period = TimeSpan.FromMinutes(1) };
        GrainState<FullState> written;
        string? reminder;
        await using (var store = await SqliteUnderTest.OpenAsync(directory))
        {
            written = await store.Grains.WriteAsync(Grain("a"), new FullState { Name = "a", Last = Step(1), Spec = new FullSpec("s"), SpecRevision = 1 }, kind: Kind);
            reminder = await store.Reminders.UpsertRow(entry, Cancel);
        }

        await using var again = await SqliteUnderTest.OpenAsync(directory);
        Assert.InRange(again.States.LastCommitBeforeOpen!.Value, before, TimeProvider.System.GetUtcNow());
        Assert.Equal("s", (await again.Grains.ReadAsync<FullState>(Grain("a"), Kind)).State!.Spec!.Text);
        Assert.Equal(reminder, (await again.Reminders.ReadRow(Grain("a"), "wake", Cancel))!.ETag);
        written.State = written.State! with { Last = Step(2), Status = "running" };
        await again.Grains.WriteStateAsync(Kind, Grain("a"), written);   // the tag is as good as before
        Assert.Equal([Step(1), Step(2)], await again.States.HistoryAsync(Kind, "a", 0, 10, Cancel));
    }

    [Fact]
    public async Task Opening_applies_the_schema_once()
    {
        for (var i = 0; i < 3; i++)
        {
            await using var store = await SqliteUnderTest.OpenAsync(directory);
            await store.Store.OpenAsync(Cancel);
            Assert.Equal((long)SchemaMigration.Latest, Query("PRAGMA user_version"));
            await store.Grains.WriteAsync(Grain($"k{i}"), new PlainState());
        }

        Assert.Equal(3L, Query("SELECT COUNT(*) FROM grain_state"));
    }

    [Fact]
    public async Task Of_a_cleared_state_no_row_remains_but_its_history_and_of_that_none_after_the_retention()
    {
        var time = new FakeTimeProvider(Noon.AddDays(14));
        await using var store = await SqliteUnderTest.OpenAsync(directory, time: time);
        var target = await store.Grains.WriteAsync(Grain("t"), new FullState { Name = "t" }, kind: Kind);
        var state = await store.Grains.WriteAsync(Grain("a"), new FullState { Name = "a", Last = Step(1), Spec = new FullSpec("s"), SpecRevision = 1, References = [new(Kind, "t")] }, kind: Kind);
        await store.Grains.ClearStateAsync(Kind, Grain("a"), state);
        await store.Grains.ClearStateAsync(Kind, Grain("t"), target);
        foreach (var table in new[] { "grain", "grain_state", "grain_spec", "reference" })
        {
            Assert.Equal(0L, Query($"SELECT COUNT(*) FROM {table}"));
        }

        await store.Grains.WriteAsync(Grain("b"), new FullState { Name = "b", Last = Step(1) }, kind: Kind);
        Assert.Equal(0, await store.Retention.PurgeAsync(Cancel));
        Assert.Equal((2L, 1L), (Query("SELECT COUNT(*) FROM history"), Query("SELECT COUNT(*) FROM departed")));
        time.SetUtcNow(Noon.AddDays(14).AddHours(1));
        Assert.Equal(1, await store.Retention.PurgeAsync(Cancel));
        Assert.Equal((1L, 0L), (Query("SELECT COUNT(*) FROM history"), Query("SELECT COUNT(*) FROM departed")));
        Assert.Equal([Step(1)], await store.States.HistoryAsync(Kind, "b", 0, 10, Cancel));
    }

    [Fact]
    public async Task A_purge_of_long_histories_leaves_the_newest_position_in_use()
    {
        await using var store = await SqliteUnderTest.OpenAsync(directory, time: new FakeTimeProvider(Noon.AddDays(30)));
        foreach (var key in new[] { "a", "b" })
        {
            var state = new GrainState<FullState>();
            for (var step = 1; step <= 1_200; step++)
            {
                state.State = new FullState { Name = key, Last = Step(step) };
                await store.Grains.WriteStateAsync(Kind, Grain(key), state);
            }

            await store.Grains.ClearStateAsync(Kind, Grain(key), state);
        }

        Assert.Equal(1_200, await store.Retention.PurgeAsync(Cancel));   // the other has the newest transition
        await store.Grains.WriteAsync(Grain("c"), new FullState { Name = "c", Last = Step(1) }, kind: Kind);
        Assert.Equal(2_401L, Query("SELECT MAX(id) FROM history"));
        Assert.Equal(1_200, await store.Retention.PurgeAsync(Cancel));
        Assert.Equal((1L, 0L), (Query("SELECT COUNT(*) FROM history"), Query("SELECT COUNT(*) FROM departed")));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 999", "written by a newer release (schema 999")]
    [InlineData("CREATE TABLE theirs (id INTEGER)", "some other program")]
    public async Task A_file_of_a_newer_release_or_another_program_is_refused_and_left_alone(string makes, string message)
    {
        Query(makes);
        var refused = await Assert.ThrowsAsync<StorageCannotOpenException>(() => SqliteUnderTest.OpenAsync(directory));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(0L, Query("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'grain'"));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "dms.db"), new string('x', 10_000), Cancel);
        var refused = await Assert.ThrowsAsync<StorageCannotOpenException>(() => SqliteUnderTest.OpenAsync(directory));
        Assert.Contains("cannot be opened", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_belongs_to_one_node_at_a_time()
    {
        await using (var store = await SqliteUnderTest.OpenAsync(directory))
        {
            var refused = await Assert.ThrowsAsync<StorageCannotOpenException>(() => SqliteUnderTest.OpenAsync(directory));
            Assert.Contains("in use by another node", refused.Message, StringComparison.Ordinal);
            await store.Grains.WriteAsync(Grain("a"), new PlainState());
        }

        await using var next = await SqliteUnderTest.OpenAsync(directory);
        Assert.True((await next.Grains.ReadAsync<PlainState>(Grain("a"))).RecordExists);
    }

    [Fact]
    public async Task In_memory_nothing_is_left_behind()
    {
        string file;
        await using (var store = await SqliteUnderTest.OpenAsync(directory, options => options.InMemory = true))
        {
            file = store.Store.Path!;
            await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 1 });
            Assert.Equal(1, (await store.Grains.ReadAsync<PlainState>(Grain("a"))).State!.Number);
            Assert.True(File.Exists(file));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(file)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
    }

    [Fact]
    public async Task What_a_killed_in_memory_node_left_is_deleted_by_the_next_and_a_living_one_is_not()
    {
        await using var living = await SqliteUnderTest.OpenAsync(directory, options => options.InMemory = true);
        var dead = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "dms-in-memory-" + Guid.NewGuid().ToString("N"))).FullName;
        await File.WriteAllTextAsync(Path.Combine(dead, "dms.db"), "", Cancel);
        await using var next = await SqliteUnderTest.OpenAsync(directory, options => options.InMemory = true);
        Assert.False(Directory.Exists(dead));
        await living.Grains.WriteAsync(Grain("a"), new PlainState());
    }

    [Fact]
    public async Task A_copy_taken_at_any_moment_opens_with_every_write_acknowledged_before_it()
    {
        await using var store = await SqliteUnderTest.OpenAsync(directory, options => options.CheckpointBytes = 1L << 30);   // copies two files: no checkpoint between them
        using var enough = new CancellationTokenSource();
        var acknowledged = new long[20];
        var writers = Enumerable.Range(0, acknowledged.Length).Select(i => Task.Run(async () =>
        {
            var state = await store.Grains.WriteAsync(Grain($"k{i}"), new FullState { Name = $"k{i}", Last = Step(1) }, kind: Kind);
            for (var n = 2; !enough.IsCancellationRequested; n++)
            {
                Volatile.Write(ref acknowledged[i], n - 1);
                state.State = state.State! with { Last = Step(n) };
                await store.Grains.WriteStateAsync(Kind, Grain($"k{i}"), state);
            }
        })).ToList();
        for (var round = 1; round <= 5; round++)
        {
            await UntilAsync(() => acknowledged.Min() >= round * 5, "writers did not get on");
            var promised = acknowledged.Select((_, i) => Volatile.Read(ref acknowledged[i])).ToArray();
            var copy = Directory.CreateDirectory(Path.Combine(directory, $"copy-{round}")).FullName;
            foreach (var file in new[] { "dms.db", "dms.db-wal" })
            {
                Copy(Path.Combine(directory, file), Path.Combine(copy, file));
            }

            await using var reopened = await SqliteUnderTest.OpenAsync(copy);
            for (var i = 0; i < promised.Length; i++)
            {
                var history = await reopened.States.HistoryAsync(Kind, $"k{i}", 0, int.MaxValue, Cancel);
                Assert.True(history!.Count >= promised[i], $"{promised[i]} were acknowledged, {history.Count} are there");
                Assert.Equal(Enumerable.Range(1, history.Count).Select(n => (long)n), history.Select(h => h.Sequence));
                Assert.Equal(history[^1], (await reopened.Grains.ReadAsync<FullState>(Grain($"k{i}"), Kind)).State!.Last);
            }
        }

        await enough.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task Closing_commits_what_was_queued_and_refuses_what_comes_later()
    {
        Task<GrainState<PlainState>>[] writes;
        IGrainStorage grains;
        await using (var store = await SqliteUnderTest.OpenAsync(directory, options => options.MaxBatchWrites = 7))
        {
            grains = store.Grains;
            writes = [.. Enumerable.Range(0, 500).Select(i => store.Grains.WriteAsync(Grain($"k{i}"), new PlainState { Number = i }))];
        }

        await Task.WhenAll(writes);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => grains.WriteAsync(Grain("late"), new PlainState()));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => grains.ReadAsync<PlainState>(Grain("k0")));
        Assert.Equal(500L, Query("SELECT COUNT(*) FROM grain_state"));
    }

    [Fact]
    public async Task A_locked_file_is_unavailable_within_the_bound_and_serves_again_when_unlocked()
    {
        await using var store = await SqliteUnderTest.OpenAsync(directory, options => options.BusyTimeout = TimeSpan.FromMilliseconds(50));
        var state = await store.Grains.WriteAsync(Grain("a"), new PlainState { Number = 1 });
        using (var other = Connect())
        {
            Execute(other, "BEGIN IMMEDIATE");
            var watch = Stopwatch.StartNew();
            state.State = new PlainState { Number = 2 };
            await Assert.ThrowsAsync<StorageUnavailableException>(() => store.Grains.WriteStateAsync("state", Grain("a"), state));
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
            Assert.False(await store.States.IsWritableAsync(Cancel));
            Assert.Equal(1, (await store.Grains.ReadAsync<PlainState>(Grain("a"))).State!.Number);   // reading goes on
        }

        Assert.True(await store.States.IsWritableAsync(Cancel));
        await store.Grains.WriteStateAsync("state", Grain("a"), state);   // with the tag it had: nothing had been written
        Assert.Equal(2, (await store.Grains.ReadAsync<PlainState>(Grain("a"))).State!.Number);
    }

    [Fact]
    public async Task When_the_file_cannot_grow_nothing_is_acknowledged_and_writing_goes_on_when_it_can()
    {
        await using var store = await SqliteUnderTest.OpenAsync(directory);
        await store.Store.WriteAsync(new RawWrite("PRAGMA max_page_count = 60"));
        var full = await FillAsync(store);
        await store.Store.WriteAsync(new RawWrite("PRAGMA max_page_count = 1000000"));
        await AcknowledgedIsStoredAsync(store, full);
    }

    [Fact]
    public async Task When_the_disk_is_full_nothing_is_acknowledged_and_writing_goes_on_when_it_is_not()
    {
        var disk = Path.Combine(directory, "disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(Mount("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk), "Mounting a small disk needs root.");
        try
        {
            var ballast = Path.Combine(disk, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[1 << 20], Cancel);
            await using var store = await SqliteUnderTest.OpenAsync(Directory.CreateDirectory(Path.Combine(disk, "data")).FullName);
            var full = await FillAsync(store);
            File.Delete(ballast);
            await AcknowledgedIsStoredAsync(store, full);
        }
        finally
        {
            Assert.True(Mount("umount", disk));
        }
    }

    [Fact]
    public async Task A_write_that_breaks_the_batch_fails_alone()
    {
        await using var store = await SqliteUnderTest.OpenAsync(directory);
        var writes = new List<Task>();
        var broken = new List<Task>();
        for (var i = 0; i < 200; i++)
        {
            writes.Add(store.Grains.WriteAsync(Grain($"k{i}"), new FullState { Name = $"k{i}", Last = Step(1) }, kind: Kind));
            if (i % 50 == 0)
            {
                broken.Add(store.Store.WriteAsync(new RawWrite($"DELETE FROM grain_state; INSERT INTO word (id, text) VALUES (1, 'twice')")));
            }
        }

        await Task.WhenAll(writes);
        foreach (var task in broken)
        {
            await Assert.ThrowsAsync<SqliteException>(() => task);
        }

        Assert.Equal(200L, (await store.States.CountByStatusAsync(Kind, null, Cancel)).Values.Sum());
    }

    [Fact]
    public async Task A_queue_that_is_full_says_so_at_once()
    {
        await using var store = await SqliteUnderTest.OpenAsync(directory, options => options.MaxQueuedBytes = 1 << 20);
        var state = new PlainState { Text = new string('x', 300_000) };
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i => await Record.ExceptionAsync(() => store.Grains.WriteAsync(Grain($"k{i}"), state))));
        Assert.Contains(outcomes, outcome => outcome is StorageUnavailableException);
        Assert.Equal((long)outcomes.Count(outcome => outcome is null), Query("SELECT COUNT(*) FROM grain_state"));
        await store.Grains.WriteAsync(Grain("later"), state);
    }

    [Fact]
    public async Task A_store_that_is_not_open_is_unavailable()
    {
        var store = await SqliteUnderTest.OpenAsync(directory);
        await store.Store.CloseAsync();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.States.CountByStatusAsync(Kind, null, Cancel));
        Assert.False(await store.States.IsWritableAsync(Cancel));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Commits_and_conflicts_are_measured()
    {
        await using var store = await SqliteUnderTest.OpenAsync(directory);
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) => { if (instrument.Meter.Name == Telemetry.Name && ReferenceEquals(instrument.Meter.Scope, store.MeterScope)) { self.EnableMeasurementEvents(instrument); } },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        listener.Start();
        await store.Grains.WriteAsync(Grain("a"), new PlainState());
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.Grains.WriteAsync(Grain("a"), new PlainState()));
        await UntilAsync(() => { lock (seen) { return seen.GetValueOrDefault("dms.store.writes.refused") == 1; } }, "no conflict was counted");
        listener.RecordObservableInstruments();
        lock (seen)
        {
            Assert.Equal(2, seen["dms.store.commit.writes"]);
            Assert.True(seen["dms.store.commit.duration"] > 0);
            Assert.Equal(0, seen["dms.store.queue.length"]);
        }

        void Add(Instrument instrument, double value)
        {
            lock (seen)
            {
                seen[instrument.Name] = seen.GetValueOrDefault(instrument.Name) + value;
            }
        }
    }

    [Fact]
    public async Task A_traced_write_has_a_span_and_an_untraced_one_has_none()
    {
        await using var store = await SqliteUnderTest.OpenAsync(directory);
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => { lock (spans) { spans.Add(activity); } },
        };
        ActivitySource.AddActivityListener(listener);
        await store.Grains.WriteAsync(Grain("a"), new PlainState(), kind: "untraced");
        using var parent = new Activity("parent").Start();
        await store.Grains.WriteAsync(Grain("a"), new PlainState(), kind: "traced");
        lock (spans)
        {
            Assert.Single(spans, span => span.TraceId == parent.TraceId && span.OperationName == "store.commit");
            Assert.DoesNotContain(spans, span => Equals(span.GetTagItem("dms.store.kind"), "untraced"));
        }
    }

    /// <summary>Writes until the store refuses; what was acknowledged.</summary>
    private static async Task<(List<int> Acknowledged, int Refused)> FillAsync(SqliteUnderTest store)
    {
        var acknowledged = new List<int>();
        for (var i = 0; i < 100_000; i += 20)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(i, 20).Select(async n => (N: n, Error: await Record.ExceptionAsync(
                () => store.Grains.WriteAsync(Grain($"k{n}"), new PlainState { Number = n, Text = new string('x', 2_000) })))));
            acknowledged.AddRange(outcomes.Where(o => o.Error is null).Select(o => o.N));
            if (outcomes.FirstOrDefault(o => o.Error is not null) is { Error: { } error } refused)
            {
                Assert.IsType<StorageUnavailableException>(error);
                return (acknowledged, refused.N);
            }
        }

        throw new InvalidOperationException("The disk never got full.");
    }

    /// <summary>Every acknowledged write is there, no refused one is, and writing works.</summary>
    private static async Task AcknowledgedIsStoredAsync(SqliteUnderTest store, (List<int> Acknowledged, int Refused) full)
    {
        Assert.NotEmpty(full.Acknowledged);
        Assert.False((await store.Grains.ReadAsync<PlainState>(Grain($"k{full.Refused}"))).RecordExists);
        Assert.True(await store.States.IsWritableAsync(Cancel));
        await store.Grains.WriteAsync(Grain($"k{full.Refused}"), new PlainState { Number = full.Refused });
        foreach (var n in full.Acknowledged)
        {
            Assert.Equal(n, (await store.Grains.ReadAsync<PlainState>(Grain($"k{n}"))).State!.Number);
        }
    }

    private static bool Mount(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>Copies a file another handle in this process holds open, byte for byte as it is now.</summary>
    private static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var target = File.Create(to);
        source.CopyTo(target);
    }

    private static async Task UntilAsync(Func<bool> holds, string otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), otherwise);
            await Task.Yield();
        }
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "dms.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    private object? Query(string sql)
    {
        using var connection = Connect();
        return Execute(connection, sql);
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Any SQL, in the writer's transaction.</summary>
    private sealed class RawWrite(string sql) : Write(bytes: 0)
    {
        public override Exception? Apply(WriteSession session)
        {
            foreach (var one in sql.Split(';'))
            {
                using var statement = session.Prepare(one);
                statement.Execute();
            }

            return null;
        }
    }
}
