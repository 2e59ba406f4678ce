using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using DmsOrleans.Certificates;
using DmsOrleans.Endpoints;
using DmsOrleans.Gateway.Aws.Model;
using DmsOrleans.Tests.Clients;
using DmsOrleans.Tests.Gateway;
using Microsoft.Extensions.DependencyInjection;

namespace DmsOrleans.Tests.Node;

/// <summary>A node with small quotas, shared by tests that each have an account of their own.</summary>
public sealed class NodeWithSmallQuotas : IAsyncLifetime
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["DmsOrleans:Quotas:Endpoints"] = "3",
        ["DmsOrleans:Quotas:ReplicationSubnetGroups"] = "2",
        ["DmsOrleans:Quotas:SubnetsPerReplicationSubnetGroup"] = "4",
        ["DmsOrleans:Quotas:Certificates"] = "2",
    };

    internal TestNode Node { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Node = await TestNode.StartAsync(configuration: Settings);

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}

/// <summary>Subnet groups, certificates, quotas, maintenance and tags through HTTP, grains and store.</summary>
public sealed class RecordsTests(NodeWithSmallQuotas fixture) : IClassFixture<NodeWithSmallQuotas>
{
    private const string OneGroup = """{"ReplicationSubnetGroupIdentifier":"g","ReplicationSubnetGroupDescription":"d","SubnetIds":["subnet-1","subnet-2"]}""";
    private const string Wallet = "ofhONgAAAAYAAAAh";

    private readonly TestNode node = fixture.Node;

    [Fact]
    public async Task A_subnet_group_is_created_changed_listed_and_deleted()
    {
        using var aws = Caller("100000000001");
        var created = (await aws.SucceedAsync("CreateReplicationSubnetGroup", OneGroup)).GetProperty("ReplicationSubnetGroup");
        Assert.Equal(["us-east-1a", "us-east-1b"], created.GetProperty("Subnets").EnumerateArray().Select(s => s.GetProperty("SubnetAvailabilityZone").GetProperty("Name").GetString()));
        var again = await aws.FailAsync("ResourceAlreadyExistsFault", "CreateReplicationSubnetGroup", OneGroup);
        Assert.Equal("arn:aws:dms:us-east-1:100000000001:subgrp:g", again.GetProperty("resourceArn").GetString());

        await aws.SucceedAsync("ModifyReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"G","ReplicationSubnetGroupDescription":"e","SubnetIds":["subnet-2","subnet-3"]}""");
        await aws.FailAsync("ReplicationSubnetGroupDoesNotCoverEnoughAZs", "ModifyReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"g","SubnetIds":["subnet-2"]}""");
        await aws.FailAsync("InvalidSubnet", "ModifyReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"g","SubnetIds":["nonsense"]}""");
        var found = Assert.Single((await aws.SucceedAsync("DescribeReplicationSubnetGroups", Filter("replication-subnet-group-id", "G"))).GetProperty("ReplicationSubnetGroups").EnumerateArray());
        Assert.Equal("e", found.GetProperty("ReplicationSubnetGroupDescription").GetString());
        Assert.Equal(["subnet-2", "subnet-3"], found.GetProperty("Subnets").EnumerateArray().Select(s => s.GetProperty("SubnetIdentifier").GetString()));

        using var other = Caller("100000000002");
        Assert.Equal(0, (await other.SucceedAsync("DescribeReplicationSubnetGroups", "{}")).GetProperty("ReplicationSubnetGroups").GetArrayLength());
        await other.FailAsync("ResourceNotFoundFault", "DeleteReplicationSubnetGroup", OneGroup);

        Assert.Equal("{}", (await aws.SucceedAsync("DeleteReplicationSubnetGroup", OneGroup)).GetRawText());
        await aws.FailAsync("ResourceNotFoundFault", "DeleteReplicationSubnetGroup", OneGroup);
        await aws.FailAsync("ResourceNotFoundFault", "ModifyReplicationSubnetGroup", OneGroup);
        await aws.FailAsync("ResourceNotFoundFault", "DescribeReplicationSubnetGroups", Filter("replication-subnet-group-id", "g"));
    }

    [Fact]
    public async Task A_subnet_group_stays_while_a_replication_config_names_it_and_whole_while_the_replication_runs()
    {
        using var aws = Caller("100000000003");
        var message = await aws.FailAsync("ResourceNotFoundFault", "CreateReplicationConfig", await ConfigAsync(aws, "g"));
        Assert.StartsWith("Replication subnet group arn:aws:dms:us-east-1:100000000003:subgrp:g", message.GetProperty("message").GetString(), StringComparison.Ordinal);

        await aws.SucceedAsync("CreateReplicationSubnetGroup", OneGroup);
        var arn = (await aws.SucceedAsync("CreateReplicationConfig", await ConfigAsync(aws, "G"))).GetProperty("ReplicationConfig").GetProperty("ReplicationConfigArn").GetString()!;
        await aws.FailAsync("InvalidResourceStateFault", "DeleteReplicationSubnetGroup", OneGroup);
        await aws.FailAsync("ResourceNotFoundFault", "ModifyReplicationConfig", $$"""{"ReplicationConfigArn":"{{arn}}","ComputeConfig":{"ReplicationSubnetGroupId":"other"} }""");

        await aws.SucceedAsync("StartReplication", $$"""{"ReplicationConfigArn":"{{arn}}","StartReplicationType":"start-replication"}""");
        await aws.FailAsync("SubnetAlreadyInUse", "ModifyReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"g","SubnetIds":["subnet-2","subnet-3"]}""");
        await aws.SucceedAsync("ModifyReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"g","SubnetIds":["subnet-1","subnet-2","subnet-3"]}""");
        await aws.SucceedAsync("StopReplication", $$"""{"ReplicationConfigArn":"{{arn}}"}""");
        await Until.AsyncIs(() => aws.StatusAsync(arn), status => status == "stopped", "the replication to be stopped");

        await aws.SucceedAsync("DeleteReplicationConfig", $$"""{"ReplicationConfigArn":"{{arn}}"}""");
        await Until.AsyncIs(() => aws.StatusAsync(arn), status => status == "", "the replication to be gone");
        await aws.SucceedAsync("DeleteReplicationSubnetGroup", OneGroup);
    }

    [Fact]
    public async Task A_certificate_stays_while_an_endpoint_names_it()
    {
        using var aws = Caller("100000000004");
        var imported = (await aws.SucceedAsync("ImportCertificate", JsonSerializer.Serialize(new { CertificateIdentifier = "ca", CertificatePem = Pem() }))).GetProperty("Certificate");
        var arn = imported.GetProperty("CertificateArn").GetString()!;
        Assert.Equal(("100000000004", 2048), (imported.GetProperty("CertificateOwner").GetString(), imported.GetProperty("KeyLength").GetInt32()));
        var again = await aws.FailAsync("ResourceAlreadyExistsFault", "ImportCertificate", JsonSerializer.Serialize(new { CertificateIdentifier = "ca", CertificatePem = Pem() }));
        Assert.Equal(arn, again.GetProperty("resourceArn").GetString());
        await aws.FailAsync("InvalidCertificateFault", "ImportCertificate", """{"CertificateIdentifier":"b","CertificatePem":"nonsense"}""");

        await aws.FailAsync("ResourceNotFoundFault", "CreateEndpoint", Endpoint("x", "source", arn + "X"));
        using var other = Caller("100000000005");
        await other.FailAsync("ResourceNotFoundFault", "CreateEndpoint", Endpoint("x", "source", arn));
        var endpoint = (await aws.SucceedAsync("CreateEndpoint", Endpoint("x", "source", arn))).GetProperty("Endpoint");
        Assert.Equal(arn, endpoint.GetProperty("CertificateArn").GetString());
        var refused = await aws.FailAsync("InvalidResourceStateFault", "DeleteCertificate", $$"""{"CertificateArn":"{{arn}}"}""");
        Assert.Contains("in use by an endpoint", refused.GetProperty("message").GetString(), StringComparison.Ordinal);

        await aws.SucceedAsync("ModifyEndpoint", $$"""{"EndpointArn":"{{endpoint.GetProperty("EndpointArn").GetString()}}","CertificateArn":""}""");
        await aws.SucceedAsync("DeleteCertificate", $$"""{"CertificateArn":"{{arn}}"}""");
        await aws.FailAsync("ResourceNotFoundFault", "DeleteCertificate", $$"""{"CertificateArn":"{{arn}}"}""");
        await aws.FailAsync("ResourceNotFoundFault", "DescribeCertificates", Filter("certificate-arn", arn));
        Assert.Equal("""{"Certificates":[]}""", (await aws.SucceedAsync("DescribeCertificates", "{}")).GetRawText());
    }

    [Fact]
    public async Task A_wallet_is_stored_encrypted_and_shown_to_nobody()
    {
        using var aws = Caller("100000000006");
        var import = $$"""{"CertificateIdentifier":"w","CertificateWallet":"{{Wallet}}"}""";
        var arn = (await aws.SucceedAsync("ImportCertificate", import)).GetProperty("Certificate").GetProperty("CertificateArn").GetString()!;
        Assert.DoesNotContain(Wallet, (await aws.SucceedAsync("DescribeCertificates", Filter("certificate-id", "w"))).GetRawText(), StringComparison.Ordinal);

        var stored = Assert.Single((await node.Store.ListAsync<CertificateState>(new() { Kind = CertificateState.Kind, Keys = [arn] }, TestContext.Current.CancellationToken)).Items).State;
        Assert.DoesNotContain(Wallet, JsonSerializer.Serialize(stored), StringComparison.Ordinal);
        var protector = node.Services.GetRequiredService<SecretProtector>();
        Assert.Equal(Wallet, Convert.ToBase64String(protector.UnprotectBytes(arn, stored.ProtectedWallet!)));
        Assert.ThrowsAny<CryptographicException>(() => protector.UnprotectBytes(arn + "X", stored.ProtectedWallet!));
    }

    [Fact]
    public async Task Quotas_hold_for_each_account_and_region_and_a_delete_makes_room()
    {
        using var aws = Caller("100000000007");
        Assert.All(await aws.QuotasAsync(), quota => Assert.Equal(0, quota.Value.Used));
        await FillAsync(aws, "CreateEndpoint", 3, i => Endpoint($"e{i}", "source"));
        await FillAsync(aws, "CreateReplicationSubnetGroup", 2, i => OneGroup.Replace("\"g\"", $"\"g{i}\"", StringComparison.Ordinal));
        await FillAsync(aws, "ImportCertificate", 2, i => $$"""{"CertificateIdentifier":"c{{i}}","CertificateWallet":"{{Wallet}}"}""");
        await aws.FailAsync("ResourceQuotaExceededFault", "ModifyReplicationSubnetGroup", """{"ReplicationSubnetGroupIdentifier":"g0","SubnetIds":["subnet-1","subnet-2","subnet-3","subnet-4","subnet-5"]}""");

        var quotas = await aws.QuotasAsync();
        Assert.Equal((3, 3), quotas["Endpoints"]);
        Assert.Equal((2, 2), quotas["ReplicationSubnetGroups"]);
        Assert.Equal((2, 2), quotas["Certificates"]);
        Assert.Equal((2, 4), quotas["SubnetsPerReplicationSubnetGroup"]);
        Assert.Equal((0, 60), quotas["EventSubscriptions"]);
        Assert.Equal((0, 60), quotas["ReplicationInstances"]);

        using var elsewhere = Caller("100000000007", "eu-west-1");
        await elsewhere.SucceedAsync("CreateEndpoint", Endpoint("e0", "source"));
        await aws.SucceedAsync("DeleteEndpoint", """{"EndpointArn":"arn:aws:dms:us-east-1:100000000007:endpoint:e0"}""");
        Assert.Equal((2, 3), (await aws.QuotasAsync())["Endpoints"]);
        await aws.SucceedAsync("CreateEndpoint", Endpoint("e9", "source"));
    }

    [Fact]
    public async Task An_account_has_an_identifier_of_its_own_in_each_region()
    {
        using var one = Caller("100000000008");
        using var sameElsewhere = Caller("100000000008", "eu-west-1");
        using var other = Caller("100000000009");
        string[] ids = [await one.IdentifierAsync(), await sameElsewhere.IdentifierAsync(), await other.IdentifierAsync()];
        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^c[a-z0-9]{11}$", id));
        Assert.Equal(ids[0], await one.IdentifierAsync());
    }

    [Fact]
    public async Task An_opt_in_to_maintenance_is_kept_with_its_replication()
    {
        using var aws = Caller("100000000010");
        var arn = (await aws.SucceedAsync("CreateReplicationConfig", await ConfigAsync(aws))).GetProperty("ReplicationConfig").GetProperty("ReplicationConfigArn").GetString()!;
        Assert.Equal("""{"PendingMaintenanceActions":[]}""", (await aws.SucceedAsync("DescribePendingMaintenanceActions", "{}")).GetRawText());

        var applied = await aws.SucceedAsync("ApplyPendingMaintenanceAction", Apply(arn, "next-maintenance"));
        var described = await aws.SucceedAsync("DescribePendingMaintenanceActions", "{}");
        Assert.Equal(
            applied.GetProperty("ResourcePendingMaintenanceActions").GetRawText(), Assert.Single(described.GetProperty("PendingMaintenanceActions").EnumerateArray()).GetRawText());
        Assert.Equal("next-maintenance", described.GetProperty("PendingMaintenanceActions")[0].GetProperty("PendingMaintenanceActionDetails")[0].GetProperty("OptInStatus").GetString());

        await aws.SucceedAsync("ApplyPendingMaintenanceAction", Apply(arn, "undo-opt-in"));
        await aws.SucceedAsync("ApplyPendingMaintenanceAction", Apply(arn, "immediate"));
        Assert.Equal("""{"PendingMaintenanceActions":[]}""", (await aws.SucceedAsync("DescribePendingMaintenanceActions", $$"""{"ReplicationInstanceArn":"{{arn}}"}""")).GetRawText());
        await aws.FailAsync("InvalidParameterCombinationException", "ApplyPendingMaintenanceAction", Apply(arn, "undo-opt-in"));
        await aws.FailAsync("InvalidParameterValueException", "ApplyPendingMaintenanceAction", Apply(arn, "some-day"));
        await aws.FailAsync("ResourceNotFoundFault", "ApplyPendingMaintenanceAction", Apply(arn + "X", "immediate"));
    }

    [Fact]
    public async Task Tags_of_every_resource_are_added_listed_and_removed()
    {
        using var aws = Caller("100000000011");
        await aws.SucceedAsync("CreateReplicationConfig", await ConfigAsync(aws));
        await aws.SucceedAsync("CreateReplicationSubnetGroup", OneGroup);
        var certificate = await aws.SucceedAsync("ImportCertificate", $$"""{"CertificateIdentifier":"w","CertificateWallet":"{{Wallet}}","Tags":[{"Key":"given","Value":"1"}]}""");
        string[] arns =
        [
            .. new[] { "replication-config:orders", "endpoint:source", "subgrp:g" }.Select(r => $"arn:aws:dms:us-east-1:100000000011:{r}"),
            certificate.GetProperty("Certificate").GetProperty("CertificateArn").GetString()!,
        ];
        foreach (var arn in arns)
        {
            await aws.SucceedAsync("AddTagsToResource", $$"""{"ResourceArn":"{{arn}}","Tags":[{"Key":"given","Value":"2"},{"Key":"team","Value":"data"}]}""");
            Assert.Equal("given=2 team=data", await aws.TagsAsync(arn));
            await aws.SucceedAsync("RemoveTagsFromResource", $$"""{"ResourceArn":"{{arn}}","TagKeys":["given"]}""");
            Assert.Equal("team=data", await aws.TagsAsync(arn));
        }

        await aws.FailAsync("ResourceNotFoundFault", "AddTagsToResource", """{"ResourceArn":"arn:aws:dms:us-east-1:100000000011:subgrp:none","Tags":[]}""");
        await aws.FailAsync("ResourceNotFoundFault", "ListTagsForResource", """{"ResourceArn":"arn:aws:dms:us-east-1:100000000011:cert:NONE"}""");
    }

    [Fact]
    public async Task Records_outlive_the_node_and_announced_maintenance_is_shown_to_every_replication()
    {
        using var directory = new DataDirectory();
        string before;
        await using (var first = await TestNode.StartAsync(dataDirectory: directory.Path))
        {
            using var aws = new NodeCaller(first.Url, "000000000000", "us-east-1");
            await aws.SucceedAsync("CreateReplicationSubnetGroup", OneGroup);
            await aws.SucceedAsync("ImportCertificate", JsonSerializer.Serialize(new { CertificateIdentifier = "ca", CertificatePem = Pem() }));
            await aws.SucceedAsync("CreateReplicationConfig", await ConfigAsync(aws, "g"));
            before = await SayAsync(aws);
        }

        var announced = new Dictionary<string, string?> { ["DmsOrleans:Maintenance:Announced:0:Action"] = "os-patch", ["DmsOrleans:Maintenance:Announced:0:Description"] = "a patch" };
        await using var second = await TestNode.StartAsync(dataDirectory: directory.Path, configuration: announced);
        using var again = new NodeCaller(second.Url, "000000000000", "us-east-1");
        Assert.Equal(before, await SayAsync(again));
        await again.FailAsync("InvalidResourceStateFault", "DeleteReplicationSubnetGroup", OneGroup);
        Assert.Equal(
            """{"PendingMaintenanceActions":[{"ResourceIdentifier":"arn:aws:dms:us-east-1:000000000000:replication-config:orders","PendingMaintenanceActionDetails":[{"Action":"os-patch","Description":"a patch"}]}]}""",
            (await again.SucceedAsync("DescribePendingMaintenanceActions", "{}")).GetRawText());
    }

    private static async Task<string> SayAsync(NodeCaller aws) =>
        (await aws.SucceedAsync("DescribeReplicationSubnetGroups", "{}")).GetRawText() + (await aws.SucceedAsync("DescribeCertificates", "{}")).GetRawText();

    private NodeCaller Caller(string account, string region = "us-east-1") => new(node.Url, account, region);

    private static async Task FillAsync(NodeCaller aws, string operation, int quota, Func<int, string> body)
    {
        for (var i = 0; i < quota; i++)
        {
            await aws.SucceedAsync(operation, body(i));
        }

        await aws.FailAsync("ResourceQuotaExceededFault", operation, body(quota));
    }

    // Creates the endpoints it names.
    private static async Task<string> ConfigAsync(NodeCaller aws, string? group = null)
    {
        foreach (var type in new[] { "source", "target" })
        {
            await aws.CallAsync("CreateEndpoint", Endpoint(type, type));
        }

        return JsonSerializer.Serialize(new
        {
            ReplicationConfigIdentifier = "orders",
            ResourceIdentifier = "orders",
            SourceEndpointArn = $"arn:aws:dms:us-east-1:{aws.Account}:endpoint:source",
            TargetEndpointArn = $"arn:aws:dms:us-east-1:{aws.Account}:endpoint:target",
            ReplicationType = "cdc",
            TableMappings = Walks.AllTables,
            ComputeConfig = new { MaxCapacityUnits = 4, MinCapacityUnits = 1, ReplicationSubnetGroupId = group },
        });
    }

    private static string Endpoint(string id, string type, string? certificate = null) => JsonSerializer.Serialize(new
    {
        EndpointIdentifier = id, ResourceIdentifier = id, EndpointType = type, EngineName = "postgres", ServerName = "db.example.com", Port = 5432, DatabaseName = "app", CertificateArn = certificate,
    });

    private static string Filter(string name, string value) => $$"""{"Filters":[{"Name":"{{name}}","Values":["{{value}}"]}]}""";

    private static string Apply(string arn, string optIn) => $$"""{"ReplicationInstanceArn":"{{arn}}","ApplyAction":"system-update","OptInType":"{{optIn}}"}""";

    private static string Pem()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=root", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2049, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return certificate.ExportCertificatePem();
    }

    /// <summary>A client of one account in one region. What succeeds is held against the model.</summary>
    private sealed class NodeCaller(Uri url, string account, string region) : IDisposable
    {
        private readonly HttpClient http = new() { BaseAddress = url };

        public string Account => account;

        public async Task<(bool Ok, JsonElement Body)> CallAsync(string operation, string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body, Encoding.UTF8) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
            request.Headers.Add("X-Amz-Target", $"AmazonDMSv20160101.{operation}");
            request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/dms/aws4_request, SignedHeaders=host, Signature=00");
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return (response.IsSuccessStatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        }

        public async Task<JsonElement> SucceedAsync(string operation, string body)
        {
            var (ok, answer) = await CallAsync(operation, body);
            Assert.True(ok, $"{operation} {body}: {answer}");
            ModelConformance.Check(AwsModel.Instance.Operations[operation].Output, answer, operation);
            return answer;
        }

        public async Task<JsonElement> FailAsync(string code, string operation, string body)
        {
            var (ok, answer) = await CallAsync(operation, body);
            Assert.True(!ok && answer.GetProperty("__type").GetString() == code, $"{operation} {body}: {answer}, not {code}");
            return answer;
        }

        /// <summary>The status of a replication; empty when it is gone.</summary>
        public async Task<string> StatusAsync(string arn)
        {
            var (ok, answer) = await CallAsync("DescribeReplications", Filter("replication-config-arn", arn));
            return ok ? answer.GetProperty("Replications")[0].GetProperty("Status").GetString()! : "";
        }

        public async Task<Dictionary<string, (long Used, long Max)>> QuotasAsync() =>
            (await SucceedAsync("DescribeAccountAttributes", "{}")).GetProperty("AccountQuotas").EnumerateArray().ToDictionary(
                q => q.GetProperty("AccountQuotaName").GetString()!, q => (q.GetProperty("Used").GetInt64(), q.GetProperty("Max").GetInt64()));

        public async Task<string> IdentifierAsync() => (await SucceedAsync("DescribeAccountAttributes", "{}")).GetProperty("UniqueAccountIdentifier").GetString()!;

        public async Task<string> TagsAsync(string arn) => string.Join(' ', (await SucceedAsync("ListTagsForResource", $$"""{"ResourceArn":"{{arn}}"}"""))
            .GetProperty("TagList").EnumerateArray().Select(t => $"{t.GetProperty("Key").GetString()}={t.GetProperty("Value").GetString()}").Order(StringComparer.Ordinal));

        public void Dispose() => http.Dispose();
    }
}
