using DmsOrleans.Replications;
using DmsOrleans.Storage;
using DmsOrleans.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace DmsOrleans.Tests.Storage;

/// <summary>A store and its three faces, open.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    IGrainStorage Grains { get; }

    IReminderTable Reminders { get; }

    IStateStore States { get; }
}

/// <summary>The one-node store in a directory of its own, put together as a silo would.</summary>
internal sealed class SqliteUnderTest : IStoreUnderTest
{
    private readonly ServiceProvider services;
    private readonly bool ownsDirectory;

    private SqliteUnderTest(ServiceProvider services, string directory, bool ownsDirectory) =>
        (this.services, Directory, this.ownsDirectory) = (services, directory, ownsDirectory);

    public string Directory { get; }

    public IGrainStorage Grains => services.GetRequiredService<IGrainStorage>();

    public IReminderTable Reminders => services.GetRequiredService<IReminderTable>();

    public IStateStore States => services.GetRequiredService<IStateStore>();

    /// <summary>What tells this store's instruments from those of others in the process.</summary>
    public object MeterScope => services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();

    public HistoryRetention Retention => services.GetRequiredService<HistoryRetention>();

    public SqliteStore Store => services.GetRequiredService<SqliteStore>();

    public static string NewDirectory() => System.IO.Directory.CreateTempSubdirectory("dms-storage-test-").FullName;

    /// <summary>Opens a store; one in a directory that was given leaves it behind.</summary>
    public static async Task<SqliteUnderTest> OpenAsync(string? directory = null, Action<SqliteStorageOptions>? configure = null, TimeProvider? time = null)
    {
        var path = directory ?? NewDirectory();
        var services = new ServiceCollection().AddLogging().AddSingleton(time ?? TimeProvider.System).AddSerializer().AddSqliteStorage(options =>
        {
            options.DataDirectory = path;
            options.Synchronous = SqliteSynchronous.Off;   // no test pulls the plug
            configure?.Invoke(options);
        }).BuildServiceProvider();
        var store = new SqliteUnderTest(services, path, directory is null);
        try
        {
            await store.Store.OpenAsync(TestContext.Current.CancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        if (ownsDirectory)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}

/// <summary>A state like any Orleans code might store.</summary>
public sealed record PlainState
{
    public string? Text { get; init; }

    public int Number { get; init; }

    public DateTimeOffset Time { get; init; }

    public Guid Id { get; init; }

    public DayOfWeek Day { get; init; }

    public List<string> Items { get; init; } = [];
}

/// <summary>A state with everything the store knows how to treat.</summary>
public sealed record FullState : IIndexedState, IHistoryState, ISpecState
{
    public string Scope { get; init; } = "123456789012/us-east-1";

    public string Name { get; init; } = "";

    public string Status { get; init; } = "created";

    public DateTimeOffset? Due { get; init; }

    public int Capacity { get; init; }

    public List<StateReference> References { get; init; } = [];

    public Transition? Last { get; init; }

    public int SpecRevision { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public FullSpec? Spec { get; set; }

    [System.Text.Json.Serialization.JsonIgnore]
    public StateIndex Index => new() { Scope = Scope, Name = Name, Status = Status, Due = Due, CapacityUnits = Capacity, References = References };

    Transition? IHistoryState.LastTransition => Last;

    Type ISpecState.SpecType => typeof(FullSpec);

    object? ISpecState.Spec
    {
        get => Spec;
        set => Spec = (FullSpec?)value;
    }
}

/// <summary>The large part of a <see cref="FullState"/>.</summary>
public sealed record FullSpec(string Text);

/// <summary>Short ways to say what the contracts say often.</summary>
internal static class StorageWords
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static GrainId Grain(string key, string type = "replication") => GrainId.Create(type, key);

    public static async Task<GrainState<T>> ReadAsync<T>(this IGrainStorage storage, GrainId grain, string kind = "state")
        where T : new()
    {
        var state = new GrainState<T>();
        await storage.ReadStateAsync(kind, grain, state);
        return state;
    }

    public static async Task<GrainState<T>> WriteAsync<T>(this IGrainStorage storage, GrainId grain, T value, string? etag = null, string kind = "state")
        where T : new()
    {
        var state = new GrainState<T> { State = value, ETag = etag! };
        await storage.WriteStateAsync(kind, grain, state);
        return state;
    }

    public static Transition Step(long sequence, ReplicationStatus to = ReplicationStatus.Initializing, string cause = "phase-completed") =>
        new(sequence, 1, sequence == 1 ? null : ReplicationStatus.Created, to, cause, Noon.AddTicks(sequence), sequence == 1 ? null : Noon, sequence == 2 ? "with details" : null);
}
