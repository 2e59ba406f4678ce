using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>The file, the thread that writes it, and the threads that read it. Opens before grains and reminders start, and closes after them.</summary>
internal sealed partial class SqliteStore : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private readonly SqliteStorageOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<SqliteStore> logger;
    private readonly StorageMeters meters;
    private readonly SemaphoreSlim opening = new(1);
    private volatile Opened? current;

    public SqliteStore(IOptions<SqliteStorageOptions> options, TimeProvider time, IMeterFactory meters, ILogger<SqliteStore> logger)
    {
        (this.options, this.time, this.logger) = (options.Value, time, logger);
        this.meters = new StorageMeters(meters, () => current?.Writer.QueueLength ?? 0);
    }

    /// <summary>The time of the last commit before this process opened the file; null for a new one.</summary>
    public DateTimeOffset? LastCommitBeforeOpen { get; private set; }

    /// <summary>The database file; null while closed.</summary>
    public string? Path => current?.File.Path;

    /// <summary>Claims the directory, creates or migrates the file, and starts the threads. Does nothing when open.</summary>
    /// <exception cref="StorageCannotOpenException">With the reason, in one line.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await opening.WaitAsync(cancellationToken);
        try
        {
            current ??= Open();
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>Commits what waits and closes the file. Does nothing when closed.</summary>
    public async Task CloseAsync()
    {
        await opening.WaitAsync(CancellationToken.None);
        try
        {
            if (current is { } opened)
            {
                current = null;   // whatever fails below, it is not closed twice
                await opened.Readers.DisposeAsync();
                await opened.Writer.DisposeAsync();
                opened.File.Dispose();
                LogClosed(opened.File.Path);
            }
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>Queues a write; ends when it is durable.</summary>
    public Task WriteAsync(Write write) => current is { } opened ? opened.Writer.WriteAsync(write) : Task.FromException(NotOpen());

    /// <summary>Answers a question from what is committed.</summary>
    public Task<T> ReadAsync<T>(Func<ReadSession, T> question, CancellationToken cancellationToken) =>
        current is { } opened ? opened.Readers.ReadAsync(question, cancellationToken) : Task.FromException<T>(NotOpen());

    /// <inheritdoc />
    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(SqliteStore), ServiceLifecycleStage.RuntimeStorageServices, OpenAsync, _ => CloseAsync());

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await CloseAsync();

    private static StorageUnavailableException NotOpen() => new("The store is not open.");

    private Opened Open()
    {
        var file = SqliteFile.Claim(options);
        SqliteConnection? connection = null;
        try
        {
            connection = file.OpenForWriting();
            SchemaMigration.Apply(connection, file.Path);
            using (var clock = new SqliteStatement(connection, "SELECT last_commit FROM clock"))
            {
                LastCommitBeforeOpen = clock.ExecuteInt64() is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
            }

            var session = new WriteSession(connection);
            LogOpened(file.Path, SchemaMigration.Latest);
            return new Opened(file, new GroupCommit(file, session, options, time, meters, logger), new ReaderPool(file, options, time));
        }
        catch (Exception e)
        {
            connection?.Dispose();
            file.Dispose();
            throw e as StorageCannotOpenException ?? (e is SqliteException ? new StorageCannotOpenException($"'{file.Path}' cannot be opened: {e.Message}", e) : e);
        }
    }

    private sealed record Opened(SqliteFile File, GroupCommit Writer, ReaderPool Readers);
}
