using System.Collections.Concurrent;

namespace DmsOrleans.Engines;

/// <summary>
/// Remembers what was made of a text, so that thousands of replications with the same JSON parse it once. Bounded by the characters of its
/// keys; when full it forgets everything and starts over, which costs a parse each and no bookkeeping on the hot path.
/// </summary>
internal sealed class BoundedCache<TKey, TValue>(int maxCharacters)
    where TKey : notnull
    where TValue : class
{
    private readonly ConcurrentDictionary<TKey, TValue> values = new();
    private long characters;

    /// <summary>The remembered value, or a newly made one. <paramref name="make"/> must be pure: two threads may both call it.</summary>
    /// <param name="key">What the value is made of.</param>
    /// <param name="length">Characters that the key holds.</param>
    /// <param name="argument">Handed to <paramref name="make"/>, so that it need not capture.</param>
    /// <param name="make">Makes the value.</param>
    public TValue Get<TArgument>(TKey key, int length, TArgument argument, Func<TKey, TArgument, TValue> make)
    {
        if (values.TryGetValue(key, out var known))
        {
            return known;
        }

        var made = make(key, argument);
        var cost = length + 100;
        if (cost > maxCharacters / 8)
        {
            return made;
        }

        if (Interlocked.Add(ref characters, cost) > maxCharacters)
        {
            values.Clear();
            Interlocked.Exchange(ref characters, cost);
        }

        values[key] = made;
        return made;
    }
}
