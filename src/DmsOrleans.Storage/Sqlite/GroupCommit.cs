using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>
/// The one thread that writes. It takes all that waits, up to a bound, into one transaction, commits, and then answers each caller with
/// its own result. When a commit fails nobody of the batch is told otherwise, and the next batch tries afresh: no restart is needed.
/// </summary>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    private readonly SqliteFile _file;
    private readonly SqliteStorageOptions _options;
    private readonly TimeProvider _time;
    private readonly StorageMeters _meters;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Queue<Write> _waiting = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WriteSession? _session;
    private long _waitingBytes;
    private bool _closing;
    private bool _idle;
    private bool _failing;

    public GroupCommit(SqliteFile file, WriteSession session, SqliteStorageOptions options, TimeProvider time, StorageMeters meters, ILogger logger)
    {
        (_file, _session, _options, _time, _meters, _logger) = (file, session, options, time, meters, logger);
        new Thread(Run) { IsBackground = true, Name = "dms-store-writer" }.Start();
    }

    /// <summary>How many writes wait.</summary>
    public int QueueLength
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Queues a write, in the order of calls.</summary>
    /// <returns>Its end: durable, refused, or <see cref="StorageUnavailableException"/>.</returns>
    public Task WriteAsync(Write write)
    {
        bool wake;
        lock (_gate)
        {
            if (_closing)
            {
                return Task.FromException(new StorageUnavailableException("The store is closed."));
            }

            if (_waitingBytes + write.Bytes > _options.MaxQueuedBytes)
            {
                return Task.FromException(new StorageUnavailableException($"Writes of {_waitingBytes} bytes are waiting already; try again."));
            }

            _waitingBytes += write.Bytes;
            _waiting.Enqueue(write);
            wake = _idle;
            _idle = false;
        }

        if (wake)
        {
            _work.Release();
        }

        return write.Done;
    }

    /// <summary>Commits what waits, then closes. Later writes are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closing = true;
        }

        _work.Release();
        await _ended.Task;
        _work.Dispose();
    }

    private void Run()
    {
        var batch = new List<Write>();
        while (Take(batch, _options.MaxBatchWrites))
        {
            var started = _time.GetTimestamp();
            if (TryCommit(batch) is { } failure)
            {
                Take(batch, int.MaxValue, wait: false);   // who queued meanwhile would only wait as long to hear the same
                Fail(batch, failure);
            }
            else
            {
                Answer(batch, _time.GetElapsedTime(started));
            }

            batch.Clear();
        }

        _session?.Dispose();
        _ended.SetResult();
    }

    /// <summary>Moves waiting writes into the batch; waits for the first. False when there will be none any more.</summary>
    private bool Take(List<Write> batch, int most, bool wait = true)
    {
        while (true)
        {
            lock (_gate)
            {
                while (batch.Count < most && _waiting.TryDequeue(out var write))
                {
                    _waitingBytes -= write.Bytes;
                    batch.Add(write);
                }

                if (batch.Count > 0 || _closing || !wait)
                {
                    return batch.Count > 0;
                }

                _idle = true;
            }

            _work.Wait();
        }
    }

    /// <summary>Applies and commits; returns why nothing of it is stored, or null.</summary>
    private Exception? TryCommit(List<Write> batch)
    {
        var broken = new HashSet<Write>();
        while (true)
        {
            Write? applying = null;
            try
            {
                _session ??= new WriteSession(_file.OpenForWriting());
                _session.Begin();
                foreach (var write in batch)
                {
                    if (!broken.Contains(write))
                    {
                        applying = write;
                        write.Refusal = write.Apply(_session);
                    }
                }

                applying = null;
                _session.Commit(_time.GetUtcNow());
                return null;
            }
            catch (Exception e)
            {
                if (!RollBack(e) || applying is null || ConcernsTheStore(e))
                {
                    return e;
                }

                applying.Refusal = e;
                broken.Add(applying);
            }
        }
    }

    /// <summary>False when the transaction could not be undone: then the connection is given up, and with it the transaction.</summary>
    private bool RollBack(Exception cause)
    {
        try
        {
            _session?.Rollback();
            if (_session is not null && cause is not SqliteException { SqliteErrorCode: raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB })
            {
                return true;
            }
        }
        catch (SqliteException e)
        {
            LogRollbackFailed(e);
        }

        _session?.Dispose();
        _session = null;
        return false;
    }

    /// <summary>Whether an error is the store's trouble, and not one write's.</summary>
    private static bool ConcernsTheStore(Exception error) => error is SqliteException
    {
        SqliteErrorCode: not (raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE),
    };

    private void Answer(List<Write> batch, TimeSpan took)
    {
        if (_failing)
        {
            _failing = false;
            LogRecovered();
        }

        _meters.Committed(batch.Count, took);
        foreach (var write in batch)
        {
            if (write.Refusal is { } refusal)
            {
                _meters.Refused(refusal);
            }

            write.Complete();
        }
    }

    private void Fail(List<Write> batch, Exception failure)
    {
        if (!_failing)
        {
            _failing = true;
            LogFailing(failure);
        }

        _meters.Failed(batch.Count);
        foreach (var write in batch)
        {
            write.Refusal = new StorageUnavailableException($"The store could not write: {failure.Message}", failure);
            write.Complete();
        }
    }
}
