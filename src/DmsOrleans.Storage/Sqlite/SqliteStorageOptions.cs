namespace DmsOrleans.Storage;

/// <summary>How the one-node store keeps its file.</summary>
public sealed class SqliteStorageOptions
{
    /// <summary>Where <c>dms.db</c> lies; created when missing. One process at a time. Default: <c>dms-data</c> in the working directory.</summary>
    public string DataDirectory { get; set; } = "dms-data";

    /// <summary>
    /// Nothing outlives the process. The store is then a private temporary file, never flushed, deleted when the node stops; what a killed
    /// process left in the temporary directory is deleted by the next store of this kind. Default: false.
    /// </summary>
    public bool InMemory { get; set; }

    /// <summary>When SQLite flushes to the disk. Less than <see cref="SqliteSynchronous.Full"/> is faster and loses acknowledged commands at power loss.</summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>Most writes in one transaction, 1 to 100,000. More costs latency: the first of a batch waits for the last. Default: 4,000.</summary>
    public int MaxBatchWrites { get; set; } = 4_000;

    /// <summary>Most bytes of states waiting to be written, at least 1 MiB; a write beyond fails at once as unavailable. More costs memory. Default: 256 MiB.</summary>
    public long MaxQueuedBytes { get; set; } = 256L << 20;

    /// <summary>How long a write waits for a file somebody else locked before it fails as unavailable, up to 30 s. Longer holds callers longer. Default: 2 s.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a read may wait in the queue before it fails as unavailable. Longer holds callers longer. Default: 15 s.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Threads that read, each with a connection, 1 to 32. Each costs up to <see cref="CacheBytes"/>. Default: 2.</summary>
    public int Readers { get; set; } = 2;

    /// <summary>Page cache of each connection, at least 1 MiB. More costs memory. Default: 32 MiB.</summary>
    public long CacheBytes { get; set; } = 32L << 20;

    /// <summary>Size of the write-ahead log at which it is copied into the file, at least 1 MiB. More means fewer but longer pauses, and a slower start after a crash. Default: 64 MiB.</summary>
    public long CheckpointBytes { get; set; } = 64L << 20;

    /// <summary>How long the history of a removed state is kept, for events; AWS keeps them 14 days, the default. More costs room on the disk. Zero: until the next purge, a few minutes.</summary>
    public TimeSpan DepartedRetention { get; set; } = TimeSpan.FromDays(14);

    /// <summary>What is wrong with these options, one sentence each; empty when nothing is.</summary>
    internal IEnumerable<string> Faults()
    {
        if (!InMemory && string.IsNullOrWhiteSpace(DataDirectory))
        {
            yield return "DataDirectory must be given unless InMemory is set.";
        }

        if (!Enum.IsDefined(Synchronous))
        {
            yield return "Synchronous must be Off, Normal, Full, or Extra.";
        }

        if (MaxBatchWrites is < 1 or > 100_000)
        {
            yield return "MaxBatchWrites must be 1 to 100,000.";
        }

        if (MaxQueuedBytes < 1 << 20 || CacheBytes < 1 << 20 || CheckpointBytes < 1 << 20)
        {
            yield return "MaxQueuedBytes, CacheBytes, and CheckpointBytes must be at least 1 MiB.";
        }

        if (BusyTimeout < TimeSpan.Zero || BusyTimeout > TimeSpan.FromSeconds(30) || ReadTimeout <= TimeSpan.Zero)
        {
            yield return "BusyTimeout must be 0 to 30 s, and ReadTimeout more than 0.";
        }

        if (DepartedRetention < TimeSpan.Zero || DepartedRetention > TimeSpan.FromDays(3_650))
        {
            yield return "DepartedRetention must be 0 to 3,650 days.";
        }

        if (Readers is < 1 or > 32)
        {
            yield return "Readers must be 1 to 32.";
        }
    }
}

/// <summary>SQLite's <c>synchronous</c>.</summary>
public enum SqliteSynchronous
{
    /// <summary>Never flushes: loses the last commits, possibly the file, at power loss.</summary>
    Off = 0,

    /// <summary>Flushes at checkpoints: loses the last commits at power loss, never the file.</summary>
    Normal = 1,

    /// <summary>Flushes every commit: what was acknowledged survives power loss.</summary>
    Full = 2,

    /// <summary>As <see cref="Full"/>, and flushes the directory too.</summary>
    Extra = 3,
}

/// <summary>The store cannot be opened; the message says why and what to do, in one line.</summary>
public sealed class StorageCannotOpenException : Exception
{
    /// <summary>With the reason.</summary>
    public StorageCannotOpenException(string message)
        : base(message)
    {
    }

    /// <summary>With the reason and its cause.</summary>
    public StorageCannotOpenException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Without a reason.</summary>
    public StorageCannotOpenException()
    {
    }
}
