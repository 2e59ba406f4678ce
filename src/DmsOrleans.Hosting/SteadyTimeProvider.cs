namespace DmsOrleans.Hosting;

/// <summary>
/// The wall clock, without its jumps back: when the system's clock is set back by more than a second, time goes on from where it
/// was, at the pace of the monotonic clock, until the wall clock has caught up. So a stored deadline is never pushed into the
/// future. Corrections of up to a second (NTP) and jumps ahead are followed.
/// </summary>
/// <param name="inner">The system's clock, or a test's.</param>
public sealed class SteadyTimeProvider(TimeProvider inner) : TimeProvider
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    // What a stored time may be ahead of the clock and still be believed: beyond it, the stored time is the wrong one.
    private static readonly TimeSpan MaxFloor = TimeSpan.FromHours(24);

    private readonly long startedAt = inner.GetTimestamp();

    // The time is this much ahead of the monotonic clock.
    private long offsetTicks = inner.GetUtcNow().Ticks;

    /// <inheritdoc/>
    public override long TimestampFrequency => inner.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var elapsed = inner.GetElapsedTime(startedAt).Ticks;
        var wall = inner.GetUtcNow().Ticks - elapsed;
        var known = Interlocked.Read(ref offsetTicks);
        if (wall >= known - Tolerance.Ticks)
        {
            // Losing this race to another reader means following its reading, which is as good.
            Interlocked.CompareExchange(ref offsetTicks, wall, known);
            known = wall;
        }

        return new DateTimeOffset(elapsed + known, TimeSpan.Zero);
    }

    /// <summary>Time was at least this late once (a commit of an earlier process): it does not run behind it from now on.</summary>
    /// <returns>Whether the floor was believed; one more than 24 hours ahead of the clock is not.</returns>
    public bool NotBefore(DateTimeOffset floor)
    {
        var now = GetUtcNow();
        if (floor > now + MaxFloor)
        {
            return false;
        }

        if (floor > now)
        {
            Interlocked.Add(ref offsetTicks, (floor - now).Ticks);
        }

        return true;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => inner.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}
