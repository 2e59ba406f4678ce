namespace DmsOrleans.Tests.Node;

/// <summary>The system's clock with an offset that can be changed, over the real monotonic clock and its timers.</summary>
internal sealed class WallClock(TimeSpan offset = default) : TimeProvider
{
    private long offsetTicks = offset.Ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref offsetTicks));

    public override long GetTimestamp() => System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency;

    public void Step(TimeSpan by) => Interlocked.Add(ref offsetTicks, by.Ticks);
}
