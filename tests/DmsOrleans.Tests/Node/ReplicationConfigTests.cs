using System.Text.Json;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using DmsOrleans.Tests.Grains;

namespace DmsOrleans.Tests.Node;

/// <summary>What a replication config may be and when it may change, on a real node (reference sections 3.3 to 3.5, 4, 6, 7).</summary>
public sealed class ReplicationConfigTests
{
    [Fact]
    public async Task Settings_are_answered_whole_stored_small_and_merged_by_a_modification()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var created = await AcceptedAsync(node, Sample.Spec(ReplicationType.Cdc) with { ReplicationSettings = """{"FullLoadSettings":{"CommitRate":9,"MaxFullLoadSubTasks":8}}""" });
        var shown = JsonSerializer.Deserialize<JsonElement>(created.Config.ReplicationSettings!);
        Assert.Equal(14, shown.EnumerateObject().Count());
        Assert.Equal("DO_NOTHING", shown.GetProperty("FullLoadSettings").GetProperty("TargetTablePrepMode").GetString());

        var modified = await node.Grains.GetGrain<IReplicationGrain>(created.Arn).Modify(new() { ReplicationSettings = """{"TargetMetadata":{"LobMaxSize":7}}""" });
        Assert.Equal("created", modified.Value!.Status);
        var page = await node.Store.ListAsync<ReplicationState>(new() { Kind = ReplicationState.Kind, Keys = [created.Arn], Limit = 1 }, TestContext.Current.CancellationToken);
        var stored = Assert.Single(page.Items).State.Spec!;
        Assert.Equal(("""{"FullLoadSettings":{"CommitRate":9},"TargetMetadata":{"LobMaxSize":7}}""", 1), (stored.ReplicationSettings, stored.SettingsVersion));
        Assert.Equal((await node.ViewAsync("orders")).Config.ReplicationSettings, modified.Value.Config.ReplicationSettings);
    }

    [Fact]
    public async Task What_a_config_may_not_be_is_refused_and_named()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var spec = Sample.Spec();
        var compute = spec.Compute;
        await RefusedAsync(node, spec with { Compute = compute with { MaxCapacityUnits = 3 } }, Fault.InvalidParameterValue, "must each be one of 1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384.");
        await RefusedAsync(node, spec with { Compute = compute with { MinCapacityUnits = 32 } }, Fault.InvalidParameterValue, "MinCapacityUnits 32 is greater than MaxCapacityUnits 16.");
        await RefusedAsync(node, spec with { Compute = compute with { MultiAZ = true, AvailabilityZone = "a" } }, Fault.InvalidParameterCombination, "AvailabilityZone cannot be set when MultiAZ is true.");
        foreach (var servers in new[] { "10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5", "10.1", "17", "10.0.0.1,", "dns.example.com" })
        {
            await RefusedAsync(node, spec with { Compute = compute with { DnsNameServers = servers } }, Fault.InvalidParameterValue, $"DnsNameServers '{servers}' is not valid");
        }

        foreach (var window in new[] { "sun:23:45-mon:00:14", "mon:10:00-mon:10:00", "mon:10:00", "day:10:00-mon:11:00", "mon:24:00-tue:01:00", "mon 10:00-mon 11:00" })
        {
            await RefusedAsync(node, spec with { Compute = compute with { PreferredMaintenanceWindow = window } }, Fault.InvalidParameterValue, $"PreferredMaintenanceWindow '{window}' is not valid");
        }

        await RefusedAsync(node, spec with { Identifier = "a/b" }, Fault.InvalidParameterValue, "ReplicationConfigIdentifier 'a/b'");
        await RefusedAsync(node, spec with { SupplementalSettings = "[]" }, Fault.InvalidParameterValue, "SupplementalSettings");
        await RefusedAsync(node, spec with { ReplicationSettings = """{"Loging":{}}""" }, Fault.InvalidParameterValue, "Invalid task settings json: Loging is not a section");
        await RefusedAsync(node, spec with { ReplicationSettings = """{"Logging":{"EnableLogContext":true}}""" }, Fault.InvalidParameterValue, "Logging.EnableLogContext is not allowed");
        await RefusedAsync(node, spec with { TableMappings = """{"rules":[{"rule-type":"table-settings","rule-id":"5","rule-name":"5","object-locator":{"schema-name":"s","table-name":"%"},"lob-settings":{"mode":"none"}}]}""" },
            Fault.InvalidParameterValue, "Error in mapping rules. Rule with ruleId = 5 failed validation. Exact schema and table name required when using table settings rule.");
        await RefusedAsync(node, spec with { SourceEndpointArn = Sample.TargetArn }, Fault.InvalidParameterValue, "SourceEndpointArn");
        await RefusedAsync(node, spec with { TargetEndpointArn = Sample.TargetArn + "X" }, Fault.ResourceNotFound, "TargetEndpointArn");

        var given = compute with { DnsNameServers = "10.0.0.1, ::1", PreferredMaintenanceWindow = "Sun:23:45-mon:00:15", MultiAZ = true, VpcSecurityGroupIds = ["sg-2", "sg-1"] };
        var echoed = (await AcceptedAsync(node, spec with { Compute = given })).Config.Compute;
        Assert.Equal(given with { VpcSecurityGroupIds = null }, echoed with { VpcSecurityGroupIds = null });
        Assert.Equal(given.VpcSecurityGroupIds, echoed.VpcSecurityGroupIds);
    }

    [Fact]
    public async Task Each_field_may_be_modified_in_its_statuses_only()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var orders = node.Grains.GetGrain<IReplicationGrain>((await AcceptedAsync(node, Sample.Spec(ReplicationType.FullLoad))).Arn);
        await RefusedAsync(orders, new(), Fault.InvalidParameterCombination, "No modifications were requested");
        Assert.Null((await orders.Modify(new() { Type = ReplicationType.Cdc, Compute = new() { AvailabilityZone = "a", KmsKeyId = "k" } })).Refusal);
        await orders.StartedAsync();
        await RefusedAsync(orders, new() { Identifier = "other" }, Fault.InvalidResourceState, "cannot be modified");
        await node.WaitForAsync("orders", "running");
        await orders.Stop(new());
        await node.WaitForAsync("orders", "stopped");

        (ModifyReplication Change, string Field)[] frozen =
        [
            (new() { Type = ReplicationType.FullLoad }, "ReplicationType"),
            (new() { SourceEndpointArn = Sample.TargetArn }, "SourceEndpointArn"),
            (new() { TargetEndpointArn = Sample.SourceArn }, "TargetEndpointArn"),
            (new() { Compute = new() { AvailabilityZone = "b" } }, "ComputeConfig.AvailabilityZone"),
            (new() { Compute = new() { DnsNameServers = "10.0.0.1" } }, "ComputeConfig.DnsNameServers"),
            (new() { Compute = new() { KmsKeyId = "l" } }, "ComputeConfig.KmsKeyId"),
            (new() { Compute = new() { ReplicationSubnetGroupId = "g" } }, "ComputeConfig.ReplicationSubnetGroupId"),
        ];
        foreach (var (change, field) in frozen)
        {
            await RefusedAsync(orders, change, Fault.InvalidResourceState, $"is in STOPPED state and {field} cannot be modified");
        }

        ModifyReplication[] free =
        [
            new() { Identifier = "orders-2" },
            new() { ReplicationSettings = """{"FullLoadSettings":{"CommitRate":9}}""" },
            new() { TableMappings = """{"rules":[]}""" },
            new() { SupplementalSettings = """{"note":1}""" },
            new() { Compute = new() { MinCapacityUnits = 2, MaxCapacityUnits = 32, PreferredMaintenanceWindow = "mon:10:00-mon:11:00", VpcSecurityGroupIds = ["sg"], MultiAZ = false } },
        ];
        foreach (var change in free)
        {
            var answer = await orders.Modify(change);
            Assert.Equal(("stopped", null), (answer.Value?.Status, answer.Refusal?.Message));
            await RefusedAsync(orders, change, Fault.InvalidParameterCombination, "No modifications were requested");
        }

        await RefusedAsync(orders, new() { ReplicationSettings = """{"ValidationSettings":{"EnableValidation":true,"ValidationOnly":true}}""" }, Fault.InvalidParameterValue, "ValidationSettings.ValidationOnly");
    }

    [Fact]
    public async Task Modifying_lasts_as_long_as_configured_and_refuses_a_start_in_the_service_s_words()
    {
        await using var node = await TestNode.StartAsync(configuration: Configured("ModifyDuration", "12:00:00"));
        await node.CreateEndpointsAsync();
        var orders = node.Grains.GetGrain<IReplicationGrain>((await AcceptedAsync(node, Sample.Spec())).Arn);
        Assert.Equal("modifying", (await orders.Modify(new() { TableMappings = """{"rules":[]}""" })).Value!.Status);
        Assert.Equal("Replication for Replication Config: orders is in MODIFYING state and cannot start", (await orders.Start(new() { StartType = "start-replication" })).Refusal!.Message);
        await node.WaitForAsync("orders", "created");
    }

    [Fact]
    public async Task A_running_replication_names_its_logs_filters_its_tables_and_reloads_those_it_has()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var spec = Sample.Spec() with
        {
            ReplicationSettings = """{"Logging":{"EnableLogging":true}}""",
            SupplementalSettings = """{"simulation":{"tables":[{"schema":"a","table":"t","rows":10},{"schema":"a","table":"u","rows":10},{"schema":"b","table":"t","rows":10}]}}""",
        };
        var orders = node.Grains.GetGrain<IReplicationGrain>((await AcceptedAsync(node, spec)).Arn);
        Assert.Contains("CdcStartTime is not supported for sources of the engine postgres", (await orders.Start(new() { StartType = "start-replication", CdcStartTime = DateTimeOffset.UnixEpoch })).Refusal!.Message, StringComparison.Ordinal);
        await orders.StartedAsync();
        var running = await node.WaitForAsync("orders", "running");
        Assert.Contains("\"CloudWatchLogGroup\":\"dms-serverless-replication-orders\"", running.Config.ReplicationSettings, StringComparison.Ordinal);

        await Until.AsyncIs(() => TablesAsync(node, new()), tables => tables.Count(t => t.State == "Table completed") == 3, "three loaded tables");
        Assert.Equal(["a.t", "b.t"], (await TablesAsync(node, new() { Tables = ["t"] })).Select(t => t.Name.ToString()));
        Assert.Equal(["a.t"], (await TablesAsync(node, new() { Tables = ["t"], Schemas = ["a"], States = ["Table completed", "Before load"] })).Select(t => t.Name.ToString()));
        Assert.Empty(await TablesAsync(node, new() { States = ["Table error"] }));

        TableName known = new("a", "t");
        await ReloadRefusedAsync(orders, new([known], "validate-only"), Fault.InvalidParameterCombination, "ValidationSettings.EnableValidation is not true");
        await ReloadRefusedAsync(orders, new([known], "reload"), Fault.InvalidParameterValue, "ReloadOption 'reload' is not valid");
        await ReloadRefusedAsync(orders, new([], "data-reload"), Fault.InvalidParameterValue, "1 to 10 tables");
        await ReloadRefusedAsync(orders, new([known, known], "data-reload"), Fault.InvalidParameterValue, "each once");
        await ReloadRefusedAsync(orders, new([.. Enumerable.Range(0, 11).Select(i => new TableName("a", $"t{i}"))], "data-reload"), Fault.InvalidParameterValue, "11 were given");
        await ReloadRefusedAsync(orders, new([new("a", "gone")], "data-reload"), Fault.InvalidParameterValue, "a.gone");
        Assert.Null((await orders.Reload(new([known], "data-reload"))).Refusal);
        await Until.AsyncIs(() => TablesAsync(node, new() { Tables = ["t"], Schemas = ["a"] }), tables => tables[0] is { State: "Table completed", FullLoadReloaded: true }, "the table to be reloaded");
    }

    [Fact]
    public async Task Only_validated_tables_may_be_validated_again_and_cdc_has_nothing_to_reload()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var orders = node.Grains.GetGrain<IReplicationGrain>((await AcceptedAsync(node, Sample.Spec() with { ReplicationSettings = """{"ValidationSettings":{"EnableValidation":true}}""" })).Arn);
        await ReloadRefusedAsync(orders, new([new("a", "t")], "data-reload"), Fault.InvalidResourceState, "is in CREATED state and cannot reload tables");
        await orders.StartedAsync();
        await node.WaitForAsync("orders", "running");
        var table = (await TablesAsync(node, new()))[0].Name;
        Assert.Null((await orders.Reload(new([table], "validate-only"))).Refusal);

        var changes = await node.CreateAsync("changes");
        await changes.StartedAsync();
        await node.WaitForAsync("changes", "running");
        await ReloadRefusedAsync(changes, new([table], "data-reload"), Fault.InvalidResourceState, "is of type cdc and has no full load to repeat");
    }

    [Fact]
    public async Task When_a_stop_is_legal_is_a_choice()
    {
        await using var node = await TestNode.StartAsync(new TimeScale(600), configuration: Configured("Choices:StopWhileStopping", "true", "Choices:StopInStartPhases", "false", "StopDuration", "12:00:00"));
        await node.CreateEndpointsAsync();
        var orders = await node.CreateAsync("orders", supplemental: """{"simulation":{"phases":{"initializing":{"seconds":300}}}}""");
        await orders.StartedAsync();
        Assert.Contains("is in INITIALIZING state and cannot stop", (await orders.Stop(new())).Refusal!.Message, StringComparison.Ordinal);

        const string atOnce = """{"simulation":{"phases":{"initializing":{"seconds":0},"preparing_metadata_resources":{"seconds":0},"testing_connection":{"seconds":0},"fetching_metadata":{"seconds":0},"calculating_capacity":{"seconds":0},"provisioning_capacity":{"seconds":0},"replication_starting":{"seconds":0}}}}""";
        var quick = await node.CreateAsync("quick", supplemental: atOnce);
        await quick.StartedAsync();
        await node.WaitForAsync("quick", "running");
        var first = (await quick.Stop(new())).Value!;
        var again = (await quick.Stop(new())).Value!;
        Assert.Equal(("stopping", first.Sequence), (again.Status, again.Sequence));
    }

    [Fact]
    public async Task Statistics_and_the_case_of_the_provision_state_are_choices()
    {
        await using var node = await TestNode.StartAsync(configuration: Configured("Choices:KeepStatistics", "true", "Choices:UpperCaseProvisionState", "true"));
        await node.CreateEndpointsAsync();
        await (await node.CreateAsync("load", ReplicationType.FullLoad)).StartedAsync();
        var rested = await Until.AsyncIs(() => node.ViewAsync("load"), v => v.Provision?.State == "DEPROVISIONED", "capacity to be taken back");
        Assert.True(rested.Stats!.TablesLoaded > 0);
    }

    private static Dictionary<string, string?> Configured(params string[] pairs) =>
        pairs.Chunk(2).ToDictionary(pair => $"{ReplicationOptions.Section}:{pair[0]}", pair => (string?)pair[1]);

    private static async Task<ReplicationView> AcceptedAsync(TestNode node, ReplicationSpec spec)
    {
        var answer = await node.Grains.GetGrain<IReplicationGrain>(TestNode.ArnOf(spec.Identifier)).Create(new(spec));
        Assert.True(answer.Refusal is null, answer.Refusal?.Message);
        return answer.Value!;
    }

    private static async Task RefusedAsync(TestNode node, ReplicationSpec spec, Fault fault, string text) =>
        Refused(fault, text, (await node.Grains.GetGrain<IReplicationGrain>(TestNode.ArnOf("refused")).Create(new(spec))).Refusal);

    private static async Task RefusedAsync(IReplicationGrain grain, ModifyReplication change, Fault fault, string text) => Refused(fault, text, (await grain.Modify(change)).Refusal);

    private static async Task ReloadRefusedAsync(IReplicationGrain grain, ReloadTables reload, Fault fault, string text) => Refused(fault, text, (await grain.Reload(reload)).Refusal);

    private static void Refused(Fault fault, string text, Refusal? refusal)
    {
        Assert.Contains(text, refusal?.Message, StringComparison.Ordinal);
        Assert.Equal(fault, refusal!.Fault);
    }

    private static async Task<IReadOnlyList<TableStatistics>> TablesAsync(TestNode node, TableFilter filter) => (await node.Directory.TableStatistics(new()
    {
        Arn = TestNode.ArnOf("orders"),
        Schemas = filter.Schemas,
        Tables = filter.Tables,
        States = filter.States,
        Limit = 100,
    }))!.Tables;

    private sealed record TableFilter(string[]? Schemas = null, string[]? Tables = null, string[]? States = null);
}
