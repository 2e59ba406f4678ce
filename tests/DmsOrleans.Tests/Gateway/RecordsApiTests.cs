using System.Text.Json;
using DmsOrleans.Certificates;
using DmsOrleans.Records;
using DmsOrleans.Replications;
using DmsOrleans.SubnetGroups;

namespace DmsOrleans.Tests.Gateway;

/// <summary>Subnet groups, certificates, accounts, maintenance, and the tags of each, as they look on the wire.</summary>
public sealed class RecordsApiTests : IAsyncLifetime
{
    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task A_subnet_group_is_answered_as_the_service_does()
    {
        var json = await gateway.SucceedAsync("CreateReplicationSubnetGroup", """
            {"ReplicationSubnetGroupIdentifier":"My.Group","ReplicationSubnetGroupDescription":"d","SubnetIds":["subnet-1"],"Tags":[{"Key":"a","Value":"1"}]}
            """);

        Assert.Equal("""
            {"ReplicationSubnetGroup":{"ReplicationSubnetGroupIdentifier":"my.group","ReplicationSubnetGroupDescription":"d","VpcId":"vpc-1","SubnetGroupStatus":"Complete","Subnets":[{"SubnetIdentifier":"subnet-1","SubnetAvailabilityZone":{"Name":"us-east-1a"},"SubnetStatus":"Active"}],"SupportedNetworkTypes":["IPV4"],"IsReadOnly":false}}
            """, json.GetRawText());
        Assert.Equal("1", gateway.Cluster.Last<CreateSubnetGroup>().Spec.Tags["a"]);
    }

    [Fact]
    public async Task A_subnet_group_is_modified_and_deleted_by_its_name_in_any_case()
    {
        var modified = await gateway.SucceedAsync("ModifyReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"MINE","SubnetIds":["subnet-1","subnet-2"]}""");
        Assert.Equal("mine", modified.GetProperty("ReplicationSubnetGroup").GetProperty("ReplicationSubnetGroupIdentifier").GetString());
        Assert.Null(gateway.Cluster.Last<ModifySubnetGroup>().Description);
        Assert.Equal("{}", (await gateway.SucceedAsync("DeleteReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"MINE"}""")).GetRawText());
        await gateway.FailAsync("ResourceNotFoundFault", "DeleteReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"a:b"}""");
    }

    [Fact]
    public async Task A_certificate_is_answered_as_the_service_does_and_a_wallet_is_not()
    {
        var json = await gateway.SucceedAsync("ImportCertificate", """{"CertificateIdentifier":"Ca","CertificateWallet":"ofhO","KmsKeyId":"k","Tags":[{"Key":"a","Value":"1"}]}""");
        var certificate = json.GetProperty("Certificate");
        var arn = certificate.GetProperty("CertificateArn").GetString()!;

        Assert.StartsWith("arn:aws:dms:us-east-1:000000000000:cert:", arn, StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"CertificateIdentifier":"Ca","CertificateCreationDate":1772366400.123,"CertificatePem":"pem","CertificateArn":"{{arn}}","CertificateOwner":"000000000000","ValidFromDate":1772366400.123,"ValidToDate":1803902400.123,"SigningAlgorithm":"SHA256withRSA","KeyLength":2048,"KmsKeyId":"k"}""",
            certificate.GetRawText());
        var command = gateway.Cluster.Last<ImportCertificate>();
        Assert.Equal([0xA1, 0xF8, 0x4E], command.Wallet!);
        Assert.Equal((null, "k", "1"), (command.Pem, command.KmsKeyId, command.Tags["a"]));
        Assert.Equal(arn, (await gateway.SucceedAsync("DeleteCertificate", $$"""{"CertificateArn":"{{arn}}"}""")).GetProperty("Certificate").GetProperty("CertificateArn").GetString());
        await gateway.FailAsync("ResourceNotFoundFault", "DeleteCertificate", """{"CertificateArn":"arn:aws:dms:us-east-1:000000000000:endpoint:X"}""");
    }

    [Theory]
    [InlineData("DescribeReplicationSubnetGroups", "ReplicationSubnetGroups", "replication-subnet-group-id", "R-12", 100, 30)]
    [InlineData("DescribeCertificates", "Certificates", "certificate-id", "r-12", 10, 10)]
    [InlineData("DescribeCertificates", "Certificates", "certificate-arn", "arn:aws:dms:us-east-1:000000000000:cert:r-12", 10, 10)]
    public async Task Lists_are_filtered_and_paged(string operation, string list, string filter, string value, int byDefault, int first)
    {
        var all = await gateway.SucceedAsync(operation, "{}");
        Assert.Equal((byDefault, first), (gateway.Cluster.Last<RecordQuery>().Limit, all.GetProperty(list).GetArrayLength()));
        var one = await gateway.SucceedAsync(operation, $$"""{"Filters":[{"Name":"{{filter}}","Values":["{{value}}"]}]}""");
        Assert.Equal(1, one.GetProperty(list).GetArrayLength());
        Assert.Equal(AwsScope.Default, gateway.Cluster.Last<RecordQuery>().Scope);

        var page = await gateway.SucceedAsync(operation, """{"MaxRecords":20}""");
        var rest = await gateway.SucceedAsync(operation, $$"""{"MaxRecords":20,"Marker":"{{page.GetProperty("Marker").GetString()}}"}""");
        Assert.Equal((20, 10, false), (page.GetProperty(list).GetArrayLength(), rest.GetProperty(list).GetArrayLength(), rest.TryGetProperty("Marker", out _)));

        await gateway.FailAsync("ResourceNotFoundFault", operation, $$"""{"Filters":[{"Name":"{{filter}}","Values":["none"]}]}""");
        await gateway.FailAsync("InvalidParameterValueException", operation, """{"Filters":[{"Name":"nope","Values":["x"]}]}""");
        await gateway.FailAsync("InvalidParameterValueException", operation, """{"Marker":"nonsense"}""");
        await gateway.FailAsync("InvalidParameterValueException", operation, """{"MaxRecords":101}""");
    }

    [Fact]
    public async Task Account_attributes_are_those_of_the_callers_account_and_region()
    {
        var json = await gateway.SucceedAsync("DescribeAccountAttributes", "{}", "123456789012/20260301/eu-west-1/dms/aws4_request");
        Assert.Equal("""{"AccountQuotas":[{"AccountQuotaName":"Endpoints","Used":1,"Max":1000}],"UniqueAccountIdentifier":"cabcdefghijk"}""", json.GetRawText());
        Assert.Equal(new AwsScope("123456789012", "eu-west-1"), gateway.Cluster.Last<AwsScope>());
    }

    [Fact]
    public async Task One_engine_version_is_the_default_and_each_upgrades_to_newer_ones_only()
    {
        var versions = (await gateway.SucceedAsync("DescribeEngineVersions", "{}")).GetProperty("EngineVersions").EnumerateArray().ToList();
        Assert.Equal("3.5.4", Assert.Single(versions, v => v.GetProperty("Lifecycle").GetString() == "DEFAULT_VERSION").GetProperty("Version").GetString());
        Assert.Equal(["3.6.0", "3.6.1"], Texts(versions.Single(v => v.GetProperty("Version").GetString() == "3.5.4"), "AvailableUpgrades"));
        Assert.Empty(Texts(versions[0], "AvailableUpgrades"));
    }

    [Theory]
    [InlineData("DescribeEngineVersions", "EngineVersions", "Version", 4)]
    [InlineData("DescribeOrderableReplicationInstances", "OrderableReplicationInstances", "ReplicationInstanceClass", 25)]
    public async Task What_the_service_offers_is_paged_whole(string operation, string list, string name, int limit)
    {
        var whole = Names((await gateway.SucceedAsync(operation, """{"MaxRecords":100}""")).GetProperty(list), name);
        var paged = new List<string>();
        string? marker = null;
        while (paged.Count < whole.Count)
        {
            var page = await gateway.SucceedAsync(operation, JsonSerializer.Serialize(new { MaxRecords = limit, Marker = marker }));
            paged.AddRange(Names(page.GetProperty(list), name));
            marker = page.TryGetProperty("Marker", out var next) ? next.GetString() : null;
        }

        Assert.Equal(whole, paged.Take(whole.Count));
        await gateway.FailAsync("InvalidParameterValueException", operation, """{"Marker":"dGFibGVzOjE"}""");
        await gateway.FailAsync("InvalidParameterValueException", operation, """{"MaxRecords":0}""");
    }

    [Fact]
    public async Task Instances_that_can_be_ordered_are_of_versions_that_can_be_requested_in_zones_of_the_region()
    {
        var json = await gateway.SucceedAsync("DescribeOrderableReplicationInstances", "{}", "123456789012/20260301/eu-west-1/dms/aws4_request");
        Assert.All(json.GetProperty("OrderableReplicationInstances").EnumerateArray(), instance =>
        {
            Assert.NotEqual("3.5.1", instance.GetProperty("EngineVersion").GetString());
            Assert.Equal(["eu-west-1a", "eu-west-1b", "eu-west-1c"], Texts(instance, "AvailabilityZones"));
        });
    }

    [Fact]
    public async Task Maintenance_is_shown_with_its_actions()
    {
        var json = await gateway.SucceedAsync("DescribePendingMaintenanceActions", """{"MaxRecords":20}""");
        Assert.Equal(
            """{"ResourceIdentifier":"r-10","PendingMaintenanceActionDetails":[{"Action":"os-upgrade","Description":"d"},{"Action":"system-update","OptInStatus":"immediate","CurrentApplyDate":1772366400.123}]}""",
            json.GetProperty("PendingMaintenanceActions")[0].GetRawText());
        Assert.True(json.TryGetProperty("Marker", out _));
    }

    [Fact]
    public async Task Maintenance_is_applied_to_a_replication_config_that_is_there()
    {
        var arn = gateway.Cluster.Add("orders");
        var json = await gateway.SucceedAsync("ApplyPendingMaintenanceAction", Apply(arn));
        Assert.Equal(arn, json.GetProperty("ResourcePendingMaintenanceActions").GetProperty("ResourceIdentifier").GetString());
        Assert.Equal(new ApplyMaintenance("os-upgrade", "immediate"), gateway.Cluster.Last<ApplyMaintenance>());

        await gateway.SucceedAsync("DescribePendingMaintenanceActions", $$"""{"ReplicationInstanceArn":"{{arn}}"}""");
        Assert.Equal([arn], gateway.Cluster.Last<RecordQuery>().Arns!);
        await gateway.SucceedAsync("DescribePendingMaintenanceActions", $$"""{"ReplicationInstanceArn":"{{arn}}","Filters":[{"Name":"replication-instance-arn","Values":["x"]}]}""");
        Assert.Empty(gateway.Cluster.Last<RecordQuery>().Arns!);
        foreach (var gone in new[] { arn + "X", "arn:aws:dms:us-east-1:000000000000:rep:X", "nonsense" })
        {
            await gateway.FailAsync("ResourceNotFoundFault", "ApplyPendingMaintenanceAction", Apply(gone));
            await gateway.FailAsync("ResourceNotFoundFault", "DescribePendingMaintenanceActions", $$"""{"ReplicationInstanceArn":"{{gone}}"}""");
        }
    }

    [Theory]
    [InlineData(Fault.TooFewAvailabilityZones, "ReplicationSubnetGroupDoesNotCoverEnoughAZs")]
    [InlineData(Fault.InvalidSubnet, "InvalidSubnet")]
    [InlineData(Fault.SubnetAlreadyInUse, "SubnetAlreadyInUse")]
    [InlineData(Fault.InvalidCertificate, "InvalidCertificateFault")]
    [InlineData(Fault.ResourceQuotaExceeded, "ResourceQuotaExceededFault")]
    public async Task Refusals_have_the_models_names(Fault fault, string code)
    {
        gateway.Cluster.Refuses = new(fault, "because");
        Assert.Equal("because", await gateway.FailAsync(code, "ModifyReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"g","SubnetIds":[]}"""));
    }

    [Theory]
    [InlineData("subgrp:my.group", "SubnetGroup")]
    [InlineData("cert:ABC", "Certificate")]
    public async Task Every_resource_has_tags(string resource, string kind)
    {
        var arn = $"arn:aws:dms:us-east-1:000000000000:{resource}";
        await gateway.SucceedAsync("AddTagsToResource", $$"""{"ResourceArn":"{{arn}}","Tags":[{"Key":"k","Value":"v"}]}""");
        Assert.Equal("v", gateway.Cluster.Last<AddTags>().Tags["k"]);
        await gateway.SucceedAsync("RemoveTagsFromResource", $$"""{"ResourceArn":"{{arn}}","TagKeys":["k"]}""");
        Assert.Equal(["k"], gateway.Cluster.Last<RemoveTags>().Keys);
        var tags = await gateway.SucceedAsync("ListTagsForResource", $$"""{"ResourceArn":"{{arn}}"}""");
        Assert.Equal(kind, tags.GetProperty("TagList")[0].GetProperty("Value").GetString());
        await gateway.FailAsync("ResourceNotFoundFault", "ListTagsForResource", $$"""{"ResourceArn":"{{arn}}"}""", "123456789012/20260301/us-east-1/dms/aws4_request");
    }

    private static string Apply(string arn) => $$"""{"ReplicationInstanceArn":"{{arn}}","ApplyAction":"os-upgrade","OptInType":"immediate"}""";

    private static IEnumerable<string> Texts(JsonElement structure, string member) => structure.GetProperty(member).EnumerateArray().Select(t => t.GetString()!);

    private static List<string> Names(JsonElement list, string name) => [.. list.EnumerateArray().Select(e => e.GetProperty(name).GetString()!)];
}
