namespace DmsOrleans.Engines.Simulated;

/// <summary>
/// Chance without state: a point in a tree of numbers, rooted in a seed and a replication's name. The same path gives the same number in
/// every process and release, and asking for one draw does not move another.
/// </summary>
internal readonly struct Draw
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong state;

    private Draw(ulong state)
    {
        this.state = state;
    }

    /// <summary>The root for one replication. Mixed once more than a branch is, or seed 1, branch 2 would be seed 2, branch 1.</summary>
    public static Draw Of(long seed, string identifier) => new(Mix(Mix((ulong)seed + Golden) + Hash(identifier)));

    /// <summary>A stable hash of a name (FNV-1a over its UTF-16 units, finished with a mix because FNV's low bits are weak).</summary>
    public static ulong Hash(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var c in name)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return Mix(hash);
    }

    /// <summary>An independent branch.</summary>
    public Draw Split(ulong branch) => new(Mix(state ^ Mix(branch + Golden)));

    /// <summary>An independent branch for a purpose.</summary>
    public Draw Split(Purpose purpose) => Split((ulong)purpose);

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit => (Mix(state) >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 uniform bits.</summary>
    public ulong Bits => Mix(state);

    /// <summary>Whether something of this probability happens.</summary>
    public bool Happens(double probability) => probability > 0 && Unit < probability;

    /// <summary>Uniform between two whole numbers, both included.</summary>
    public long Between(long least, long most) => least + (long)((most - least + 1.0) * Unit);

    /// <summary>Between two whole numbers, each order of magnitude equally likely.</summary>
    public long BetweenByMagnitude(long least, long most) =>
        Math.Clamp((long)Math.Exp(Math.Log(least + 1.0) + (Unit * (Math.Log(most + 1.0) - Math.Log(least + 1.0)))) - 1, least, most);

    /// <summary>The finisher of SplitMix64.</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>What a draw is for. Numbers are part of "same seed, same walk": append only.</summary>
internal enum Purpose : ulong
{
    Duration = 1,
    Hang = 2,
    Failure = 3,
    RunFailure = 4,
    TableCount = 5,
    Rows = 6,
    RowBytes = 7,
    LobShare = 8,
    Inserts = 9,
    Updates = 10,
    Deletes = 11,
    FailLoad = 12,
    Position = 13,
}
