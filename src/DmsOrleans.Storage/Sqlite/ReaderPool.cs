using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>Threads that read, each with a connection of its own, so that no grain's thread waits for the disk.</summary>
internal sealed class ReaderPool : IAsyncDisposable
{
    private readonly SqliteFile _file;
    private readonly SqliteStorageOptions _options;
    private readonly TimeProvider _time;
    private readonly BlockingCollection<Read> _waiting = [];
    private readonly List<Task> _threads = [];

    public ReaderPool(SqliteFile file, SqliteStorageOptions options, TimeProvider time)
    {
        (_file, _options, _time) = (file, options, time);
        for (var i = 0; i < options.Readers; i++)
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _threads.Add(ended.Task);
            new Thread(() => Run(ended)) { IsBackground = true, Name = $"dms-store-reader-{i}" }.Start();
        }
    }

    /// <summary>Runs a question in a read transaction that sees every commit so far.</summary>
    public Task<T> ReadAsync<T>(Func<ReadSession, T> question, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = new Read<T>(question, _time.GetTimestamp(), cancellationToken);
        try
        {
            _waiting.Add(read, CancellationToken.None);
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
        _waiting.CompleteAdding();
        await Task.WhenAll(_threads);
        _waiting.Dispose();
    }

    private void Run(TaskCompletionSource ended)
    {
        ReadSession? session = null;
        foreach (var read in _waiting.GetConsumingEnumerable())
        {
            if (_time.GetElapsedTime(read.Asked) > _options.ReadTimeout)
            {
                read.Fail(new StorageUnavailableException($"A read waited for longer than {_options.ReadTimeout}; try again."));
                continue;
            }

            try
            {
                session ??= new ReadSession(_file.OpenForReading());
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
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Done => _done.Task;

        public override void Answer(ReadSession session)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _done.SetCanceled(cancellationToken);
                return;
            }

            _done.SetResult(session.InTransaction(question));
        }

        public override void Fail(Exception error) => _done.SetException(error);
    }
}
