using DmsOrleans.Engines;
using DmsOrleans.Engines.Capacity;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Engines;

/// <summary>Reference section 4: when capacity follows the load.</summary>
public sealed class AutoscalingTests
{
    private static readonly AutoscalingRules Rules = new();

    [Fact]
    public void A_load_at_the_upper_threshold_for_five_minutes_asks_for_one_step_up() =>
        Assert.Equal(new ScalingMove(Minutes(15), 2, 4, true, 0.8), Next(Load((0, 1), (10, 1.6)), units: 2));

    [Fact]
    public void A_load_at_the_lower_threshold_for_an_hour_asks_for_one_step_down() =>
        Assert.Equal(new ScalingMove(Minutes(70), 16, 8, false, 0.25), Next(Load((0, 10), (10, 4)), units: 16));

    [Fact]
    public void A_load_between_the_thresholds_or_too_brief_asks_for_nothing() =>
        Assert.Null(Next(Load((0, 1.2), (10, 1.9), (14.9, 1), (20, 0.1), (79, 1)), units: 2));

    [Fact]
    public void A_load_that_varies_on_one_side_counts_as_one_stretch() =>
        Assert.Equal(Minutes(5), Next(Load((0, 1.7), (2, 3), (4, 1.8)), units: 2)!.At);

    [Fact]
    public void Nothing_is_taken_from_a_full_load() =>
        Assert.Equal(Minutes(100 + 60), Next(new LoadForecast([new(default, 0.1)], Minutes(100)), units: 4)!.At);

    [Fact]
    public void A_run_that_is_nothing_but_a_load_never_scales_down() =>
        Assert.Null(Next(new LoadForecast([new(default, 0.1)], TimeSpan.MaxValue), units: 4));

    [Theory]
    [InlineData(16, 20.0, true)]
    [InlineData(2, 0.1, false)]
    public void At_the_bounds_of_the_range_the_step_is_refused_once(int units, double needed, bool isUp)
    {
        var load = Load((0, needed), (500, units * 0.5), (600, needed));
        var first = Next(load, units)!;
        Assert.Equal((true, isUp), (first.IsRefused, first.IsUp));
        var second = Next(load, units, first.At, first.IsUp)!;
        Assert.Equal((true, Minutes(600) + (isUp ? Rules.UpAfter : Rules.DownAfter)), (second.IsRefused, second.At));
        Assert.Null(Next(load, units, second.At, second.IsUp));
    }

    [Fact]
    public void After_a_step_the_load_counts_anew() =>
        Assert.Equal(Minutes(13), Next(Load((0, 100)), units: 4, since: Minutes(8))!.At);

    [Theory]
    [InlineData(1, 2, true)]
    [InlineData(64, 16, false)]
    public void Capacity_outside_the_range_is_brought_inside_at_once(int units, int wanted, bool isUp)
    {
        var move = Next(new LoadForecast([], default), units, Minutes(3))!;
        Assert.Equal((Minutes(3), wanted, isUp), (move.At, move.To, move.IsUp));
        Assert.Contains("outside the range", move.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Switched_off_nothing_scales() =>
        Assert.Null(Autoscaling.Next(Load((0, 100)), 2, Range, Rules with { Enabled = false }, default, null));

    [Fact]
    public void The_simulated_engine_scales_nothing_without_a_reason()
    {
        var engine = Simulated.Engine();
        Assert.Null(engine.ExpectedLoad(Simulated.Job(ReplicationType.Cdc), Simulated.Clock()));
        Assert.Null(engine.ExpectedLoad(Simulated.Job(ReplicationType.FullLoad), Simulated.Clock()));
        for (var i = 0; i < 200; i++)
        {
            // After its load it comes down to what its changes need, step by step, and stays there.
            var job = Simulated.Job(identifier: $"r{i}");
            job = job with { CapacityUnits = 32, Spec = job.Spec with { Compute = new() { MaxCapacityUnits = 32 } } };
            var (units, since, load) = (32, TimeSpan.Zero, engine.ExpectedLoad(job, Simulated.Clock())!);
            while (Autoscaling.Next(load, units, job.Spec.Compute, Rules, since, null) is { } move)
            {
                Assert.True(move is { IsUp: false, IsRefused: false } && move.At >= load.FullLoadEnd, move.ToString());
                (units, since) = (move.To, move.At);
            }

            Assert.InRange(units, 1, 2);
        }
    }

    [Fact]
    public void More_capacity_speeds_a_full_load_up_from_the_moment_it_is_there()
    {
        const string Profile = """{"loadRowsPerSecondPerCapacityUnit":100,"tables":[{"schema":"public","table":"a","rows":9900}]}""";
        var engine = Simulated.Engine();
        var job = Simulated.Job(ReplicationType.FullLoad, simulation: Profile) with { CapacityUnits = 1 };
        var scaled = job with { CapacityChanges = [new(TimeSpan.FromSeconds(50), 2)] };
        Assert.Equal(TimeSpan.FromSeconds(100), engine.PlannedEnd(job, Simulated.Clock())!.At - Simulated.Since);
        Assert.Equal(TimeSpan.FromSeconds(75), engine.PlannedEnd(scaled, Simulated.Clock())!.At - Simulated.Since);
        Assert.Equal(TimeSpan.FromSeconds(50.5), engine.PlannedEnd(job with { CapacityUnits = 2 }, Simulated.Clock())!.At - Simulated.Since);
        Assert.Equal([4950L, 4950L], new[] { job, scaled }.Select(j => engine.Tables(j, Simulated.Clock(), Simulated.Since.AddSeconds(50))[0].FullLoadRows));
        Assert.Equal(7425L, engine.Tables(scaled, Simulated.Clock(), Simulated.Since.AddSeconds(62.5))[0].FullLoadRows);
    }

    private static ComputeConfig Range { get; } = new() { MinCapacityUnits = 2, MaxCapacityUnits = 16 };

    private static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);

    private static LoadForecast Load(params (double Minutes, double Units)[] levels) => new([.. levels.Select(l => new LoadLevel(Minutes(l.Minutes), l.Units))], default);

    private static ScalingMove? Next(LoadForecast load, int units, TimeSpan since = default, bool? refused = null) => Autoscaling.Next(load, units, Range, Rules, since, refused);
}
