namespace DmsOrleans.Engines.Simulated;

/// <summary>
/// What simulated replications do, as configured for a node under <see cref="Section"/>. One replication overlays it with the object
/// <c>"simulation"</c> of its SupplementalSettings, whose members have the same names in camelCase. Times are simulated: the time scale divides them.
/// </summary>
public sealed record SimulationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "DmsOrleans:Simulation";

    /// <summary>Where all chance begins: the same seed gives every replication the same walk and the same statistics.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>What differs from the defaults, by the phase's AWS status string, for example <c>initializing</c>.</summary>
    public IDictionary<string, PhaseSimulation> Phases { get; init; } = new Dictionary<string, PhaseSimulation>();

    /// <summary>Which connection tests fail.</summary>
    public ConnectionTestSimulation ConnectionTest { get; set; } = new();

    /// <summary>The source's tables, exactly; null generates them by <see cref="GeneratedTables"/>. At most 10,000; each costs about 100 bytes and 100 ns a describe.</summary>
    public IList<TableSimulation>? Tables { get; set; }

    /// <summary>How tables are made up when none are listed.</summary>
    public GeneratedTablesSimulation GeneratedTables { get; set; } = new();

    /// <summary>Rows loaded a second by each DCU; raising it shortens full loads.</summary>
    public double LoadRowsPerSecondPerCapacityUnit { get; set; } = 10_000;

    /// <summary>Cached changes applied a second by each DCU; raising it shortens the phase between full load and ongoing changes.</summary>
    public double ChangesAppliedPerSecondPerCapacityUnit { get; set; } = 2_000;

    /// <summary>How far applied changes lag behind captured ones.</summary>
    public double ChangeLatencySeconds { get; set; } = 2;

    /// <summary>Memory in use over the running time, which makes capacity scale; null for as much as was computed, and less once a full load is over. At most 100 levels.</summary>
    public IList<LoadSimulation>? Load { get; set; }

    /// <summary>How fast rows are compared, where a replication's settings ask for validation.</summary>
    public ValidationSimulation Validation { get; set; } = new();

    /// <summary>What premigration assessments come to.</summary>
    public AssessmentsSimulation Assessments { get; set; } = new();

    /// <summary>A failure in the middle of running; null for none.</summary>
    public RunFailureSimulation? RunFailure { get; set; }

    /// <summary>A copy that shares nothing that can be changed.</summary>
    internal SimulationOptions Copy() => this with
    {
        Phases = Phases.ToDictionary(p => p.Key, p => p.Value with { }, StringComparer.Ordinal),
        ConnectionTest = ConnectionTest with { InvalidHosts = [.. ConnectionTest.InvalidHosts] },
        Tables = Tables?.Select(table => table with { }).ToList(),
        GeneratedTables = GeneratedTables with { },
        Assessments = Assessments with { Results = new Dictionary<string, string>(Assessments.Results, StringComparer.Ordinal) },
        Validation = Validation with { },
        Load = Load?.Select(level => level with { }).ToList(),
        RunFailure = RunFailure is null ? null : RunFailure with { },
    };
}

/// <summary>One phase of the walk.</summary>
public sealed record PhaseSimulation
{
    /// <summary>Shortest duration; null for the phase's default.</summary>
    public double? MinSeconds { get; set; }

    /// <summary>Longest duration; null for the phase's default.</summary>
    public double? MaxSeconds { get; set; }

    /// <summary>A fixed duration, instead of the two above.</summary>
    public double? Seconds { get; set; }

    /// <summary>How likely the phase fails at its end, 0 to 1. In testing_connection it is the source's test that fails.</summary>
    public double FailureProbability { get; set; }

    /// <summary>What it fails with; null for a text that names the phase.</summary>
    public string? FailureMessage { get; set; }

    /// <summary>Whether the failure is a RECOVERABLE_ERROR instead of a FATAL_ERROR.</summary>
    public bool FailureRecoverable { get; set; }

    /// <summary>How likely the phase never ends, 0 to 1.</summary>
    public double HangProbability { get; set; }

    /// <summary>Multiplies the duration, 0 to 1,000,000.</summary>
    public double Slowdown { get; set; } = 1;
}

/// <summary>Connection tests that fail.</summary>
public sealed record ConnectionTestSimulation
{
    /// <summary><c>none</c>, <c>source</c>, <c>target</c>, or <c>both</c>.</summary>
    public string FailingEndpoint { get; set; } = "none";

    /// <summary>What the database says; null for a refused connection.</summary>
    public string? Message { get; set; }

    /// <summary>Endings of server names that no name server knows; tests of such endpoints fail. By default the top-level domain that is reserved for this.</summary>
    public IList<string> InvalidHosts { get; set; } = [".invalid"];
}

/// <summary>A table of the simulated source.</summary>
public sealed record TableSimulation
{
    /// <summary>Schema.</summary>
    public string Schema { get; set; } = "";

    /// <summary>Table.</summary>
    public string Table { get; set; } = "";

    /// <summary>Rows at the start.</summary>
    public long Rows { get; set; }

    /// <summary>Average bytes of a row.</summary>
    public long RowBytes { get; set; } = 200;

    /// <summary>Share of the bytes that are large objects, 0 to 1. Large objects slow a load by up to two.</summary>
    public double LobShare { get; set; }

    /// <summary>Inserts a second.</summary>
    public double InsertsPerSecond { get; set; }

    /// <summary>Updates a second.</summary>
    public double UpdatesPerSecond { get; set; }

    /// <summary>Deletes a second.</summary>
    public double DeletesPerSecond { get; set; }

    /// <summary>Whether it has a primary key: assessments complain of tables without one, and they cannot be validated.</summary>
    public bool HasPrimaryKey { get; set; } = true;

    /// <summary>Whether the source has lost it since the mappings were written: it shows as <c>Table does not exist</c>.</summary>
    public bool Missing { get; set; }

    /// <summary>Rows that validation finds to differ.</summary>
    public long MismatchedRows { get; set; }

    /// <summary>Rows that validation cannot compare.</summary>
    public long SuspendedRows { get; set; }

    /// <summary>Whether its load fails halfway: the table ends as <c>Table error</c>.</summary>
    public bool FailLoad { get; set; }
}

/// <summary>How tables are made up. Each figure of a table lies in its range, by seed, replication, and name.</summary>
public sealed record GeneratedTablesSimulation
{
    /// <summary>Schemas: <c>public</c>, <c>schema_2</c>, <c>schema_3</c> …</summary>
    public int Schemas { get; set; } = 1;

    /// <summary>Fewest tables of a schema: <c>table_001</c>, <c>table_002</c> …</summary>
    public int MinTables { get; set; } = 4;

    /// <summary>Most tables of a schema.</summary>
    public int MaxTables { get; set; } = 12;

    /// <summary>Fewest rows of a table; small tables are as likely as large ones (the logarithm is uniform).</summary>
    public long MinRows { get; set; } = 1_000;

    /// <summary>Most rows of a table.</summary>
    public long MaxRows { get; set; } = 20_000_000;

    /// <summary>Smallest average row.</summary>
    public long MinRowBytes { get; set; } = 80;

    /// <summary>Largest average row.</summary>
    public long MaxRowBytes { get; set; } = 1_500;

    /// <summary>Largest share of large objects in a table, 0 to 1.</summary>
    public double MaxLobShare { get; set; } = 0.2;

    /// <summary>Most inserts a second in a table.</summary>
    public double MaxInsertsPerSecond { get; set; } = 10;

    /// <summary>Most updates a second in a table.</summary>
    public double MaxUpdatesPerSecond { get; set; } = 20;

    /// <summary>Most deletes a second in a table.</summary>
    public double MaxDeletesPerSecond { get; set; } = 2;

    /// <summary>How likely the load of a table fails, 0 to 1.</summary>
    public double FailLoadProbability { get; set; }

    /// <summary>
    /// Whether the source also has what the selection rules ask for: a schema <c>sales</c> when a rule includes <c>sales.%</c>, so that
    /// mappings written for a real database find tables here. Without it, only the schemas above exist.
    /// </summary>
    public bool FollowMappings { get; set; } = true;
}

/// <summary>Premigration assessments.</summary>
public sealed record AssessmentsSimulation
{
    /// <summary>How long each individual assessment takes.</summary>
    public double SecondsEach { get; set; } = 20;

    /// <summary>What an individual assessment comes to, by its name: passed, warning, failed, error or skipped. Those not named are looked up in the source.</summary>
    public IDictionary<string, string> Results { get; init; } = new Dictionary<string, string>();

    /// <summary>What those named here found; null for a text that names the profile.</summary>
    public string? Message { get; set; }
}

/// <summary>Validation of rows.</summary>
public sealed record ValidationSimulation
{
    /// <summary>Rows of a table compared a second.</summary>
    public double RowsPerSecond { get; set; } = 50_000;

    /// <summary>How long after the comparison of a table the rows that differ are mended; null for never, and ResyncState <c>Not enabled</c>.</summary>
    public double? ResyncAfterSeconds { get; set; }

    /// <summary>Rows mended a second.</summary>
    public double ResyncRowsPerSecond { get; set; } = 100;
}

/// <summary>A level of the load; it holds until the next.</summary>
public sealed record LoadSimulation
{
    /// <summary>Running time from which it holds, time of earlier runs included.</summary>
    public double AfterSeconds { get; set; }

    /// <summary>DCUs' worth of memory in use; more than granted makes capacity scale up.</summary>
    public double CapacityUnits { get; set; }
}

/// <summary>A failure while running.</summary>
public sealed record RunFailureSimulation
{
    /// <summary>Running time after which it happens, time of earlier runs included; a run carried on from after that time is spared.</summary>
    public double AfterSeconds { get; set; } = 60;

    /// <summary>How likely a run meets it, 0 to 1.</summary>
    public double Probability { get; set; } = 1;

    /// <summary>What it fails with; null for a lost connection.</summary>
    public string? Message { get; set; }

    /// <summary>Whether it is a RECOVERABLE_ERROR instead of a FATAL_ERROR.</summary>
    public bool Recoverable { get; set; } = true;
}
