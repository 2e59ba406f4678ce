using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace DmsOrleans.Endpoints;

/// <summary>What the service fills in of a new endpoint and answers from then on: the account's key, and the defaults of some engines that the model's text or the user guide gives.</summary>
internal static class EndpointDefaults
{
    private static readonly FrozenDictionary<string, string> Settings = new Dictionary<string, string>
    {
        ["s3"] = """{"CsvRowDelimiter":"\\n","CsvDelimiter":",","BucketFolder":"","CompressionType":"NONE","EnableStatistics":true,"DatePartitionEnabled":false}""",
        ["mongodb"] = """{"AuthType":"password","AuthMechanism":"default","NestingLevel":"none","ExtractDocId":"false","DocsToInvestigate":"1000","AuthSource":"admin"}""",
        ["docdb"] = """{"NestingLevel":"none","ExtractDocId":false,"DocsToInvestigate":1000}""",
        ["kinesis"] = """
            {"MessageFormat":"json","IncludeTransactionDetails":false,"IncludePartitionValue":false,"PartitionIncludeSchemaTable":false,
             "IncludeTableAlterOperations":false,"IncludeControlDetails":false,"IncludeNullAndEmpty":false}
            """,
        ["kafka"] = """
            {"Topic":"kafka-default-topic","MessageFormat":"json","IncludeTransactionDetails":false,"IncludePartitionValue":false,"PartitionIncludeSchemaTable":false,
             "IncludeTableAlterOperations":false,"IncludeControlDetails":false,"MessageMaxBytes":1000000,"IncludeNullAndEmpty":false}
            """,
        ["opensearch"] = """{"FullLoadErrorPercentage":10,"ErrorRetryDuration":300}""",
        ["elasticsearch"] = """{"FullLoadErrorPercentage":10,"ErrorRetryDuration":300}""",
        ["neptune"] = """{"ErrorRetryDuration":250,"MaxFileSize":1048576,"MaxRetryCount":5,"IamAuthEnabled":false}""",
        ["redis"] = """{"SslSecurityProtocol":"ssl-encryption"}""",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The spec with what was not given and has a default. Everything given stays.</summary>
    public static EndpointSpec Filled(EndpointSpec spec, AwsScope scope)
    {
        var defaults = new JsonObject { ["KmsKeyId"] = KeyOf(scope) };
        if (Settings.TryGetValue(spec.EngineName, out var settings))
        {
            defaults[EndpointEngine.All[spec.EngineName].Settings[0]] = JsonNode.Parse(settings);
        }

        return spec with { OtherMembers = JsonMerge.Into(defaults.ToJsonString(), spec.OtherMembers, exact: false) };
    }

    // The account's default key, aws/dms: the same one each time, as there is one for each account and region.
    private static string KeyOf(AwsScope scope)
    {
        var id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"aws/dms {scope}")).AsSpan(0, 16));
        return $"arn:aws:kms:{scope.Region}:{scope.Account}:key/{id}";
    }
}
