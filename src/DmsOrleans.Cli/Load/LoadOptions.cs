namespace DmsOrleans.Cli.Load;

/// <summary>What a load is made of.</summary>
internal sealed record LoadOptions
{
    /// <summary>How many replications. Raising it costs the node a few KB each and the report some seconds.</summary>
    public int Replications { get; init; } = 2000;

    /// <summary>Commands a second; 0 for as fast as the node answers.</summary>
    public int Rate { get; init; }

    /// <summary>Requests on their way at once. Raising it costs a socket each.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary>The same seed makes the same mix of types and, on an embedded node, the same walks.</summary>
    public int Seed { get; init; } = 1;

    /// <summary><c>full-load</c>, <c>cdc</c>, <c>full-load-and-cdc</c>, or <c>mix</c>.</summary>
    public string Type { get; init; } = "mix";

    /// <summary>Real time that replications with change capture run before they are stopped; null lets them run.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>Real time after which those not at their end count as stuck.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>One replication of a load, and what is known of it.</summary>
internal sealed class LoadReplication(string identifier, string type, string end)
{
    /// <summary>ReplicationConfigIdentifier.</summary>
    public string Identifier => identifier;

    /// <summary>ReplicationType.</summary>
    public string Type => type;

    /// <summary>The status it must come to.</summary>
    public string End => end;

    /// <summary>Set once the creation was acknowledged.</summary>
    public string? Arn { get; set; }

    /// <summary>Acknowledged starts.</summary>
    public int Starts { get; set; }

    /// <summary>Acknowledged stops.</summary>
    public int Stops { get; set; }

    /// <summary>Whether a stop was handed to the drivers.</summary>
    public bool StopAsked { get; set; }

    /// <summary>Why a command was refused; null when none was.</summary>
    public string? Refusal { get; set; }

    /// <summary>When a listing first showed it running, on the load's own clock; null before.</summary>
    public TimeSpan? RunningSeen { get; set; }

    /// <summary>What the last listing said.</summary>
    public (long Sequence, string Status)? Listed { get; set; }

    /// <summary>Whether nothing more is to be waited for.</summary>
    public bool Settled => Refusal is not null || (Starts > 0 && (Listed?.Status == End || Listed?.Status == "failed"));
}
