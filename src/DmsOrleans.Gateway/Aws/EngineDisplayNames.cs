using System.Collections.Frozen;

namespace DmsOrleans.Gateway.Aws;

/// <summary>What the service calls its engines before people.</summary>
internal static class EngineDisplayNames
{
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["aurora"] = "Amazon Aurora MySQL",
        ["aurora-postgresql"] = "Amazon Aurora PostgreSQL",
        ["aurora-postgresql-serverless"] = "Amazon Aurora PostgreSQL Serverless",
        ["aurora-serverless"] = "Amazon Aurora MySQL Serverless",
        ["azure-sql-managed-instance"] = "Microsoft Azure SQL Managed Instance",
        ["azuredb"] = "Microsoft Azure SQL Database",
        ["babelfish"] = "Babelfish for Aurora PostgreSQL",
        ["db2"] = "IBM Db2 LUW",
        ["db2-zos"] = "IBM Db2 for z/OS",
        ["dms-transfer"] = "DMS Transfer",
        ["docdb"] = "Amazon DocumentDB (with MongoDB compatibility)",
        ["dynamodb"] = "Amazon DynamoDB",
        ["elasticsearch"] = "Elasticsearch",
        ["gcp-mysql"] = "Google Cloud SQL for MySQL",
        ["kafka"] = "Apache Kafka",
        ["kinesis"] = "Amazon Kinesis",
        ["mariadb"] = "MariaDB",
        ["mongodb"] = "MongoDB",
        ["mysql"] = "MySQL",
        ["neptune"] = "Amazon Neptune",
        ["opensearch"] = "Amazon OpenSearch Service",
        ["oracle"] = "Oracle",
        ["postgres"] = "PostgreSQL",
        ["redis"] = "Redis",
        ["redshift"] = "Amazon Redshift",
        ["redshift-serverless"] = "Amazon Redshift Serverless",
        ["s3"] = "Amazon S3",
        ["sqlserver"] = "Microsoft SQL Server",
        ["sybase"] = "SAP ASE",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The display name; an engine without one goes by its own name.</summary>
    public static string Of(string engineName) => Names.GetValueOrDefault(engineName, engineName);
}
