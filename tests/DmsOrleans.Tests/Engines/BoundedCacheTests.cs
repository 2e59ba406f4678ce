using DmsOrleans.Engines;

namespace DmsOrleans.Tests.Engines;

public sealed class BoundedCacheTests
{
    private readonly BoundedCache<string, object> cache = new(maxCharacters: 2_000);
    private int made;

    [Fact]
    public void What_is_known_is_not_made_again()
    {
        var first = Get("a");
        Assert.Same(first, Get("a"));
        Assert.Equal(1, made);
    }

    [Fact]
    public void A_full_cache_forgets_and_still_answers()
    {
        for (var i = 0; i < 100; i++)
        {
            Get($"key{i}");
        }

        Get("key0");
        Get("key99");
        Assert.Equal(101, made);
    }

    [Fact]
    public void What_would_fill_the_cache_alone_is_not_kept()
    {
        var large = new string('x', 1_000);
        Get(large);
        Get(large);
        Assert.Equal(2, made);
    }

    private object Get(string key) => cache.Get(key, key.Length, this, static (_, tests) =>
    {
        tests.made++;
        return new object();
    });
}
