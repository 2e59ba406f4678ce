using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Engines;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Engines;

/// <summary>What every engine promises its caller. A subclass gives the engine and jobs that it can carry out.</summary>
public abstract class EngineContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract IReplicationEngine Engine { get; }

    /// <summary>A job whose source has tables that the given mappings select.</summary>
    protected abstract EngineJob Job(ReplicationType type, string? mappings = null, string? settings = null);

    protected abstract EngineEndpoint Source { get; }

    protected abstract EngineEndpoint Target { get; }

    /// <summary>A source that cannot be reached.</summary>
    protected abstract EngineEndpoint UnreachableSource { get; }

    /// <summary>Mappings of one rule.</summary>
    protected static string Select(string schema = "%", string table = "%", string action = "include") => JsonSerializer.Serialize(new
    {
        rules = new[] { Rule(1, schema, table, action) },
    });

    /// <summary>A selection rule.</summary>
    protected static Dictionary<string, object> Rule(int id, string schema, string table, string action) => new()
    {
        ["rule-type"] = "selection",
        ["rule-id"] = $"{id}",
        ["rule-name"] = $"{id}",
        ["object-locator"] = new Dictionary<string, string> { ["schema-name"] = schema, ["table-name"] = table },
        ["rule-action"] = action,
    };

    [Theory]
    [InlineData(ReplicationType.FullLoad)]
    [InlineData(ReplicationType.Cdc)]
    [InlineData(ReplicationType.FullLoadAndCdc)]
    public async Task A_sound_job_passes_every_step(ReplicationType type)
    {
        var job = Job(type);
        Assert.Null(await Engine.InitializeAsync(job, Cancellation));
        Assert.Null(await Engine.PrepareMetadataResourcesAsync(job, Cancellation));
        Assert.Null(await Engine.TestConnectionAsync(job, Source, Cancellation));
        Assert.Null(await Engine.TestConnectionAsync(job, Target, Cancellation));
        var metadata = (await Engine.FetchMetadataAsync(job, Cancellation)).Value;
        Assert.NotNull(metadata);
        Assert.InRange(metadata.TablesMatched, 1, metadata.TablesListed);
        Assert.InRange(metadata.LobShare, 0, 1);
        var estimate = (await Engine.EstimateCapacityAsync(job, metadata, Cancellation)).Value;
        Assert.NotNull(estimate);
        Assert.Contains(estimate.CapacityUnits, ComputeConfig.Ladder);
        Assert.InRange(estimate.CapacityUnits, job.Spec.Compute.MinCapacityUnits ?? 1, job.Spec.Compute.MaxCapacityUnits);
        Assert.Contains($"{metadata.TablesMatched} tables", estimate.Reason, StringComparison.Ordinal);
        Assert.Null(await Engine.ProvisionAsync(job, estimate.CapacityUnits, Cancellation));
        Assert.Null(await Engine.StartAsync(job, Cancellation));
        await Engine.StopAsync(job, Cancellation);
        await Engine.CleanUpAsync(job, Cancellation);
    }

    [Fact]
    public async Task Every_step_may_be_done_again_with_the_same_answer()
    {
        var job = Job(ReplicationType.FullLoadAndCdc);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Null(await Engine.InitializeAsync(job, Cancellation));
            Assert.Null(await Engine.PrepareMetadataResourcesAsync(job, Cancellation));
            Assert.Equal(await Engine.FetchMetadataAsync(job, Cancellation), await Engine.FetchMetadataAsync(job, Cancellation));
            Assert.Null(await Engine.ProvisionAsync(job, 1, Cancellation));
            Assert.Null(await Engine.StartAsync(job, Cancellation));
        }

        for (var attempt = 0; attempt < 2; attempt++)
        {
            await Engine.StopAsync(job, Cancellation);
            await Engine.CleanUpAsync(job, Cancellation);
        }
    }

    [Fact]
    public async Task Stopping_and_cleaning_up_what_never_started_succeeds()
    {
        var job = Job(ReplicationType.Cdc) with { Arn = "arn:aws:dms:us-east-1:000000000000:replication-config:NEVER-STARTED" };
        await Engine.StopAsync(job, Cancellation);
        await Engine.CleanUpAsync(job, Cancellation);
    }

    [Fact]
    public void The_same_job_is_planned_the_same()
    {
        foreach (var phase in ReplicationStatuses.All)
        {
            var planned = Engine.PlannedDuration(Job(ReplicationType.FullLoad), phase);
            Assert.Equal(planned, Engine.PlannedDuration(Job(ReplicationType.FullLoad), phase));
            Assert.True(planned >= TimeSpan.Zero);
        }
    }

    [Theory]
    [InlineData("{", null)]
    [InlineData("""{"rules":[{"rule-type":"selektion","rule-id":"1","rule-name":"1"}]}""", null)]
    [InlineData(null, """{"FullLoadSettings":{"MaxFullLoadSubTasks":"many"}}""")]
    public async Task Wrong_mappings_or_settings_fail_to_initialize(string? mappings, string? settings)
    {
        var failure = await Engine.InitializeAsync(Job(ReplicationType.FullLoad, mappings, settings), Cancellation);
        Assert.NotNull(failure);
        Assert.False(failure.Recoverable);
        Assert.Contains(mappings is null ? "FullLoadSettings.MaxFullLoadSubTasks" : "Error in mapping rules", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Excluding_every_table_fails_unless_the_settings_allow_it()
    {
        var mappings = JsonSerializer.Serialize(new { rules = new[] { Rule(1, "%", "%", "include"), Rule(2, "%", "%", "exclude") } });
        var refused = await Engine.FetchMetadataAsync(Job(ReplicationType.FullLoad, mappings), Cancellation);
        Assert.Contains("No tables were found at task initialization", refused.Failure!.Message, StringComparison.Ordinal);
        Assert.Null(refused.Value);

        var allowed = await Engine.FetchMetadataAsync(
            Job(ReplicationType.FullLoad, mappings, """{"ErrorBehavior":{"FailOnNoTablesCaptured":false}}"""), Cancellation);
        Assert.Equal(0, allowed.Value!.TablesMatched);
    }

    [Fact]
    public async Task A_source_that_cannot_be_reached_fails_its_test_with_the_database_s_words()
    {
        var failure = await Engine.TestConnectionAsync(Job(ReplicationType.Cdc), UnreachableSource, Cancellation);
        Assert.Contains("Application-Detailed-Message", failure!.Message, StringComparison.Ordinal);
        Assert.Contains(UnreachableSource.Spec.ServerName!, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_is_tried_outside_any_replication_too()
    {
        Assert.Null(await Engine.TestConnectionAsync(null, Source, Cancellation));
        Assert.Null(await Engine.TestConnectionAsync(null, Target, Cancellation));
        Assert.Contains("Application-Detailed-Message", (await Engine.TestConnectionAsync(null, UnreachableSource, Cancellation))!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schemas_are_listed_once_each_and_in_order_and_not_where_nobody_answers()
    {
        foreach (var job in new[] { null, Job(ReplicationType.Cdc) })
        {
            var schemas = (await Engine.ListSchemasAsync(job, Source, Cancellation)).Value!;
            Assert.NotEmpty(schemas);
            Assert.Equal(schemas.Distinct().Order(StringComparer.Ordinal), schemas);
            Assert.NotNull((await Engine.ListSchemasAsync(job, UnreachableSource, Cancellation)).Failure);
        }
    }
}
