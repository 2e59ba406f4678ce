using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Endpoints;
using DmsOrleans.Gateway.Aws.Model;

namespace DmsOrleans.Tests.Gateway;

public sealed class EndpointsApiTests : IAsyncLifetime
{
    private const string Canary = "canary-4711";

    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task Create_answers_the_endpoint_as_the_service_does()
    {
        var json = await gateway.SucceedAsync("CreateEndpoint", """
            {"EndpointIdentifier":"Shop-DB","EndpointType":"source","EngineName":"postgres","Username":"u","Password":"p","ServerName":"h","Port":5432,
             "DatabaseName":"d","ExtraConnectionAttributes":"a=b","KmsKeyId":"k","ResourceIdentifier":"Shop","PostgreSQLSettings":{"Password":"q","MaxFileSize":3,"New":1}}
            """);

        Assert.Equal("""
            {"Endpoint":{"EndpointIdentifier":"shop-db","EndpointType":"SOURCE","EngineName":"postgres","EngineDisplayName":"PostgreSQL","Username":"u","ServerName":"h","Port":5432,"DatabaseName":"d","ExtraConnectionAttributes":"a=b","Status":"active","EndpointArn":"arn:aws:dms:us-east-1:000000000000:endpoint:Shop","SslMode":"none","IsReadOnly":false,"KmsKeyId":"k","PostgreSQLSettings":{"MaxFileSize":3}}}
            """, json.GetRawText());
        var secrets = gateway.Cluster.Last<CreateEndpoint>().Secrets;
        Assert.Equal(("p", """{"PostgreSQLSettings":{"Password":"q"}}"""), (secrets.Password, secrets.SettingsSecrets));
    }

    [Fact]
    public async Task Every_plain_member_of_the_model_comes_back_and_no_secret_does()
    {
        var input = AwsModel.Instance.Operations["CreateEndpoint"].Input;
        var sample = (JsonObject)ModelConformance.Sample(input, "plain", Canary);
        sample["ResourceIdentifier"] = "All";

        var created = await gateway.SucceedAsync("CreateEndpoint", sample.ToJsonString());
        var described = await gateway.SucceedAsync("DescribeEndpoints", "{}");
        var modified = await gateway.SucceedAsync("ModifyEndpoint",
            $$"""{"EndpointArn":"arn:aws:dms:us-east-1:000000000000:endpoint:All","ServerName":"x","Password":"{{Canary}}","OracleSettings":{"AsmPassword":"{{Canary}}"} }""");

        Assert.All([created, described, modified], answer => Assert.DoesNotContain(Canary, answer.GetRawText(), StringComparison.Ordinal));
        Assert.All(gateway.Cluster.Endpoints.Values, e => Assert.DoesNotContain(Canary, e.View.ToString(), StringComparison.Ordinal));
        AssertPlainMembersEqual(input, sample, JsonNode.Parse(created.GetProperty("Endpoint").GetRawText())!.AsObject());
        Assert.Equal(16, CountOf(Canary, gateway.Cluster.Last<CreateEndpoint>().Secrets));
        Assert.Equal(2, CountOf(Canary, gateway.Cluster.Last<ModifyEndpoint>().Secrets!));
    }

    [Fact]
    public async Task Secrets_appear_in_no_error_and_no_log()
    {
        var arn = "arn:aws:dms:us-east-1:000000000000:endpoint:X";
        string[] bodies =
        [
            $$"""{"EndpointIdentifier":"x","EndpointType":"source","EngineName":"postgres","Password":["{{Canary}}"]}""",
            $$"""{"EndpointIdentifier":"x","EndpointType":"sideways","EngineName":"postgres","Password":"{{Canary}}"}""",
            $$"""{"EndpointIdentifier":"x","EndpointType":"source","EngineName":"postgres","Password":"{{Canary}}\u0000"}""",
            $$"""{"EndpointIdentifier":"x","EndpointType":"source","EngineName":"postgres","Password":"{{Canary}}","Password":"{{Canary}}"}""",
            $$"""{"Password":"{{Canary}}" nonsense""",
            $$"""{"EndpointArn":"{{arn}}","Password":"{{Canary}}"}""",
        ];
        foreach (var body in bodies)
        {
            Assert.DoesNotContain(Canary, (await gateway.CallAsync("CreateEndpoint", body)).Json.GetRawText(), StringComparison.Ordinal);
        }

        gateway.Cluster.Throws = new InvalidOperationException("a bug");
        var failed = await gateway.CallAsync("ModifyEndpoint", bodies[^1]);
        Assert.Equal("InternalFailure", failed.Code);
        Assert.All(gateway.Log.Entries, entry => Assert.DoesNotContain(Canary, entry.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Modify_passes_on_only_what_was_given()
    {
        await gateway.SucceedAsync("CreateEndpoint", """{"EndpointIdentifier":"x","EndpointType":"TARGET","EngineName":"mysql","ResourceIdentifier":"X"}""");
        await gateway.SucceedAsync("ModifyEndpoint",
            """{"EndpointArn":"arn:aws:dms:us-east-1:000000000000:endpoint:X","Port":1,"EndpointType":"target","ExactSettings":true,"MySQLSettings":{"Password":"p"}}""");

        Assert.Equal(
            new ModifyEndpoint
            {
                Port = 1,
                EndpointType = "TARGET",
                ExactSettings = true,
                OtherMembers = """{"MySQLSettings":{}}""",
                Secrets = new EndpointSecrets { SettingsSecrets = """{"MySQLSettings":{"Password":"p"}}""" },
            },
            gateway.Cluster.Last<ModifyEndpoint>());
    }

    [Fact]
    public async Task Delete_answers_deleting()
    {
        await gateway.SucceedAsync("CreateEndpoint", """{"EndpointIdentifier":"x","EndpointType":"target","EngineName":"mysql","ResourceIdentifier":"X"}""");
        var json = await gateway.SucceedAsync("DeleteEndpoint", """{"EndpointArn":"arn:aws:dms:us-east-1:000000000000:endpoint:X"}""");
        Assert.Equal("deleting", json.GetProperty("Endpoint").GetProperty("Status").GetString());
    }

    [Theory]
    [InlineData("endpoint-arn", "arn:aws:dms:us-east-1:000000000000:endpoint:A")]
    [InlineData("endpoint-type", "source")]
    [InlineData("endpoint-id", "ID-A")]
    [InlineData("engine-name", "postgres")]
    public async Task Filters_restrict_and_what_matches_nothing_is_a_fault(string name, string value)
    {
        await gateway.SucceedAsync("CreateEndpoint", """{"EndpointIdentifier":"id-a","EndpointType":"source","EngineName":"postgres","ResourceIdentifier":"A"}""");
        await gateway.SucceedAsync("CreateEndpoint", """{"EndpointIdentifier":"id-b","EndpointType":"target","EngineName":"mysql","ResourceIdentifier":"B"}""");

        var found = await gateway.SucceedAsync("DescribeEndpoints", $$"""{"Filters":[{"Name":"{{name}}","Values":["{{value}}"]}]}""");
        Assert.Equal("id-a", Assert.Single(found.GetProperty("Endpoints").EnumerateArray()).GetProperty("EndpointIdentifier").GetString());
        await gateway.FailAsync("ResourceNotFoundFault", "DescribeEndpoints", $$"""{"Filters":[{"Name":"{{name}}","Values":["none"]}]}""");
        await gateway.FailAsync("InvalidParameterValueException", "DescribeEndpoints", """{"Filters":[{"Name":"nope","Values":["x"]}]}""");
    }

    [Fact]
    public async Task Tags_are_added_listed_and_removed_by_arn()
    {
        var config = gateway.Cluster.Add("orders");
        await gateway.SucceedAsync("CreateEndpoint", """{"EndpointIdentifier":"x","EndpointType":"source","EngineName":"postgres","ResourceIdentifier":"X","Tags":[{"Key":"a","Value":"1"}]}""");
        const string endpoint = "arn:aws:dms:us-east-1:000000000000:endpoint:X";

        Assert.Equal("{}", (await gateway.SucceedAsync("AddTagsToResource", $$"""{"ResourceArn":"{{config}}","Tags":[{"Key":"k","Value":"v"},{"Key":"l"}]}""")).GetRawText());
        Assert.Equal("{}", (await gateway.SucceedAsync("AddTagsToResource", $$"""{"ResourceArn":"{{endpoint}}","Tags":[{"Key":"b","Value":"2"}]}""")).GetRawText());
        Assert.Equal("{}", (await gateway.SucceedAsync("RemoveTagsFromResource", $$"""{"ResourceArn":"{{config}}","TagKeys":["k","unknown"]}""")).GetRawText());

        Assert.Equal("""{"TagList":[{"Key":"l","Value":""}]}""", (await gateway.SucceedAsync("ListTagsForResource", $$"""{"ResourceArn":"{{config}}"}""")).GetRawText());
        var both = await gateway.SucceedAsync("ListTagsForResource", $$"""{"ResourceArnList":["{{endpoint}}","{{config}}"]}""");
        Assert.Equal(["a", "b", "l"], both.GetProperty("TagList").EnumerateArray().Select(t => t.GetProperty("Key").GetString()));
        Assert.Equal(endpoint, both.GetProperty("TagList")[0].GetProperty("ResourceArn").GetString());
    }

    [Theory]
    [InlineData("{}", "InvalidParameterValueException")]
    [InlineData("""{"ResourceArnList":[]}""", "InvalidParameterValueException")]
    [InlineData("""{"ResourceArn":"a","ResourceArnList":["b"]}""", "InvalidParameterCombinationException")]
    [InlineData("""{"ResourceArn":"arn:aws:dms:us-east-1:000000000000:endpoint:GONE"}""", "ResourceNotFoundFault")]
    [InlineData("""{"ResourceArn":"arn:aws:dms:us-east-1:000000000000:rep:X"}""", "ResourceNotFoundFault")]
    [InlineData("""{"ResourceArn":""}""", "ResourceNotFoundFault")]
    public async Task Listing_tags_of_nothing_is_a_fault(string json, string code) => await gateway.FailAsync(code, "ListTagsForResource", json);

    private static void AssertPlainMembersEqual(AwsShape shape, JsonObject sent, JsonObject got)
    {
        string[] changed = ["EndpointType", "Tags", "ResourceIdentifier"];
        foreach (var (name, member) in shape.Members)
        {
            if (member.Type == AwsType.Structure)
            {
                AssertPlainMembersEqual(member, sent[name]!.AsObject(), got[name]!.AsObject());
            }
            else if (!member.Sensitive && !changed.Contains(name))
            {
                Assert.True(JsonNode.DeepEquals(sent[name], got[name]), $"{shape.Name}.{name}: sent {sent[name]}, got {got[name]}");
            }
        }
    }

    private static int CountOf(string word, EndpointSecrets secrets) => $"{secrets.Password}{secrets.SettingsSecrets}".Split(word).Length - 1;
}
