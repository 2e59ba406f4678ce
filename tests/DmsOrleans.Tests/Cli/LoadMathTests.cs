using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Load;
using DmsOrleans.Cli.Output;
using Microsoft.Extensions.Time.Testing;

namespace DmsOrleans.Tests.Cli;

/// <summary>The figures of a report.</summary>
public sealed class LoadMathTests
{
    [Fact]
    public void Percentiles_are_at_most_two_percent_too_high_and_never_too_low()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 10_000; i++)
        {
            histogram.Record(TimeSpan.FromMicroseconds(i * 37));
        }

        foreach (var percent in new[] { 1.0, 50, 90, 99, 99.9 })
        {
            var exact = TimeSpan.FromMicroseconds(percent * 100 * 37);
            Assert.InRange(histogram.Percentile(percent), exact, exact * 1.02);
        }

        Assert.Equal(TimeSpan.FromMicroseconds(370_000), histogram.Max);
        Assert.Equal(histogram.Max, histogram.Percentile(100));
        Assert.Equal(10_000, histogram.Count);
    }

    [Fact]
    public void Short_durations_are_exact_and_negative_ones_are_zero()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromMicroseconds(7));
        histogram.Record(TimeSpan.FromSeconds(-1));

        Assert.Equal(TimeSpan.Zero, histogram.Percentile(50));
        Assert.Equal(TimeSpan.FromMicroseconds(7), histogram.Percentile(99));
    }

    [Fact]
    public void The_longest_duration_there_is_has_a_bucket()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.MaxValue);

        Assert.Equal(histogram.Max, histogram.Percentile(50));
    }

    [Fact]
    public void Nothing_recorded_is_zero_everywhere() => Assert.Equal(new Percentiles(0, 0, 0, 0), Percentiles.Of(new LatencyHistogram()));

    [Fact]
    public void Lateness_is_the_time_from_the_deadline_to_the_step_that_answers_it()
    {
        var began = DateTimeOffset.UnixEpoch;
        var times = new PhaseTimes();
        times.Add(
        [
            new(1, 0, null, "created", "created", began, null),
            new(2, 1, "created", "initializing", "start-requested", began.AddSeconds(1), null),
            new(3, 1, "initializing", "preparing_metadata_resources", "phase-completed", began.AddMilliseconds(3050), began.AddSeconds(3)),
        ]);

        var phase = Assert.Single(times.Phases);
        Assert.Equal("initializing", phase.Key);
        Assert.Equal(TimeSpan.FromSeconds(2), phase.Value.Planned.Max);
        Assert.Equal(TimeSpan.FromSeconds(2.05), phase.Value.Actual.Max);
        Assert.Equal(TimeSpan.FromSeconds(0.05), phase.Value.Lateness.Max);
        Assert.Equal(0, times.Early);
    }

    [Fact]
    public void A_step_before_its_deadline_is_counted_as_early()
    {
        var times = new PhaseTimes();
        times.Add([new(1, 0, null, "created", "created", DateTimeOffset.UnixEpoch, null), new(2, 1, "created", "initializing", "x", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(1))]);

        Assert.Equal(1, times.Early);
        Assert.Equal(TimeSpan.Zero, times.Lateness.Max);
    }

    [Fact]
    public async Task A_rate_lets_the_nth_command_go_after_n_intervals()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(10, time);
        await pacer.WaitAsync(TestContext.Current.CancellationToken);

        var second = pacer.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await second;
    }

    [Fact]
    public void The_same_options_make_the_same_fleet()
    {
        var options = new LoadOptions { Replications = 300, Seed = 7 };
        var types = new LoadFleet(options, "a").Replications.Select(r => r.Type).ToList();

        Assert.Equal(types, new LoadFleet(options, "b").Replications.Select(r => r.Type));
        Assert.NotEqual(types, new LoadFleet(options with { Seed = 8 }, "a").Replications.Select(r => r.Type));
        Assert.Equal(3, types.Distinct().Count());
    }

    [Theory]
    [InlineData("full-load", false, "stopped")]
    [InlineData("cdc", false, "running")]
    [InlineData("full-load-and-cdc", false, "running")]
    [InlineData("cdc", true, "stopped")]
    public void The_end_expected_follows_from_the_type_and_the_stop(string type, bool stop, string end)
    {
        var fleet = new LoadFleet(new LoadOptions { Replications = 1, Type = type, StopAfter = stop ? TimeSpan.FromSeconds(1) : null }, "a");

        Assert.Equal(end, Assert.Single(fleet.Replications).End);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("2s", 2000)]
    [InlineData("1.5", 1500)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    public void Spans_are_read_with_their_unit(string text, double milliseconds) => Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Words.ParseSpan(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1s")]
    [InlineData("3x")]
    [InlineData("sm")]
    [InlineData("1sm")]
    public void What_is_no_span_is_refused(string text) => Assert.Null(Words.ParseSpan(text));
}
