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
    private readonly SqliteFile file;
    private readonly SqliteStorageOptions options;
    private readonly TimeProvider time;
    private readonly StorageMeters meters;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Queue<Write> waiting = new();
    private readonly SemaphoreSlim work = new(0);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WriteSession? session;
    private long waitingBytes;
    private bool closing;
    private bool idle;
    private bool failing;

    public GroupCommit(SqliteFile file, WriteSession session, SqliteStorageOptions options, TimeProvider time, StorageMeters meters, ILogger logger)
    {
        (this.file, this.session, this.options, this.time, this.meters, this.logger) = (file, session, options, time, meters, logger);
        new Thread(Run) { IsBackground = true, Name = "dms-store-writer" }.Start();
    }

    /// <summary>How many writes wait.</summary>
    public int QueueLength
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>Queues a write, in the order of calls.</summary>
    /// <returns>Its end: durable, refused, or <see cref="StorageUnavailableException"/>.</returns>
    public Task WriteAsync(Write write)
    {
        bool wake;
        lock (gate)
        {
            if (closing)
            {
                return Task.FromException(new StorageUnavailableException("The store is closed."));
            }

            if (waitingBytes + write.Bytes > options.MaxQueuedBytes)
            {
                return Task.FromException(new StorageUnavailableException($"Writes of {waitingBytes} bytes are waiting already; try again."));
            }

            waitingBytes += write.Bytes;
            waiting.Enqueue(write);
            wake = idle;
            idle = false;
        }

        if (wake)
        {
            work.Release();
        }

        return write.Done;
    }

    /// <summary>Commits what waits, then closes. Later writes are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closing = true;
        }

        work.Release();
        await ended.Task;
        work.Dispose();
    }

    private void Run()
    {
        var batch = new List<Write>();
        while (Take(batch, options.MaxBatchWrites))
        {
            var started = time.GetTimestamp();
            if (TryCommit(batch) is { } failure)
            {
                Take(batch, int.MaxValue, wait: false);   // who queued meanwhile would only wait as long to hear the same
                Fail(batch, failure);
            }
            else
            {
                Answer(batch, time.GetElapsedTime(started));
            }

            batch.Clear();
        }

        session?.Dispose();
        ended.SetResult();
    }

    /// <summary>Moves waiting writes into the batch; waits for the first. False when there will be none any more.</summary>
    private bool Take(List<Write> batch, int most, bool wait = true)
    {
        while (true)
        {
            lock (gate)
            {
                while (batch.Count < most && waiting.TryDequeue(out var write))
                {
                    waitingBytes -= write.Bytes;
                    batch.Add(write);
                }

                if (batch.Count > 0 || closing || !wait)
                {
                    return batch.Count > 0;
                }

                idle = true;
            }

            work.Wait();
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
                session ??= new WriteSession(file.OpenForWriting());
                session.Begin();
                foreach (var write in batch)
                {
                    if (!broken.Contains(write))
                    {
                        applying = write;
                        write.Refusal = write.Apply(session);
                    }
                }

                applying = null;
                session.Commit(time.GetUtcNow());
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
            session?.Rollback();
            if (session is not null && cause is not SqliteException { SqliteErrorCode: raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB })
            {
                return true;
            }
        }
        catch (SqliteException e)
        {
            LogRollbackFailed(e);
        }

        session?.Dispose();
        session = null;
        return false;
    }

    /// <summary>Whether an error is the store's trouble, and not one write's.</summary>
    private static bool ConcernsTheStore(Exception error) => error is SqliteException
    {
        SqliteErrorCode: not (raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE),
    };

    private void Answer(List<Write> batch, TimeSpan took)
    {
        if (failing)
        {
            failing = false;
            LogRecovered();
        }

        meters.Committed(batch.Count, took);
        foreach (var write in batch)
        {
            if (write.Refusal is { } refusal)
            {
                meters.Refused(refusal);
            }

            write.Complete();
        }
    }

    private void Fail(List<Write> batch, Exception failure)
    {
        if (!failing)
        {
            failing = true;
            LogFailing(failure);
        }

        meters.Failed(batch.Count);
        foreach (var write in batch)
        {
            write.Refusal = new StorageUnavailableException($"The store could not write: {failure.Message}", failure);
            write.Complete();
        }
    }
}
