namespace DmsOrleans.Cli.Node;

/// <summary>How a node inside this process is started.</summary>
internal sealed record NodeSettings
{
    /// <summary>Where it listens on loopback; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>Where it keeps its database, made when missing; null with <see cref="InMemory"/>.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Keeps nothing: faster, and gone with the process.</summary>
    public bool InMemory { get; init; }

    /// <summary>How much faster than AWS.</summary>
    public TimeScale TimeScale { get; init; } = TimeScale.One;

    /// <summary>Whether the Orleans dashboard is served; costs throughput.</summary>
    public bool Dashboard { get; init; } = true;

    /// <summary>Same seed, same walks.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>DCUs the node can grant; null for its default.</summary>
    public int? CapacityPoolUnits { get; init; }

    /// <summary>A file of access keys; signatures are verified when there are keys.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>One access key; null for none.</summary>
    public string? AccessKey { get; init; }

    /// <summary>The secret of <see cref="AccessKey"/>.</summary>
    public string? SecretKey { get; init; }

    /// <summary>The account of <see cref="AccessKey"/>.</summary>
    public string? AccountId { get; init; }

    /// <summary>Whether requests are throttled as AWS does; null for what the configuration says.</summary>
    public bool? Throttling { get; init; }

    /// <summary>Whether a status lasts until a client has been shown it.</summary>
    public bool PollSafe { get; init; }

    /// <summary>Whether only warnings and errors are logged.</summary>
    public bool Quiet { get; init; }

    /// <summary>Never prints the secret.</summary>
    public override string ToString() => $"NodeSettings {{ port {Port} }}";
}

/// <summary>A node inside this process. Disposing stops it and waits until it has stopped.</summary>
internal interface INode : IAsyncDisposable
{
    /// <summary>Where it answers.</summary>
    Uri Url { get; }
}

/// <summary>Starts a node and answers once it is ready for requests.</summary>
/// <exception cref="OperationFailedException">The port is taken, or the directory cannot be used.</exception>
internal delegate Task<INode> NodeStarter(NodeSettings settings, CancellationToken cancellationToken);
