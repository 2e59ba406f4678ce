namespace DmsOrleans.Storage.Sqlite;

/// <summary>
/// One caller's write. Applied on the writer's thread, possibly more than once (a batch is run again without a write that broke it),
/// so it holds what to write and keeps nothing between attempts but its outcome.
/// </summary>
/// <param name="bytes">About what it occupies while it waits.</param>
internal abstract class Write(int bytes)
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>About what it occupies while it waits.</summary>
    public int Bytes { get; } = bytes;

    /// <summary>Ends when the write is durable, or fails with the reason nothing was written.</summary>
    public Task Done => done.Task;

    /// <summary>Why the write was refused, its changes left out of the transaction; null when it is part of it.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Puts the write into the open transaction; a refused write has changed nothing.</summary>
    /// <returns>Why it is refused, or null.</returns>
    public abstract Exception? Apply(WriteSession session);

    /// <summary>Answers the caller.</summary>
    public void Complete()
    {
        if (Refusal is { } refusal)
        {
            done.SetException(refusal);
        }
        else
        {
            Confirm();
            done.SetResult();
        }
    }

    /// <summary>Called when the write is durable, before its caller is answered.</summary>
    protected virtual void Confirm()
    {
    }
}

/// <summary>Writes nothing but the commit time: finds out whether a write could be acknowledged.</summary>
internal sealed class ProbeWrite() : Write(bytes: 0)
{
    public override Exception? Apply(WriteSession session) => null;
}
