namespace DmsOrleans.Silo;

/// <summary>What a node is told when it starts. Everything else is configuration.</summary>
public sealed record SiloSettings
{
    /// <summary>Where the store and the encryption keys live; null only with <see cref="InMemory"/>.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Keep nothing beyond the life of the process.</summary>
    public bool InMemory { get; init; }

    /// <summary>How much faster than AWS time runs.</summary>
    public TimeScale TimeScale { get; init; } = TimeScale.One;

    /// <summary>Whether the Orleans dashboard is served at <c>/dashboard</c>; it costs throughput.</summary>
    public bool Dashboard { get; init; } = true;

    /// <summary>Seed of the simulation; the same seed walks the same walk. Null: as configured.</summary>
    public int? Seed { get; init; }

    /// <summary>DCUs in the capacity pool. Null: as configured.</summary>
    public int? CapacityPoolUnits { get; init; }

    /// <summary>Whether a status lasts until a client has been shown it. False: as configured.</summary>
    public bool PollSafe { get; init; }
}
