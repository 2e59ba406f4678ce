using DmsOrleans.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace DmsOrleans.Tests.Hosting;

public sealed class SteadyTimeProviderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SteppedClock clock = new(Noon);

    [Fact]
    public void It_follows_the_clock()
    {
        var steady = new SteadyTimeProvider(clock);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(Noon.AddMinutes(5), steady.GetUtcNow());
    }

    [Fact]
    public void A_step_back_of_an_hour_is_not_followed_and_time_goes_on()
    {
        var steady = new SteadyTimeProvider(clock);
        clock.Advance(TimeSpan.FromMinutes(5));
        _ = steady.GetUtcNow();
        clock.Step(-TimeSpan.FromHours(1));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Noon.AddMinutes(6), steady.GetUtcNow());
    }

    [Fact]
    public void Small_corrections_are_followed()
    {
        var steady = new SteadyTimeProvider(clock);
        clock.Step(-TimeSpan.FromMilliseconds(300));
        Assert.Equal(Noon.AddMilliseconds(-300), steady.GetUtcNow());
    }

    [Fact]
    public void A_jump_ahead_is_followed()
    {
        var steady = new SteadyTimeProvider(clock);
        clock.Step(TimeSpan.FromHours(1));
        Assert.Equal(Noon.AddHours(1), steady.GetUtcNow());
    }

    [Fact]
    public void When_the_clock_has_caught_up_it_is_followed_again()
    {
        var steady = new SteadyTimeProvider(clock);
        clock.Step(-TimeSpan.FromHours(1));
        Assert.Equal(Noon, steady.GetUtcNow());
        clock.Step(TimeSpan.FromHours(1.5));
        Assert.Equal(Noon.AddHours(0.5), steady.GetUtcNow());
    }

    [Fact]
    public void It_does_not_run_behind_the_last_commit()
    {
        var steady = new SteadyTimeProvider(clock);
        Assert.True(steady.NotBefore(Noon.AddHours(1)));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Noon.AddHours(1).AddMinutes(1), steady.GetUtcNow());
    }

    [Fact]
    public void A_last_commit_far_in_the_future_is_not_believed()
    {
        var steady = new SteadyTimeProvider(clock);
        Assert.False(steady.NotBefore(Noon.AddYears(10)));
        Assert.Equal(Noon, steady.GetUtcNow());
    }
}

/// <summary>A wall clock that can be set, over a monotonic clock that cannot.</summary>
internal sealed class SteppedClock(DateTimeOffset start) : TimeProvider
{
    private readonly FakeTimeProvider monotonic = new(start);
    private TimeSpan step;

    public override long TimestampFrequency => monotonic.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => monotonic.GetUtcNow() + step;

    public override long GetTimestamp() => monotonic.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        monotonic.CreateTimer(callback, state, dueTime, period);

    public void Advance(TimeSpan by) => monotonic.Advance(by);

    public void Step(TimeSpan by) => step += by;
}
