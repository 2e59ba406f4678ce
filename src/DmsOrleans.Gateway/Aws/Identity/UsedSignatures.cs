using System.Collections.Concurrent;

namespace DmsOrleans.Gateway.Aws.Identity;

/// <summary>
/// The signatures of commands that are still good, so that none is taken twice: who has seen a request on its way cannot send it again.
/// A retry is let through under the invocation id it came with first: the grains answer it without a second effect.
/// </summary>
internal sealed class UsedSignatures(TimeProvider time)
{
    private const int Most = 1_000_000;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Kept> used = new(StringComparer.Ordinal);
    private int count;
    private long nextSweep = DateTimeOffset.MinValue.UtcTicks;

    /// <summary>What to do with a command.</summary>
    public enum Verdict
    {
        /// <summary>Carry it out.</summary>
        Take,

        /// <summary>It was sent before.</summary>
        Replayed,

        /// <summary>There is no room to remember it, so it cannot be taken now.</summary>
        Full,
    }

    /// <summary>Remembers a signature until it ends, and says whether it may be used.</summary>
    public Verdict Use(string signature, string? invocationId, DateTimeOffset end)
    {
        Sweep();
        if (used.TryGetValue(signature, out var before))
        {
            return JudgeAgain(before, invocationId);
        }

        if (Volatile.Read(ref count) >= Most)
        {
            return Verdict.Full;
        }

        if (!used.TryAdd(signature, new Kept(invocationId, end)))
        {
            return JudgeAgain(used.GetValueOrDefault(signature), invocationId);
        }

        Interlocked.Increment(ref count);
        return Verdict.Take;
    }

    private static Verdict JudgeAgain(Kept before, string? invocationId) =>
        invocationId is not null && before.InvocationId == invocationId ? Verdict.Take : Verdict.Replayed;

    private void Sweep()
    {
        var now = time.GetUtcNow();
        var due = Volatile.Read(ref nextSweep);
        if (now.UtcTicks < due || Interlocked.CompareExchange(ref nextSweep, (now + SweepInterval).UtcTicks, due) != due)
        {
            return;
        }

        foreach (var (signature, use) in used)
        {
            if (use.End < now && used.TryRemove(signature, out _))
            {
                Interlocked.Decrement(ref count);
            }
        }
    }

    private readonly record struct Kept(string? InvocationId, DateTimeOffset End);
}
