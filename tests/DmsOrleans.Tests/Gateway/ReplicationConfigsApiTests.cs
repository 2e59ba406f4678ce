using System.Text.Json;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Gateway;

public sealed class ReplicationConfigsApiTests : IAsyncLifetime
{
    private const string Create = """
        {"ReplicationConfigIdentifier":"orders","SourceEndpointArn":"arn:s","TargetEndpointArn":"arn:t","ReplicationType":"cdc",
         "TableMappings":"{\"rules\":[]}","ReplicationSettings":"{}","SupplementalSettings":"{\"simulation\":{}}","ResourceIdentifier":"Orders-1",
         "ComputeConfig":{"MaxCapacityUnits":16,"MinCapacityUnits":2,"AvailabilityZone":"a","DnsNameServers":"10.0.0.1","KmsKeyId":"k","MultiAZ":false,
           "PreferredMaintenanceWindow":"sun:23:45-mon:00:30","ReplicationSubnetGroupId":"g","VpcSecurityGroupIds":["sg-1","sg-2"]},
         "Tags":[{"Key":"team","Value":"blue"}],"SomethingNew":{"deep":[1]}}
        """;

    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task Create_passes_every_member_on_and_answers_the_config()
    {
        var config = (await gateway.SucceedAsync("CreateReplicationConfig", Create)).GetProperty("ReplicationConfig");

        Assert.Equal("""
            {"ReplicationConfigIdentifier":"orders","ReplicationConfigArn":"arn:aws:dms:us-east-1:000000000000:replication-config:Orders-1","SourceEndpointArn":"arn:s","TargetEndpointArn":"arn:t","ReplicationType":"cdc","ComputeConfig":{"AvailabilityZone":"a","DnsNameServers":"10.0.0.1","KmsKeyId":"k","MaxCapacityUnits":16,"MinCapacityUnits":2,"MultiAZ":false,"PreferredMaintenanceWindow":"sun:23:45-mon:00:30","ReplicationSubnetGroupId":"g","VpcSecurityGroupIds":["sg-1","sg-2"]},"ReplicationSettings":"{}","SupplementalSettings":"{\"simulation\":{}}","TableMappings":"{\"rules\":[]}","ReplicationConfigCreateTime":1772366400.123,"ReplicationConfigUpdateTime":1772366401.123,"IsReadOnly":false}
            """, config.GetRawText());
        Assert.Equal("blue", gateway.Cluster.Last<CreateReplication>().Spec.Tags["team"]);
    }

    [Fact]
    public async Task Members_that_were_not_given_are_left_out_of_the_answer()
    {
        var config = (await gateway.SucceedAsync("CreateReplicationConfig", """
            {"ReplicationConfigIdentifier":"a","SourceEndpointArn":"s","TargetEndpointArn":"t","ReplicationType":"cdc","TableMappings":"{}",
             "ComputeConfig":{"MaxCapacityUnits":1,"KmsKeyId":null},"ReplicationSettings":null}
            """)).GetProperty("ReplicationConfig");

        Assert.False(config.TryGetProperty("ReplicationSettings", out _));
        Assert.Equal("""{"MaxCapacityUnits":1}""", config.GetProperty("ComputeConfig").GetRawText());
        Assert.Matches("^arn:aws:dms:us-east-1:000000000000:replication-config:[A-Z0-9]{26}$", config.GetProperty("ReplicationConfigArn").GetString());
    }

    [Theory]
    [InlineData("9lives")]
    [InlineData("ends-")]
    [InlineData("two--hyphens")]
    [InlineData("under_score")]
    [InlineData("")]
    [InlineData("a12345678901234567890123456789012")]
    public async Task A_bad_ResourceIdentifier_is_refused(string id)
    {
        var json = Create.Replace("\"Orders-1\"", JsonSerializer.Serialize(id), StringComparison.Ordinal);
        Assert.Contains("ResourceIdentifier", await gateway.FailAsync("InvalidParameterValueException", "CreateReplicationConfig", json), StringComparison.Ordinal);
        Assert.Empty(gateway.Cluster.Received);
    }

    [Theory]
    [InlineData("""[{"Value":"v"}]""")]
    [InlineData("""[{"Key":"aws:mine","Value":"v"}]""")]
    [InlineData("""[{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}]""")]
    public async Task Bad_tags_are_refused(string tags)
    {
        var json = Create.Replace("""[{"Key":"team","Value":"blue"}]""", tags, StringComparison.Ordinal);
        Assert.Contains("tag", await gateway.FailAsync("InvalidParameterValueException", "CreateReplicationConfig", json), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "ComputeConfig.MaxCapacityUnits")]
    [InlineData("null", "ComputeConfig")]
    public async Task Without_a_maximum_capacity_nothing_is_created(string compute, string named)
    {
        var json = $$"""
            {"ReplicationConfigIdentifier":"a","SourceEndpointArn":"s","TargetEndpointArn":"t","ReplicationType":"cdc","TableMappings":"{}","ComputeConfig":{{compute}} }
            """;
        Assert.Contains(named, await gateway.FailAsync("InvalidParameterValueException", "CreateReplicationConfig", json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_the_enumeration_lacks_is_refused_with_those_it_has()
    {
        var message = await gateway.FailAsync("InvalidParameterValueException", "CreateReplicationConfig", Create.Replace("\"cdc\"", "\"CDC\"", StringComparison.Ordinal));
        Assert.Equal("The parameter ReplicationType must be one of: full-load, cdc, full-load-and-cdc.", message);
    }

    [Fact]
    public async Task Modify_passes_on_only_what_changed()
    {
        var arn = gateway.Cluster.Add("orders");
        await gateway.SucceedAsync("ModifyReplicationConfig", $$"""{"ReplicationConfigArn":"{{arn}}","TableMappings":"{}","ComputeConfig":{"MaxCapacityUnits":8} }""");

        Assert.Equal(
            new ModifyReplication { TableMappings = "{}", Compute = new ComputeChange { MaxCapacityUnits = 8 } },
            gateway.Cluster.Last<ModifyReplication>());
    }

    [Fact]
    public async Task Delete_answers_the_config()
    {
        var arn = gateway.Cluster.Add("orders");
        var json = await gateway.SucceedAsync("DeleteReplicationConfig", $$"""{"ReplicationConfigArn":"{{arn}}"}""");
        Assert.Equal(arn, json.GetProperty("ReplicationConfig").GetProperty("ReplicationConfigArn").GetString());
        Assert.Equal("deleting", gateway.Cluster.Replications[arn].Status);
    }

    [Theory]
    [InlineData(Fault.ResourceNotFound, "ResourceNotFoundFault")]
    [InlineData(Fault.ResourceAlreadyExists, "ResourceAlreadyExistsFault")]
    [InlineData(Fault.InvalidResourceState, "InvalidResourceStateFault")]
    [InlineData(Fault.InvalidParameterValue, "InvalidParameterValueException")]
    [InlineData(Fault.InvalidParameterCombination, "InvalidParameterCombinationException")]
    [InlineData(Fault.ResourceQuotaExceeded, "ResourceQuotaExceededFault")]
    public async Task A_refusal_has_its_name_and_text_on_the_wire(Fault fault, string code)
    {
        gateway.Cluster.Refuses = new Refusal(fault, "No: \"because\".", fault == Fault.ResourceAlreadyExists ? "arn:there" : null);
        var answer = await gateway.CallAsync("CreateReplicationConfig", Create);

        Assert.Equal((code, "No: \"because\"."), (answer.Code, answer.Message));
        Assert.Equal(fault == Fault.ResourceAlreadyExists, answer.Json.TryGetProperty("resourceArn", out _));
    }

    [Theory]
    [InlineData("ModifyReplicationConfig", "")]
    [InlineData("DeleteReplicationConfig", "")]
    [InlineData("StartReplication", ""","StartReplicationType":"start-replication" """)]
    [InlineData("StopReplication", "")]
    [InlineData("ReloadReplicationTables", ""","TablesToReload":[]""")]
    [InlineData("DescribeReplicationTableStatistics", "")]
    public async Task An_arn_of_elsewhere_or_of_nothing_is_not_found(string operation, string rest)
    {
        var here = gateway.Cluster.Add("here");
        string[] arns =
        [
            "nonsense", here + ":more", here.Replace("replication-config", "endpoint", StringComparison.Ordinal),
            here.Replace("us-east-1", "eu-west-1", StringComparison.Ordinal), here.Replace("000000000000", "111111111111", StringComparison.Ordinal),
            here.Replace("here", "gone", StringComparison.Ordinal),
        ];
        foreach (var arn in arns)
        {
            await gateway.FailAsync("ResourceNotFoundFault", operation, $$"""{"ReplicationConfigArn":"{{arn}}"{{rest}}}""");
        }

        await gateway.SucceedAsync(operation, $$"""{"ReplicationConfigArn":"{{here}}"{{rest}}}""");
    }
}
