using CsCheck;
using DmsOrleans.Capacity;
using DmsOrleans.Replications;
using DmsOrleans.WakeUps;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Tests.Grains;

public sealed class CapacityPoolTests
{
    private const int Total = 16;

    private readonly WakeQueue wakeQueue = NewQueue();
    private readonly CapacityPool pool;

    public CapacityPoolTests() => pool = New(wakeQueue);

    [Fact]
    public void Asks_are_served_in_the_order_they_were_first_made()
    {
        Assert.Null(pool.TryTake("a", 16));
        Assert.NotNull(pool.TryTake("large", 12));
        Assert.NotNull(pool.TryTake("small", 2));
        pool.Correct("a", 8);
        Assert.NotNull(pool.TryTake("small", 2));
        Assert.Equal(0, wakeQueue.Length);
        pool.Correct("a", 0);
        Assert.Equal(1, wakeQueue.Length);
        Assert.NotNull(pool.TryTake("small", 2));
        Assert.Null(pool.TryTake("large", 12));
        Assert.Null(pool.TryTake("small", 2));
        Assert.Equal(14, pool.HeldUnits);
    }

    [Fact]
    public void Whoever_waits_is_told_for_what()
    {
        pool.TryTake("a", 12);
        pool.TryTake("b", 8);
        Assert.Equal("Waiting for 8 DCU: 4 of the pool's 16 are free, 0 other replications are in line.", pool.TryTake("b", 8));
        Assert.StartsWith("Waiting for 2 DCU: 4 of the pool's 16 are free, 1 other", pool.TryTake("c", 2), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_leaves_the_line_lets_the_next_one_in()
    {
        pool.TryTake("a", 16);
        pool.TryTake("b", 16);
        pool.TryTake("c", 8);
        pool.Correct("a", 8);
        pool.Correct("b", 0);
        Assert.Equal(1, wakeQueue.Length);
        Assert.Null(pool.TryTake("c", 8));
    }

    // A step that is done again after an error must not queue behind one who waits for what it holds.
    [Fact]
    public void Asking_again_for_what_one_holds_is_granted_at_once()
    {
        Assert.Null(pool.TryTake("a", 10));
        Assert.NotNull(pool.TryTake("b", 8));
        Assert.Null(pool.TryTake("a", 10));
        Assert.Equal(10, pool.HeldUnits);
        pool.Correct("a", 0);
        Assert.Null(pool.TryTake("b", 8));
    }

    [Fact]
    public void Over_a_thousand_operations_nothing_is_granted_twice_or_out_of_turn_and_nothing_leaks() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[1, 10]).Array[1_000].Sample(
            operations =>
            {
                var model = new Model(New(NewQueue()));
                foreach (var (who, what, units) in operations)
                {
                    model.Do($"r{who}", what, units);
                }

                model.ReleaseAll();
            },
            iter: 100,
            threads: 1);

    [Fact]
    public async Task Many_at_once_never_hold_more_than_there_is()
    {
        var granted = 0;
        var most = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), TestContext.Current.CancellationToken, (who, _) =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var units = 1 + ((who + i) % 8);
                if (pool.TryTake($"r{who}", units) is null)
                {
                    most = Math.Max(most, Interlocked.Add(ref granted, units));
                    Interlocked.Add(ref granted, -units);
                    pool.Correct($"r{who}", 0);
                }
            }

            return ValueTask.CompletedTask;
        });
        Assert.InRange(most, 1, Total);
        for (var who = 0; who < 8; who++)
        {
            pool.Correct($"r{who}", 0);
        }

        Assert.Equal((0L, 0), (pool.HeldUnits, pool.Waiting));
    }

    // Never served in these tests: only its length is looked at.
    private static WakeQueue NewQueue() => new(null!, Options.Create(new ReplicationOptions()), NullLogger<WakeQueue>.Instance);

    private static CapacityPool New(WakeQueue wakeQueue) => new(Options.Create(new ReplicationOptions { CapacityPoolUnits = Total }), wakeQueue);

    /// <summary>What is known from the pool's answers alone.</summary>
    private sealed class Model(CapacityPool pool)
    {
        private readonly Dictionary<string, int> held = [];
        private readonly List<string> line = [];

        public void Do(string who, int what, int units)
        {
            if (what < 6)
            {
                Take(who, units);
            }
            else if (what < 9)
            {
                Set(who, 0);
            }
            else
            {
                // An activation that corrects the ledger says what it was granted.
                Set(who, held.GetValueOrDefault(who));
            }

            Assert.Equal(held.Values.Sum(), pool.HeldUnits);
            Assert.InRange(pool.HeldUnits, 0, Total);
            Assert.Equal(line.Count, pool.Waiting);
        }

        public void ReleaseAll()
        {
            foreach (var who in held.Keys.Concat(line).ToList())
            {
                Set(who, 0);
            }

            Assert.Equal((0L, 0), (pool.HeldUnits, pool.Waiting));
            Assert.Null(pool.TryTake("last", Total));
        }

        private void Take(string who, int units)
        {
            var own = held.GetValueOrDefault(who);
            var fits = units <= Total - held.Values.Sum() + own;
            var turn = line.Count == 0 || line[0] == who;
            if (pool.TryTake(who, units) is null)
            {
                Assert.True(units <= own || (fits && turn), $"{who} got {units} with {own} held, line {string.Join(',', line)}");
                line.Remove(who);
                held[who] = units;
            }
            else
            {
                Assert.False(units <= own || (fits && turn), $"{who} was refused {units} with {own} held, line {string.Join(',', line)}");
                if (!line.Contains(who))
                {
                    line.Add(who);
                }
            }
        }

        private void Set(string who, int units)
        {
            pool.Correct(who, units);
            line.Remove(who);
            held[who] = units;
        }
    }
}
