using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>Threads that read, each with a connection of its own, so that no grain's thread waits for the disk.</summary>
internal sealed class ReaderPool : IAsyncDisposable
{
    private readonly SqliteFile file;
    private readonly SqliteStorageOptions options;
    private readonly TimeProvider time;
    private readonly BlockingCollection<Read> waiting = [];
    private readonly List<Task> threads = [];

    public ReaderPool(SqliteFile file, SqliteStorageOptions options, TimeProvider time)
    {
        (this.file, this.options, this.time) = (file, options, time);
        for (var i = 0; i < options.Readers; i++)
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            threads.Add(ended.Task);
            new Thread(() => Run(ended)) { IsBackground = true, Name = $"dms-store-reader-{i}" }.Start();
        }
    }

    /// <summary>Runs a question in a read transaction that sees every commit so far.</summary>
    public Task<T> ReadAsync<T>(Func<ReadSession, T> question, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = new Read<T>(question, time.GetTimestamp(), cancellationToken);
        try
        {
            waiting.Add(read, CancellationToken.None);
        }
        catch (InvalidOperationException)   // completed: closing
        {
            read.Fail(new StorageUnavailableException("The store is closed."));
        }

        return read.Done;
    }

    /// <summary>Answers what waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.CompleteAdding();
        await Task.WhenAll(threads);
        waiting.Dispose();
    }

    private void Run(TaskCompletionSource ended)
    {
        ReadSession? session = null;
        foreach (var read in waiting.GetConsumingEnumerable())
        {
            if (time.GetElapsedTime(read.Asked) > options.ReadTimeout)
            {
                read.Fail(new StorageUnavailableException($"A read waited for longer than {options.ReadTimeout}; try again."));
                continue;
            }

            try
            {
                session ??= new ReadSession(file.OpenForReading());
                read.Answer(session);
            }
            catch (SqliteException e)
            {
                session?.Dispose();   // whatever state it is in: the next read opens another
                session = null;
                read.Fail(new StorageUnavailableException($"The store could not read: {e.Message}", e));
            }
            catch (Exception e)
            {
                read.Fail(e);
            }
        }

        session?.Dispose();
        ended.SetResult();
    }

    private abstract class Read(long asked)
    {
        public long Asked { get; } = asked;

        public abstract void Answer(ReadSession session);

        public abstract void Fail(Exception error);
    }

    private sealed class Read<T>(Func<ReadSession, T> question, long asked, CancellationToken cancellationToken) : Read(asked)
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Done => done.Task;

        public override void Answer(ReadSession session)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(cancellationToken);
                return;
            }

            done.SetResult(session.InTransaction(question));
        }

        public override void Fail(Exception error) => done.SetException(error);
    }
}
