using System.Collections.Frozen;

namespace DmsOrleans.Endpoints;

/// <summary>An engine that an endpoint may name: what the service calls it, at which ends it stands, and what it needs.</summary>
/// <param name="Name">EngineName, for example <c>aurora-postgresql</c>.</param>
/// <param name="DisplayName">EngineDisplayName.</param>
/// <param name="Ends">Where it may stand.</param>
/// <param name="Settings">Members of CreateEndpoint that hold settings of this engine; the first is its own, further ones are taken too.</param>
public sealed record EndpointEngine(string Name, string DisplayName, EngineEnds Ends, params IReadOnlyList<string> Settings)
{
    /// <summary>
    /// All of them, by name: those of the model's text on EngineName, and <c>timestream</c>, for which the model has a settings object. Ends are
    /// those of the user guide's lists of sources and targets.
    /// </summary>
    public static FrozenDictionary<string, EndpointEngine> All { get; } = Engines().ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);

    /// <summary>Every member of CreateEndpoint that holds settings of some engine.</summary>
    public static FrozenSet<string> AllSettings { get; } = All.Values.SelectMany(e => e.Settings).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether it can be connected to only at a ServerName and a Port, given on the endpoint, in its settings, or in a secret.</summary>
    public bool NeedsServer { get; init; } = true;

    /// <summary>Whether changes can be captured where it is the source; a target applies changes whatever it is.</summary>
    public bool CapturesChanges { get; init; } = true;

    /// <summary>The release of DMS that brought it, where that is 3.1.1 or later and known from the release notes; null otherwise.</summary>
    public string? MinimumVersion { get; init; }

    /// <summary>Whether it may be a source (<c>SOURCE</c>) or a target (<c>TARGET</c>).</summary>
    public bool StandsAt(string endpointType) => Ends.HasFlag(endpointType == "SOURCE" ? EngineEnds.Source : EngineEnds.Target);

    /// <summary>Why <paramref name="name"/> is no engine; null when it is one.</summary>
    public static string? Fault(string name) =>
        All.ContainsKey(name) ? null : $"EngineName '{name}' is not valid: it is one of {string.Join(", ", All.Keys.Order(StringComparer.Ordinal))}.";

    private static EndpointEngine[] Engines() =>
    [
        new("mysql", "MySQL", EngineEnds.Both, "MySQLSettings"),
        new("mariadb", "MariaDB", EngineEnds.Both, "MySQLSettings"),
        new("aurora", "Amazon Aurora MySQL", EngineEnds.Both, "MySQLSettings"),
        new("aurora-serverless", "Amazon Aurora MySQL Serverless", EngineEnds.Both, "MySQLSettings"),
        new("gcp-mysql", "Google Cloud SQL for MySQL", EngineEnds.Source, "GcpMySQLSettings", "MySQLSettings") { MinimumVersion = "3.4.6" },
        new("postgres", "PostgreSQL", EngineEnds.Both, "PostgreSQLSettings"),
        new("aurora-postgresql", "Amazon Aurora PostgreSQL", EngineEnds.Both, "PostgreSQLSettings"),
        new("aurora-postgresql-serverless", "Amazon Aurora PostgreSQL Serverless", EngineEnds.Both, "PostgreSQLSettings"),
        new("babelfish", "Babelfish for Aurora PostgreSQL", EngineEnds.Target, "PostgreSQLSettings", "MicrosoftSQLServerSettings") { MinimumVersion = "3.4.7" },
        new("oracle", "Oracle", EngineEnds.Both, "OracleSettings"),
        new("sqlserver", "Microsoft SQL Server", EngineEnds.Both, "MicrosoftSQLServerSettings"),
        new("azuredb", "Microsoft Azure SQL Database", EngineEnds.Source, "MicrosoftSQLServerSettings") { CapturesChanges = false },
        new("azure-sql-managed-instance", "Microsoft Azure SQL Managed Instance", EngineEnds.Source, "MicrosoftSQLServerSettings") { MinimumVersion = "3.4.6" },
        new("sybase", "SAP ASE", EngineEnds.Both, "SybaseSettings"),
        new("db2", "IBM Db2 LUW", EngineEnds.Both, "IBMDb2Settings"),
        new("db2-zos", "IBM Db2 for z/OS", EngineEnds.Source, "IBMDb2Settings") { CapturesChanges = false, MinimumVersion = "3.4.7" },
        new("mongodb", "MongoDB", EngineEnds.Source, "MongoDbSettings"),
        new("docdb", "Amazon DocumentDB (with MongoDB compatibility)", EngineEnds.Both, "DocDbSettings", "MongoDbSettings") { MinimumVersion = "3.1.3" },
        new("redshift", "Amazon Redshift", EngineEnds.Target, "RedshiftSettings"),
        new("redshift-serverless", "Amazon Redshift Serverless", EngineEnds.Target, "RedshiftSettings") { MinimumVersion = "3.4.7" },
        new("s3", "Amazon S3", EngineEnds.Both, "S3Settings") { NeedsServer = false },
        new("dynamodb", "Amazon DynamoDB", EngineEnds.Target, "DynamoDbSettings") { NeedsServer = false },
        new("kinesis", "Amazon Kinesis", EngineEnds.Target, "KinesisSettings") { NeedsServer = false, MinimumVersion = "3.1.3" },
        new("kafka", "Apache Kafka", EngineEnds.Target, "KafkaSettings") { NeedsServer = false, MinimumVersion = "3.3.1" },
        new("opensearch", "Amazon OpenSearch Service", EngineEnds.Target, "ElasticsearchSettings") { NeedsServer = false },
        new("elasticsearch", "Elasticsearch", EngineEnds.Target, "ElasticsearchSettings") { NeedsServer = false },
        new("neptune", "Amazon Neptune", EngineEnds.Target, "NeptuneSettings") { NeedsServer = false, MinimumVersion = "3.3.2" },
        new("redis", "Redis", EngineEnds.Target, "RedisSettings") { NeedsServer = false, MinimumVersion = "3.4.5" },
        new("timestream", "Amazon Timestream", EngineEnds.Target, "TimestreamSettings") { NeedsServer = false, MinimumVersion = "3.5.1" },
        new("dms-transfer", "DMS Transfer", EngineEnds.Source, "DmsTransferSettings") { NeedsServer = false },
    ];
}

/// <summary>At which ends of a replication an engine may stand.</summary>
[Flags]
public enum EngineEnds
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>Rows come from it.</summary>
    Source = 1,

    /// <summary>Rows go to it.</summary>
    Target = 2,

    /// <summary>Either.</summary>
    Both = Source | Target,
}
