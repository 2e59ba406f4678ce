namespace DmsOrleans.Cli.Load;

/// <summary>Lets commands through at a steady rate by the monotonic clock: the n-th not before n / rate seconds, so a slow answer is caught up.</summary>
internal sealed class Pacer(int rate, TimeProvider time)
{
    private readonly long began = time.GetTimestamp();
    private long let;

    /// <summary>Returns when the next command may go; at once without a rate.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (rate <= 0)
        {
            return;
        }

        var due = TimeSpan.FromSeconds((Interlocked.Increment(ref let) - 1) / (double)rate);
        var wait = due - time.GetElapsedTime(began);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken);
        }
    }
}
