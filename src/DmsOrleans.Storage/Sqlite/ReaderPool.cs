using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>Threads that read, each with a connection of its own, so that no grain's thread waits for the disk.</summary>
internal sealed class ReaderPool : IAsyncDisposable
{
    private const int MostAtOnce = 16;

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
        var batch = new Queue<Read>();
        foreach (var first in waiting.GetConsumingEnumerable())
        {
            batch.Enqueue(first);
            while (batch.Count < MostAtOnce && waiting.TryTake(out var another))
            {
                batch.Enqueue(another);
            }

            while (batch.Count > 0)
            {
                AnswerAll(batch, ref session);
            }
        }

        session?.Dispose();
        ended.SetResult();
    }

    // One snapshot for all that had asked before it was taken: polling costs a transaction per batch, not per question. Returns early when the connection broke.
    private void AnswerAll(Queue<Read> batch, ref ReadSession? session)
    {
        try
        {
            session ??= new ReadSession(file.OpenForReading());
            session.Begin();
            while (batch.TryPeek(out var read))
            {
                Answer(read, session);
                batch.Dequeue();
            }

            session.End();
        }
        catch (SqliteException e)
        {
            session?.Dispose();   // whatever state it is in: the next read opens another
            session = null;
            if (batch.TryDequeue(out var broken))
            {
                broken.Fail(new StorageUnavailableException($"The store could not read: {e.Message}", e));
            }
        }
    }

    private void Answer(Read read, ReadSession session)
    {
        if (time.GetElapsedTime(read.Asked) > options.ReadTimeout)
        {
            read.Fail(new StorageUnavailableException($"A read waited for longer than {options.ReadTimeout}; try again."));
            return;
        }

        try
        {
            read.Answer(session);
        }
        catch (Exception e) when (e is not SqliteException)
        {
            read.Fail(e);
        }
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

            done.SetResult(question(session));
        }

        public override void Fail(Exception error) => done.SetException(error);
    }
}
