using System.Diagnostics;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using DmsOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace DmsOrleans.Benchmarks;

/// <summary>What the disk and SQLite allow, and what our store makes of it, without Orleans above.</summary>
internal static class RawLimit
{
    private const int TransitionsEach = 8;

    /// <summary>What one loop did.</summary>
    /// <param name="RowsPerSecond">Transitions made durable, per second.</param>
    /// <param name="CpuMicroseconds">CPU of the process per transition.</param>
    /// <param name="Commits">Transactions; 0 when not counted.</param>
    internal sealed record Result(double RowsPerSecond, double CpuMicroseconds, long Commits);

    /// <summary>
    /// The bare loop: one upsert of a 300-byte row with a version check per transition, 1,000 to a commit, WAL, synchronous=FULL, prepared commands,
    /// one thread. Each of <paramref name="rows"/> rows is written 8 times.
    /// </summary>
    public static Result BareGroupCommit(int rows)
    {
        var directory = Directory.CreateTempSubdirectory("dms-raw-limit-").FullName;
        try
        {
            using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "raw.db")};Pooling=False");
            connection.Open();
            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -32768");
            Run(connection, "CREATE TABLE state (id TEXT PRIMARY KEY, version INTEGER NOT NULL, payload BLOB NOT NULL)");
            return Measure(() => WriteAll(connection, rows), rows * TransitionsEach);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>
    /// The store: each of <paramref name="rows"/> writers creates a state and then writes 8 transitions one after the other, each durable before the next:
    /// state of about 400 bytes of JSON, index columns, one history row.
    /// </summary>
    public static async Task<Result> StoreAsync(int rows)
    {
        var directory = Directory.CreateTempSubdirectory("dms-store-limit-").FullName;
        try
        {
            await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSerializer()
                .AddSqliteStorage(options => options.DataDirectory = directory).BuildServiceProvider();
            await services.GetRequiredService<SqliteStore>().OpenAsync(CancellationToken.None);
            var storage = services.GetRequiredService<IGrainStorage>();
            var writers = Enumerable.Range(0, rows).Select(_ => new Writer(storage)).ToArray();
            await Task.WhenAll(writers.Select(writer => Task.Run(writer.CreateAsync)));
            using var commits = new CommitCount();
            var result = Measure(() => Task.WhenAll(writers.Select(writer => Task.Run(writer.WalkAsync))).GetAwaiter().GetResult(), rows * TransitionsEach);
            return result with { Commits = commits.Value };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void WriteAll(SqliteConnection connection, int rows)
    {
        using var write = connection.CreateCommand();
        write.CommandText =
            """
            INSERT INTO state (id, version, payload) VALUES ($id, $version, $payload)
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, payload = excluded.payload WHERE state.version = excluded.version - 1
            """;
        var id = write.Parameters.Add("$id", SqliteType.Text);
        var version = write.Parameters.Add("$version", SqliteType.Integer);
        write.Parameters.Add("$payload", SqliteType.Blob).Value = new byte[300];
        write.Prepare();
        var keys = Enumerable.Range(0, rows).Select(i => $"arn:aws:dms:us-east-1:123456789012:replication-config:R{i}").ToArray();
        var written = 0;
        SqliteTransaction? transaction = null;
        for (var step = 1; step <= TransitionsEach; step++)
        {
            foreach (var key in keys)
            {
                write.Transaction = transaction ??= connection.BeginTransaction();
                (id.Value, version.Value) = (key, step);
                if (write.ExecuteNonQuery() != 1)
                {
                    throw new InvalidOperationException($"The version of {key} did not fit.");
                }

                if (++written % 1_000 == 0)
                {
                    transaction.Commit();
                    transaction = null;
                }
            }
        }

        transaction?.Commit();
    }

    private static Result Measure(Action work, int transitions)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        work();
        var seconds = watch.Elapsed.TotalSeconds;
        process.Refresh();
        return new Result(transitions / seconds, (process.TotalProcessorTime - cpu).TotalMicroseconds / transitions, 0);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>One grain's worth of writes.</summary>
    private sealed class Writer(IGrainStorage storage)
    {
        private static int last;
        private readonly string name = $"replication-{Interlocked.Increment(ref last)}";
        private GrainState<WalkState> state = new();

        private GrainId Grain => GrainId.Create("replication", "arn:aws:dms:us-east-1:123456789012:replication-config:" + name);

        public async Task CreateAsync()
        {
            state = new GrainState<WalkState> { State = new WalkState { Name = name, Last = Step(1) } };
            await storage.WriteStateAsync("replication", Grain, state);
        }

        public async Task WalkAsync()
        {
            for (var sequence = 2; sequence < 2 + TransitionsEach; sequence++)
            {
                state.State = state.State! with { Last = Step(sequence) };
                await storage.WriteStateAsync("replication", Grain, state);
            }
        }

        private static Transition Step(int sequence) => new(
            sequence, 1, (ReplicationStatus)Math.Max(0, sequence - 2), (ReplicationStatus)(sequence - 1), "phase-completed", TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow(), null);
    }

    /// <summary>About 400 bytes of JSON.</summary>
    private sealed record WalkState : IIndexedState, IHistoryState
    {
        public string Name { get; init; } = "";

        public Transition? Last { get; init; }

        public string Rest { get; init; } = new('r', 120);

        [System.Text.Json.Serialization.JsonIgnore]
        public StateIndex Index => new() { Scope = "123456789012/us-east-1", Name = Name, Status = Last!.To.ToWire(), Due = Last.At };

        Transition? IHistoryState.LastTransition => Last;
    }

    /// <summary>Counts our store's commits through its meter.</summary>
    private sealed class CommitCount : IDisposable
    {
        private readonly System.Diagnostics.Metrics.MeterListener listener = new();
        private long value;

        public CommitCount()
        {
            listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "dms.store.commit.writes")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<int>((_, _, _, _) => Interlocked.Increment(ref value));
            listener.Start();
        }

        public long Value => Interlocked.Read(ref value);

        public void Dispose() => listener.Dispose();
    }
}
