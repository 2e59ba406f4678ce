using System.Collections.Concurrent;

namespace DmsOrleans.Cli.Load;

/// <summary>The replications of one load.</summary>
internal sealed class LoadFleet
{
    /// <summary>The types a mix is made of.</summary>
    public static IReadOnlyList<string> Types { get; } = ["full-load", "cdc", "full-load-and-cdc"];

    private readonly ConcurrentDictionary<string, LoadReplication> byArn = new(StringComparer.Ordinal);

    /// <summary>Names them and gives each its type: the same options, the same fleet.</summary>
    public LoadFleet(LoadOptions options, string name)
    {
        var random = new Random(options.Seed);
        Name = name;
        Replications = [.. Enumerable.Range(1, options.Replications).Select(i => Plan(options, $"{name}-{i:D6}", random))];
        HasCdc = Replications.Any(r => r.Type != "full-load");
    }

    /// <summary>What the names of its replications begin with.</summary>
    public string Name { get; }

    /// <summary>In the order they are created.</summary>
    public IReadOnlyList<LoadReplication> Replications { get; }

    /// <summary>Whether any captures changes.</summary>
    public bool HasCdc { get; }

    /// <summary>How many need no more waiting.</summary>
    public int Settled => Replications.Count(r => r.Settled);

    /// <summary>Notes an acknowledged creation.</summary>
    public void Created(LoadReplication replication, string arn)
    {
        replication.Arn = arn;
        byArn[arn] = replication;
    }

    /// <summary>The replication of this ARN; null when it is none of ours.</summary>
    public LoadReplication? Find(string arn) => byArn.GetValueOrDefault(arn);

    private static LoadReplication Plan(LoadOptions options, string identifier, Random random)
    {
        var type = options.Type == "mix" ? Types[random.Next(Types.Count)] : options.Type;
        var end = type != "full-load" && options.StopAfter is null ? "running" : "stopped";
        return new LoadReplication(identifier, type, end);
    }
}
