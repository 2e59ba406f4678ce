using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Gateway.Aws;
using DmsOrleans.Gateway.Aws.Model;

namespace DmsOrleans.Tests.Gateway;

public sealed class EndpointTypesApiTests : IAsyncLifetime
{
    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task Every_engine_is_listed_at_each_end_it_may_stand_at()
    {
        var listed = await AllAsync("DescribeEndpointTypes", "SupportedEndpointTypes", "");
        Assert.Equal(
            EndpointEngine.All.Values.Sum(e => (e.StandsAt("SOURCE") ? 1 : 0) + (e.StandsAt("TARGET") ? 1 : 0)),
            listed.Select(t => (t.GetProperty("EngineName").GetString(), t.GetProperty("EndpointType").GetString())).Distinct().Count());
        Assert.Equal(EndpointEngine.All.Keys.Order(StringComparer.Ordinal), listed.Select(t => t.GetProperty("EngineName").GetString()).Distinct());
        Assert.Contains(
            """{"EngineName":"kafka","SupportsCDC":true,"EndpointType":"target","ReplicationInstanceEngineMinimumVersion":"3.3.1","EngineDisplayName":"Apache Kafka"}""",
            listed.Select(t => t.GetRawText()));
        Assert.Contains("""{"EngineName":"azuredb","SupportsCDC":false,"EndpointType":"source","EngineDisplayName":"Microsoft Azure SQL Database"}""", listed.Select(t => t.GetRawText()));
    }

    [Fact]
    public async Task Types_are_filtered_by_engine_and_end()
    {
        var both = await gateway.SucceedAsync("DescribeEndpointTypes", """{"Filters":[{"Name":"engine-name","Values":["mysql","s3"]},{"Name":"endpoint-type","Values":["TARGET"]}]}""");
        Assert.Equal(["mysql", "s3"], both.GetProperty("SupportedEndpointTypes").EnumerateArray().Select(t => t.GetProperty("EngineName").GetString()));
        Assert.Equal("""{"SupportedEndpointTypes":[]}""", (await gateway.SucceedAsync("DescribeEndpointTypes", """{"Filters":[{"Name":"engine-name","Values":["none"]}]}""")).GetRawText());
        await gateway.FailAsync("InvalidParameterValueException", "DescribeEndpointTypes", """{"Filters":[{"Name":"nope","Values":["x"]}]}""");
        await gateway.FailAsync("InvalidParameterValueException", "DescribeEndpointTypes", """{"Marker":"nonsense"}""");
    }

    [Fact]
    public async Task The_settings_of_an_engine_are_the_members_of_its_structure_page_by_page()
    {
        foreach (var engine in EndpointEngine.All.Values)
        {
            var settings = await AllAsync("DescribeEndpointSettings", "EndpointSettings", $"\"EngineName\":\"{engine.Name}\",");
            var members = AwsModel.Instance.Shapes[engine.Settings[0]].Members;
            Assert.Equal(members.Keys.Order(StringComparer.Ordinal), settings.Select(s => s.GetProperty("Name").GetString()));
            Assert.All(settings, s =>
            {
                var shape = members[s.GetProperty("Name").GetString()!];
                Assert.Equal(shape.Sensitive, s.GetProperty("Sensitive").GetBoolean());
                Assert.Equal(shape.Words.Count > 0, s.GetProperty("Type").GetString() == "enum" && s.GetProperty("EnumValues").GetArrayLength() == shape.Words.Count);
            });
        }
    }

    [Theory]
    [InlineData("s3", """{"Name":"MaxFileSize","Type":"integer","Sensitive":false,"Units":"KB","Applicability":"target","IntValueMin":1,"IntValueMax":1048576,"DefaultValue":"1048576"}""")]
    [InlineData("oracle", """{"Name":"AsmPassword","Type":"string","Sensitive":true,"Applicability":"source"}""")]
    [InlineData("postgres", """{"Name":"PluginName","Type":"enum","EnumValues":["no-preference","test-decoding","pglogical"],"Sensitive":false,"Applicability":"source","DefaultValue":"pglogical"}""")]
    [InlineData("mysql", """{"Name":"ServerName","Type":"string","Sensitive":false,"Applicability":"source and target"}""")]
    public async Task A_setting_says_what_the_model_says_of_it(string engine, string setting) =>
        Assert.Contains(setting, (await AllAsync("DescribeEndpointSettings", "EndpointSettings", $"\"EngineName\":\"{engine}\",")).Select(s => s.GetRawText()));

    [Fact]
    public async Task The_settings_of_an_unknown_engine_are_a_fault_naming_those_there_are() => Assert.Contains(
        "one of aurora,", await gateway.FailAsync("InvalidParameterValueException", "DescribeEndpointSettings", """{"EngineName":"nope"}"""), StringComparison.Ordinal);

    [Fact]
    public void Notes_are_only_of_settings_there_are() => Assert.All(EndpointSettings.Noted, noted => Assert.Contains(noted.Setting, AwsModel.Instance.Shapes[noted.Structure].Members.Keys));

    // Twenty at a time, each page by the marker of the one before.
    private async Task<List<JsonElement>> AllAsync(string operation, string member, string members)
    {
        var found = new List<JsonElement>();
        string? marker = null;
        do
        {
            var page = await gateway.SucceedAsync(operation, $$"""{ {{members}}{{(marker is null ? "" : $"\"Marker\":\"{marker}\",")}}"MaxRecords":20}""");
            found.AddRange(page.GetProperty(member).EnumerateArray());
            marker = page.TryGetProperty("Marker", out var next) ? next.GetString() : null;
            Assert.True(page.GetProperty(member).GetArrayLength() <= 20);
        }
        while (marker is not null);
        return found;
    }
}
