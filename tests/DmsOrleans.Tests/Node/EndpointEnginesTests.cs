using System.Text.Json.Nodes;
using DmsOrleans.Endpoints;
using DmsOrleans.Gateway.Aws.Model;
using DmsOrleans.Tests.Gateway;

namespace DmsOrleans.Tests.Node;

/// <summary>Every engine, its settings, and what an endpoint must say for it.</summary>
public sealed class EndpointEnginesTests(EndpointEnginesTests.SharedNode shared) : IClassFixture<EndpointEnginesTests.SharedNode>
{
    private const string Canary = "canary-4711";

    private readonly AwsNode aws = shared.Aws;

    /// <summary>CreateEndpoint's text on EngineName in the model, word for word.</summary>
    private static readonly string[] ModelledNames =
    [
        "mysql", "oracle", "postgres", "mariadb", "aurora", "aurora-postgresql", "opensearch", "redshift", "s3", "db2", "db2-zos", "azuredb", "sybase",
        "dynamodb", "mongodb", "kinesis", "kafka", "elasticsearch", "docdb", "sqlserver", "neptune", "babelfish", "redshift-serverless", "aurora-serverless",
        "aurora-postgresql-serverless", "gcp-mysql", "azure-sql-managed-instance", "redis", "dms-transfer",
    ];

    [Fact]
    public void The_engines_are_those_of_the_model_and_every_settings_object_belongs_to_one()
    {
        Assert.Equal(ModelledNames.Append("timestream").Order(StringComparer.Ordinal), EndpointEngine.All.Keys.Order(StringComparer.Ordinal));
        var settings = AwsModel.Instance.Operations["CreateEndpoint"].Input.Members.Where(m => m.Value.Type == AwsType.Structure).Select(m => m.Key);
        Assert.Equal(settings.Order(StringComparer.Ordinal), EndpointEngine.AllSettings.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Whatever_is_called_a_password_is_marked_as_a_secret() => Assert.All(
        EndpointEngine.AllSettings.SelectMany(s => AwsModel.Instance.Shapes[s].Members).Where(m => m.Key.Contains("Password", StringComparison.Ordinal)),
        member => Assert.True(member.Value.Sensitive, member.Key));

    [Fact]
    public async Task Every_engine_keeps_every_member_of_its_settings_and_answers_all_but_the_secrets()
    {
        foreach (var engine in EndpointEngine.All.Values)
        {
            foreach (var settings in engine.Settings)
            {
                await KeepsSettingsAsync(engine, settings);
            }
        }
    }

    [Fact]
    public async Task What_is_modified_in_a_settings_object_is_merged_or_replaced_and_the_rest_stays()
    {
        var created = await aws.SucceedAsync("CreateEndpoint", Body("redshift", "target", """{"RedshiftSettings":{"TrimBlanks":true,"Password":"canary-4711"},"ServerName":"h","Port":1}"""));
        var arn = created.GetProperty("Endpoint").GetProperty("EndpointArn").GetString();
        var merged = await aws.SucceedAsync("ModifyEndpoint", $$$"""{"EndpointArn":"{{{arn}}}","RedshiftSettings":{"EmptyAsNull":true}}""");
        Assert.Equal("""{"TrimBlanks":true,"EmptyAsNull":true}""", merged.GetProperty("Endpoint").GetProperty("RedshiftSettings").GetRawText());
        var replaced = await aws.SucceedAsync("ModifyEndpoint", $$$"""{"EndpointArn":"{{{arn}}}","ExactSettings":true,"RedshiftSettings":{"EmptyAsNull":false}}""");
        Assert.Equal("""{"EmptyAsNull":false}""", replaced.GetProperty("Endpoint").GetProperty("RedshiftSettings").GetRawText());

        var other = await aws.SucceedAsync("ModifyEndpoint", $$$"""{"EndpointArn":"{{{arn}}}","EngineName":"postgres","PostgreSQLSettings":{"SlotName":"s"}}""");
        Assert.False(other.GetProperty("Endpoint").TryGetProperty("RedshiftSettings", out _));
        Assert.Equal("PostgreSQL", other.GetProperty("Endpoint").GetProperty("EngineDisplayName").GetString());
    }

    [Fact]
    public async Task The_defaults_of_the_service_are_filled_in()
    {
        var s3 = await aws.SucceedAsync("CreateEndpoint", Body("s3", "target", """{"S3Settings":{"BucketName":"b","CompressionType":"GZIP"}}"""));
        Assert.Equal(
            """{"CsvRowDelimiter":"\\n","CsvDelimiter":",","BucketFolder":"","CompressionType":"GZIP","EnableStatistics":true,"DatePartitionEnabled":false,"BucketName":"b"}""",
            s3.GetProperty("Endpoint").GetProperty("S3Settings").GetRawText());
        Assert.Equal("none", s3.GetProperty("Endpoint").GetProperty("SslMode").GetString());
        var key = s3.GetProperty("Endpoint").GetProperty("KmsKeyId").GetString()!;
        Assert.Matches("^arn:aws:kms:us-east-1:000000000000:key/[0-9a-f-]{36}$", key);
        var second = await aws.SucceedAsync("CreateEndpoint", Body("dynamodb", "target", "{}"));
        Assert.Equal(key, second.GetProperty("Endpoint").GetProperty("KmsKeyId").GetString());
    }

    [Theory]
    [InlineData("postgre", "source", """{}""", "InvalidParameterValueException", "one of aurora, aurora-postgresql,")]
    [InlineData("Postgres", "source", """{}""", "InvalidParameterValueException", "'Postgres'")]
    [InlineData("kinesis", "source", """{}""", "InvalidParameterValueException", "Amazon Kinesis is a target only")]
    [InlineData("mongodb", "target", """{"ServerName":"h","Port":1}""", "InvalidParameterValueException", "MongoDB is a source only")]
    [InlineData("postgres", "source", """{"Port":5432}""", "InvalidParameterValueException", "The parameter ServerName must be provided")]
    [InlineData("postgres", "source", """{"ServerName":" ","Port":5432}""", "InvalidParameterValueException", "The parameter ServerName must be provided")]
    [InlineData("postgres", "source", """{"ServerName":"h"}""", "InvalidParameterValueException", "The parameter Port must be provided")]
    [InlineData("postgres", "source", """{"ServerName":"h","Port":70000}""", "InvalidParameterValueException", "Port 70000")]
    [InlineData("postgres", "source", """{"ServerName":"h","Port":1,"MySQLSettings":{"MaxFileSize":1}}""", "InvalidParameterCombinationException", "takes PostgreSQLSettings")]
    [InlineData("postgres", "source", """{"ServerName":"h","Port":1,"MySQLSettings":{"Password":"canary-4711"}}""", "InvalidParameterCombinationException", "MySQLSettings")]
    [InlineData("postgres", "source", """{"ServerName":"h","Port":1,"CertificateArn":"arn:aws:dms:us-east-1:000000000000:rep:X"}""", "ResourceNotFoundFault", "Certificate")]
    [InlineData("postgres", "source", """{"ServerName":"h","Port":1,"CertificateArn":"arn:aws:dms:us-east-1:000000000001:cert:X"}""", "ResourceNotFoundFault", "Certificate")]
    [InlineData("postgres", "source", """{"ServerName":"h","Port":1,"ResourceIdentifier":"a-name-of-thirty-two-characters-0"}""", "InvalidParameterValueException", "at most 31")]
    [InlineData("postgres", "source", """{"ServerName":"h","Port":1,"ResourceIdentifier":"1st"}""", "InvalidParameterValueException", "begin with a letter")]
    [InlineData("postgres", "source", """{"ServerName":"h","Port":1,"ResourceIdentifier":"a--b"}""", "InvalidParameterValueException", "two in a row")]
    public async Task What_an_engine_does_not_take_is_refused_by_name(string engine, string type, string members, string code, string said)
    {
        var body = Body(engine, type, members);
        var message = await aws.FailAsync(code, "CreateEndpoint", body);
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, message, StringComparison.Ordinal);
        var identifier = JsonNode.Parse(body)!["EndpointIdentifier"];
        await aws.FailAsync("ResourceNotFoundFault", "DescribeEndpoints", $$"""{"Filters":[{"Name":"endpoint-id","Values":["{{identifier}}"]}]}""");
    }

    [Theory]
    [InlineData("""{"PostgreSQLSettings":{"ServerName":"h","Port":5432}}""")]
    [InlineData("""{"PostgreSQLSettings":{"SecretsManagerSecretId":"s","SecretsManagerAccessRoleArn":"r"}}""")]
    [InlineData("""{"ServerName":"h","Port":5432,"SslMode":"require","ExternalTableDefinition":"{}"}""")]
    public async Task A_server_may_be_named_in_the_settings_or_in_a_secret(string members) =>
        await aws.SucceedAsync("CreateEndpoint", Body("postgres", "source", members));

    private async Task KeepsSettingsAsync(EndpointEngine engine, string settings)
    {
        var type = engine.Ends.HasFlag(EngineEnds.Source) ? "source" : "target";
        var sent = (JsonObject)ModelConformance.Sample(AwsModel.Instance.Shapes[settings], "plain", Canary);
        var body = new JsonObject { [settings] = sent, ["ServerName"] = "h", ["Port"] = 1, ["ServiceAccessRoleArn"] = "role", ["Password"] = Canary };
        var created = await aws.SucceedAsync("CreateEndpoint", Body(engine.Name, type, body.ToJsonString()));
        var arn = created.GetProperty("Endpoint").GetProperty("EndpointArn").GetString();
        var described = (await aws.SucceedAsync("DescribeEndpoints", $$"""{"Filters":[{"Name":"endpoint-arn","Values":["{{arn}}"]}]}""")).GetProperty("Endpoints")[0];

        Assert.Equal(engine.DisplayName, described.GetProperty("EngineDisplayName").GetString());
        Assert.Equal("role", described.GetProperty("ServiceAccessRoleArn").GetString());
        Assert.DoesNotContain(Canary, described.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, created.GetRawText(), StringComparison.Ordinal);
        var got = JsonNode.Parse(described.GetProperty(settings).GetRawText())!.AsObject();
        foreach (var (name, member) in AwsModel.Instance.Shapes[settings].Members.Where(m => !m.Value.HoldsSecret))
        {
            Assert.True(JsonNode.DeepEquals(sent[name], got[name]), $"{engine.Name}, {settings}.{name}: sent {sent[name]}, got {got[name]} ({member.Type})");
        }
    }

    private static string Body(string engine, string type, string members)
    {
        var body = JsonNode.Parse(members)!.AsObject();
        body["EndpointIdentifier"] = $"e-{Guid.NewGuid():N}";
        body["EndpointType"] = type;
        body["EngineName"] = engine;
        return body.ToJsonString();
    }

    /// <summary>One node for all: no test here looks at another's endpoints.</summary>
    public sealed class SharedNode : IAsyncLifetime
    {
        internal AwsNode Aws { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Aws = await AwsNode.StartAsync();

        public ValueTask DisposeAsync() => Aws.DisposeAsync();
    }
}
