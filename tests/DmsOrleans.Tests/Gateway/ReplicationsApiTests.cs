using System.Text.Json;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Gateway;

public sealed class ReplicationsApiTests : IAsyncLifetime
{
    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task Start_passes_its_members_on_and_answers_initializing()
    {
        var arn = gateway.Cluster.Add("orders");
        var json = await gateway.SucceedAsync("StartReplication", $$"""
            {"ReplicationConfigArn":"{{arn}}","StartReplicationType":"start-replication","CdcStartTime":1748736000.25,"CdcStopPosition":"server_time:2018-02-09T12:12:12"}
            """);

        var replication = json.GetProperty("Replication");
        Assert.Equal("initializing", replication.GetProperty("Status").GetString());
        Assert.Equal("1748736000.25", replication.GetProperty("CdcStartTime").GetRawText());
        Assert.Equal(
            new StartReplication
            {
                StartType = "start-replication",
                CdcStartTime = DateTimeOffset.FromUnixTimeMilliseconds(1748736000250),
                CdcStopPosition = "server_time:2018-02-09T12:12:12",
            },
            gateway.Cluster.Last<StartReplication>());
    }

    [Fact]
    public async Task Assessment_settings_are_passed_on_as_sent()
    {
        var arn = gateway.Cluster.Add("orders");
        await gateway.SucceedAsync("StartReplication", $$"""{"ReplicationConfigArn":"{{arn}}","StartReplicationType":"start-replication","PremigrationAssessmentSettings":"{}"}""");
        Assert.Equal("{}", gateway.Cluster.Last<StartReplication>().AssessmentSettings);
    }

    [Fact]
    public async Task Stop_answers_stopping()
    {
        var arn = gateway.Cluster.Add("orders", "running");
        var json = await gateway.SucceedAsync("StopReplication", $$"""{"ReplicationConfigArn":"{{arn}}"}""");
        Assert.Equal("stopping", json.GetProperty("Replication").GetProperty("Status").GetString());
    }

    [Fact]
    public async Task Describe_shows_every_member_of_a_replication()
    {
        var arn = gateway.Cluster.Add("orders");
        gateway.Cluster.Replications[arn] = Full(gateway.Cluster.Replications[arn]);

        var json = await gateway.SucceedAsync("DescribeReplications", Filter("replication-config-arn", arn));

        var time = "1772366400.123";
        Assert.Equal($$"""
            {"Replications":[{"ReplicationConfigIdentifier":"orders","ReplicationConfigArn":"{{arn}}","SourceEndpointArn":"arn:aws:dms:us-east-1:000000000000:endpoint:SRC","TargetEndpointArn":"arn:aws:dms:us-east-1:000000000000:endpoint:TGT","ReplicationType":"full-load-and-cdc","Status":"failed","ProvisionData":{"ProvisionState":"provisioned","ProvisionedCapacityUnits":2,"DateProvisioned":{{time}},"IsNewProvisioningAvailable":true,"DateNewProvisioningDataAvailable":{{time}},"ReasonForNewProvisioningData":"why"},"StopReason":"Stop Reason NORMAL","FailureMessages":["a","b"],"ReplicationStats":{"FullLoadProgressPercent":50,"ElapsedTimeMillis":5000000000,"TablesLoaded":1,"TablesLoading":2,"TablesQueued":3,"TablesErrored":4,"FreshStartDate":{{time}},"StartDate":{{time}},"StopDate":{{time}},"FullLoadStartDate":{{time}},"FullLoadFinishDate":{{time}}},"StartReplicationType":"resume-processing","CdcStartTime":{{time}},"CdcStartPosition":"p","CdcStopPosition":"q","RecoveryCheckpoint":"checkpoint:V1#1","ReplicationCreateTime":{{time}},"ReplicationUpdateTime":{{time}},"ReplicationLastStopTime":{{time}},"ReplicationDeprovisionTime":{{time}},"IsReadOnly":false}]}
            """, json.GetRawText());
    }

    [Fact]
    public async Task Before_the_first_run_what_does_not_apply_is_left_out()
    {
        var arn = gateway.Cluster.Add("orders");
        var replication = (await gateway.SucceedAsync("DescribeReplications", Filter("replication-config-arn", arn))).GetProperty("Replications")[0];
        foreach (var member in new[] { "ProvisionData", "StopReason", "FailureMessages", "ReplicationStats", "RecoveryCheckpoint", "ReplicationDeprovisionTime" })
        {
            Assert.False(replication.TryGetProperty(member, out _), member);
        }
    }

    [Fact]
    public async Task Polling_one_arn_asks_the_store_and_activates_no_replication()
    {
        var arn = gateway.Cluster.Add("orders");
        await gateway.SucceedAsync("DescribeReplications", Filter("replication-config-arn", arn));
        Assert.Equal([arn], Assert.IsType<ReplicationQuery>(Assert.Single(gateway.Cluster.Received)).Arns!);
    }

    [Theory]
    [InlineData("DescribeReplications", "Replications")]
    [InlineData("DescribeReplicationConfigs", "ReplicationConfigs")]
    public async Task Filters_restrict_and_what_matches_nothing_is_a_fault(string operation, string list)
    {
        var a = gateway.Cluster.Add("a");
        var b = gateway.Cluster.Add("b");
        var foreign = gateway.Cluster.Add("a", scope: new AwsScope("111111111111", "us-east-1"));

        Assert.Equal(2, Count(await gateway.SucceedAsync(operation, "{}")));
        Assert.Equal(1, Count(await gateway.SucceedAsync(operation, Filter("replication-config-arn", b))));
        Assert.Equal(2, Count(await gateway.SucceedAsync(operation, Filter("replication-config-arn", a, b, foreign))));
        Assert.Equal(1, Count(await gateway.SucceedAsync(operation, Filter("replication-config-id", "a"))));
        await gateway.FailAsync("ResourceNotFoundFault", operation, Filter("replication-config-id", "c"));
        await gateway.FailAsync("ResourceNotFoundFault", operation, Filter("replication-config-arn", foreign));
        await gateway.FailAsync("ResourceNotFoundFault", operation, Filter("replication-config-arn", a.Replace(":a", ":c", StringComparison.Ordinal)));

        int Count(JsonElement json) => json.GetProperty(list).GetArrayLength();
    }

    [Fact]
    public async Task Without_filters_nothing_is_an_empty_list()
    {
        Assert.Equal("""{"Replications":[]}""", (await gateway.SucceedAsync("DescribeReplications", "{}")).GetRawText());
        Assert.Equal("""{"ReplicationConfigs":[]}""", (await gateway.SucceedAsync("DescribeReplicationConfigs", "{}")).GetRawText());
        Assert.Equal("""{"Endpoints":[]}""", (await gateway.SucceedAsync("DescribeEndpoints", "{}")).GetRawText());
    }

    [Fact]
    public async Task An_unknown_filter_is_refused_with_the_valid_names()
    {
        var message = await gateway.FailAsync("InvalidParameterValueException", "DescribeReplications", Filter("status", "running"));
        Assert.Contains("replication-config-arn, replication-config-id", message, StringComparison.Ordinal);
        await gateway.FailAsync("InvalidParameterValueException", "DescribeReplications", """{"Filters":[{"Name":"replication-config-id","Values":[]}]}""");
    }

    [Fact]
    public async Task Pages_followed_by_their_markers_show_each_replication_once()
    {
        var expected = Enumerable.Range(0, 250).Select(i => gateway.Cluster.Add($"r{i}")).ToList();
        var seen = new List<string>();
        string? marker = null;
        do
        {
            var json = await gateway.SucceedAsync("DescribeReplications", $$"""{"MaxRecords":60{{(marker is null ? "" : $",\"Marker\":\"{marker}\"")}}}""");
            seen.AddRange(json.GetProperty("Replications").EnumerateArray().Select(r => r.GetProperty("ReplicationConfigArn").GetString()!));
            marker = json.TryGetProperty("Marker", out var next) ? next.GetString() : null;
        }
        while (marker is not null);
        Assert.Equal(expected, seen);
        Assert.Equal(100, (await gateway.SucceedAsync("DescribeReplications", "{}")).GetProperty("Replications").GetArrayLength());
    }

    [Theory]
    [InlineData("DescribeReplications", 1, 500)]
    [InlineData("DescribeReplicationConfigs", 1, 500)]
    [InlineData("DescribeEndpoints", 20, 100)]
    [InlineData("DescribeConnections", 20, 100)]
    [InlineData("DescribeEndpointTypes", 20, 100)]
    public async Task MaxRecords_and_Marker_have_bounds(string operation, int least, int most)
    {
        foreach (var good in new[] { least, most })
        {
            await gateway.SucceedAsync(operation, $$"""{"MaxRecords":{{good}}}""");
        }

        foreach (var bad in new[] { least - 1, most + 1, int.MinValue, int.MaxValue })
        {
            await gateway.FailAsync("InvalidParameterValueException", operation, $$"""{"MaxRecords":{{bad}}}""");
        }

        foreach (var marker in new[] { "", "made up", new string('x', 5000) })
        {
            Assert.Contains("Marker", await gateway.FailAsync("InvalidParameterValueException", operation, $$"""{"Marker":"{{marker}}"}"""), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Reload_passes_the_tables_on_and_answers_the_arn_alone()
    {
        var arn = gateway.Cluster.Add("orders", "running");
        var json = await gateway.SucceedAsync("ReloadReplicationTables", $$"""
            {"ReplicationConfigArn":"{{arn}}","TablesToReload":[{"SchemaName":"s","TableName":"T"}]}
            """);

        Assert.Equal($$"""{"ReplicationConfigArn":"{{arn}}"}""", json.GetRawText());
        var command = gateway.Cluster.Last<ReloadTables>();
        Assert.Equal([new TableName("s", "T")], command.Tables);
        Assert.Equal("data-reload", command.Option);
    }

    [Fact]
    public async Task Table_statistics_have_every_member_filters_and_pages()
    {
        var arn = gateway.Cluster.Add("orders");
        gateway.Cluster.Tables.AddRange(Enumerable.Range(0, 5).Select(i => Table($"t{i}", i == 0 ? "Full load" : "Table completed")));

        var first = await gateway.SucceedAsync("DescribeReplicationTableStatistics", $$"""{"ReplicationConfigArn":"{{arn}}","MaxRecords":3}""");
        Assert.Equal("""
            {"SchemaName":"s","TableName":"t0","Inserts":1,"Deletes":3,"Updates":2,"Ddls":4,"AppliedInserts":5,"AppliedDeletes":7,"AppliedUpdates":6,"AppliedDdls":8,"FullLoadRows":9,"FullLoadCondtnlChkFailedRows":0,"FullLoadErrorRows":10,"FullLoadStartTime":1772366400.123,"FullLoadReloaded":true,"LastUpdateTime":1772366400.123,"TableState":"Full load","ValidationPendingRecords":0,"ValidationFailedRecords":0,"ValidationSuspendedRecords":0,"ValidationState":"Not enabled","ResyncState":"Not enabled"}
            """, first.GetProperty("ReplicationTableStatistics")[0].GetRawText());

        var marker = first.GetProperty("Marker").GetString();
        var rest = await gateway.SucceedAsync("DescribeReplicationTableStatistics", $$"""{"ReplicationConfigArn":"{{arn}}","MaxRecords":3,"Marker":"{{marker}}"}""");
        Assert.Equal(["t3", "t4"], rest.GetProperty("ReplicationTableStatistics").EnumerateArray().Select(t => t.GetProperty("TableName").GetString()));
        Assert.False(rest.TryGetProperty("Marker", out _));

        var loading = await gateway.SucceedAsync("DescribeReplicationTableStatistics",
            $$"""{"ReplicationConfigArn":"{{arn}}","Filters":[{"Name":"table-state","Values":["Full load"]},{"Name":"schema-name","Values":["s"]}]}""");
        Assert.Equal(1, loading.GetProperty("ReplicationTableStatistics").GetArrayLength());
        await gateway.FailAsync("InvalidParameterValueException", "DescribeReplicationTableStatistics", $$"""{"ReplicationConfigArn":"{{arn}}","Marker":"AAAA"}""");
    }

    [Fact]
    public async Task Accounts_and_regions_see_only_their_own()
    {
        const string other = "111111111111/20260301/eu-west-1/dms/aws4_request";
        var created = await gateway.SucceedAsync("CreateEndpoint", """{"EndpointIdentifier":"E","EndpointType":"source","EngineName":"postgres"}""", other);
        var arn = created.GetProperty("Endpoint").GetProperty("EndpointArn").GetString()!;

        Assert.StartsWith("arn:aws:dms:eu-west-1:111111111111:endpoint:", arn, StringComparison.Ordinal);
        Assert.Equal(1, (await gateway.SucceedAsync("DescribeEndpoints", "{}", other)).GetProperty("Endpoints").GetArrayLength());
        Assert.Equal(0, (await gateway.SucceedAsync("DescribeEndpoints", "{}")).GetProperty("Endpoints").GetArrayLength());
        await gateway.FailAsync("ResourceNotFoundFault", "DeleteEndpoint", $$"""{"EndpointArn":"{{arn}}"}""");
        await gateway.SucceedAsync("DeleteEndpoint", $$"""{"EndpointArn":"{{arn}}"}""", other);
    }

    private static string Filter(string name, params string[] values) =>
        $$"""{"Filters":[{"Name":"{{name}}","Values":{{JsonSerializer.Serialize(values)}}}]}""";

    private static TableStatistics Table(string name, string state) => new()
    {
        Name = new TableName("s", name),
        State = state,
        Inserts = 1,
        Updates = 2,
        Deletes = 3,
        Ddls = 4,
        AppliedInserts = 5,
        AppliedUpdates = 6,
        AppliedDeletes = 7,
        AppliedDdls = 8,
        FullLoadRows = 9,
        FullLoadErrorRows = 10,
        FullLoadStartTime = FakeCluster.Now,
        FullLoadReloaded = true,
        LastUpdateTime = FakeCluster.Now,
    };

    private static ReplicationView Full(ReplicationView view) => view with
    {
        Status = "failed",
        Provision = new ProvisionView
        {
            State = "provisioned",
            CapacityUnits = 2,
            DateProvisioned = FakeCluster.Now,
            IsNewProvisioningAvailable = true,
            DateNewProvisioningDataAvailable = FakeCluster.Now,
            Reason = "why",
        },
        StopReason = "Stop Reason NORMAL",
        FailureMessages = ["a", "b"],
        Stats = new ReplicationStats
        {
            FullLoadProgressPercent = 50,
            ElapsedTimeMillis = 5_000_000_000,
            TablesLoaded = 1,
            TablesLoading = 2,
            TablesQueued = 3,
            TablesErrored = 4,
            FreshStartDate = FakeCluster.Now,
            StartDate = FakeCluster.Now,
            StopDate = FakeCluster.Now,
            FullLoadStartDate = FakeCluster.Now,
            FullLoadFinishDate = FakeCluster.Now,
        },
        StartType = "resume-processing",
        CdcStartTime = FakeCluster.Now,
        CdcStartPosition = "p",
        CdcStopPosition = "q",
        RecoveryCheckpoint = "checkpoint:V1#1",
        LastStopTime = FakeCluster.Now,
        DeprovisionTime = FakeCluster.Now,
    };
}
