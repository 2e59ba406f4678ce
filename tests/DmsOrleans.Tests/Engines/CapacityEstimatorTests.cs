using CsCheck;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Capacity;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Engines;

public sealed class CapacityEstimatorTests
{
    private static readonly SourceMetadata Large = new()
    {
        TablesListed = 20,
        TablesMatched = 12,
        Rows = 4_800_000,
        Bytes = 33_600_000_000,
        LobShare = 0.1,
        ChangesPerSecond = 350,
    };

    [Fact]
    public void The_reason_states_the_figures_and_every_step()
    {
        var estimate = CapacityEstimator.Estimate(Large, ReplicationType.FullLoadAndCdc, Compute(4));
        Assert.Equal(4, estimate.CapacityUnits);
        Assert.Equal(
            "12 tables, 4,800,000 rows, 33.6 GB, 10 % LOB, 350 changes/s: 0.5 GB for the engine + 0.12 GB for table metadata + 8.4 GB for load buffers + 0.84 GB for large objects + 3.16 GB for cached changes = 7 DCU, next step 8, clamped to the maximum 4.",
            estimate.Reason);
    }

    [Theory]
    [InlineData(16, null, ReplicationType.FullLoadAndCdc, 8)]
    [InlineData(16, 16, ReplicationType.FullLoadAndCdc, 16)]
    [InlineData(2, 1, ReplicationType.FullLoadAndCdc, 2)]
    [InlineData(16, 1, ReplicationType.Cdc, 2)]
    [InlineData(64, 1, ReplicationType.FullLoad, 8)]
    public void Only_what_the_type_does_counts_and_the_range_holds(int most, int? least, ReplicationType type, int expected) =>
        Assert.Equal(expected, CapacityEstimator.Estimate(Large, type, Compute(most, least)).CapacityUnits);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(5, 8)]
    [InlineData(65, 128)]
    [InlineData(129, 192)]
    [InlineData(193, 256)]
    [InlineData(257, 384)]
    [InlineData(9_999, 384)]
    public void Needs_are_rounded_up_the_ladder(int needed, int step) => Assert.Equal(step, CapacityEstimator.OnLadder(needed));

    [Fact]
    public void A_larger_source_never_gets_less_and_the_reason_never_changes_the_figure() =>
        Gen.Select(Gen.Long[0, long.MaxValue / 2], Gen.Long[0, long.MaxValue / 2], Gen.Double[0, 1e7]).Sample((rows, bytes, changes) =>
        {
            var source = Large with { Rows = rows, Bytes = bytes, ChangesPerSecond = changes };
            var estimate = CapacityEstimator.Estimate(source, ReplicationType.FullLoad, Compute(384));
            var larger = CapacityEstimator.Units(source with { Bytes = bytes * 2 }, ReplicationType.FullLoad, Compute(384));
            Assert.Equal(estimate.CapacityUnits, CapacityEstimator.Units(source, ReplicationType.FullLoad, Compute(384)));
            Assert.InRange(estimate.CapacityUnits, 1, larger);
        });

    private static ComputeConfig Compute(int most, int? least = null) => new() { MaxCapacityUnits = most, MinCapacityUnits = least };
}
