using System.Text.Json.Nodes;
using DmsOrleans.Cli;

namespace DmsOrleans.Tests.Cli;

/// <summary>A load against a gateway that may be at fault.</summary>
public sealed class LoadTests
{
    [Fact]
    public async Task A_load_on_a_sound_node_passes_and_reports()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var directory = Directory.CreateTempSubdirectory("dms-test-");

        var run = await LoadAsync(gateway, "--replications", "120", "--report", directory.FullName);

        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(directory.FullName, "report.json"), TestContext.Current.CancellationToken))!;
        directory.Delete(recursive: true);
        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        Assert.Contains("VERDICT: passed. 120 histories read back: every walk legal, none lost, none stuck.", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', run.Out);
        Assert.Equal(120, (int)report["commands"]!["CreateReplicationConfig"]!["count"]!);
        Assert.Equal(120, (int)report["commands"]!["StartReplication"]!["count"]!);
        Assert.True((bool)report["verdict"]!["passed"]!);
        Assert.Equal(5, (double)report["lateness"]!["p99"]!);
        Assert.Equal(1000, (double)report["phases"]![0]!["actual"]!["p50"]!);
        Assert.False((bool)report["processIncludesNode"]!);
        Assert.Null(report["asked"]!["timeScale"]);
    }

    [Fact]
    public async Task Replications_with_change_capture_are_stopped_after_their_time()
    {
        await using var gateway = await FakeGateway.StartAsync();

        var run = await LoadAsync(gateway, "--replications", "20", "--type", "cdc", "--stop-after", "100ms");

        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        Assert.Equal(20, gateway.Calls.Count(c => c.Operation == "StopReplication"));
        Assert.Contains("stopped 20", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_all_there_is_on_stdout_when_asked()
    {
        await using var gateway = await FakeGateway.StartAsync();

        var run = await LoadAsync(gateway, "--replications", "5", "--output", "json");

        Assert.Equal(5, (int)JsonNode.Parse(run.Out)!["verdict"]!["historiesRead"]!);
        Assert.Contains("commands=", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("skip", "skip")]
    [InlineData("repeat", "repeat")]
    [InlineData("gap", "gap")]
    [InlineData("lost", "lost")]
    [InlineData("stuck", "stuck")]
    public async Task A_node_at_fault_fails_the_verdict_with_the_offender_named(string fault, string rule)
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Tamper = (identifier, steps) => !identifier.EndsWith("000003", StringComparison.Ordinal) ? steps : fault switch
        {
            "skip" => [.. steps.Where(s => s.To != "fetching_metadata").Select((s, i) => s with { Sequence = i + 1 })],
            "repeat" => [.. steps.Take(4), steps[3], .. steps.Skip(4)],
            "gap" => [.. steps.Where(s => s.Sequence != 4)],
            "lost" => [steps[0]],
            _ => [.. steps.Take(5)],
        };

        var run = await LoadAsync(gateway, "--replications", "6", "--type", "cdc", "--timeout", "2s");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("VERDICT: FAILED", run.Out, StringComparison.Ordinal);
        Assert.Matches($@"000003  \[{rule}\]", run.Out);
        Assert.DoesNotContain("000002  [", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_got_lost_is_asked_for_again_and_counts_once()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Refuse = (operation, before) => operation == "StartReplication" && before == 0
            ? (503, """{"__type":"ServiceUnavailable","message":"try again"}""") : null;

        var run = await LoadAsync(gateway, "--replications", "4", "--concurrency", "1", "--type", "cdc", "--output", "json");

        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        Assert.Equal(1, (int)JsonNode.Parse(run.Out)!["errors"]!);
    }

    [Fact]
    public async Task A_creation_and_a_start_whose_answers_got_lost_are_taken_as_acknowledged()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Refuse = (operation, before) => (operation, before) switch
        {
            ("CreateReplicationConfig", 0) => Lost(() => gateway.Add((string)gateway.Calls.Last().Body["ReplicationConfigIdentifier"]!)),
            ("CreateReplicationConfig", 1) => (400, $$"""{"__type":"ResourceAlreadyExistsFault","message":"there","resourceArn":"{{gateway.Find("load")!.Arn}}"}"""),
            ("StartReplication", 0) => Lost(() => gateway.Find("load")!.Walk((_, s) => s)),
            ("StartReplication", 1) => (400, """{"__type":"InvalidResourceStateFault","message":"is in RUNNING state and cannot start"}"""),
            _ => null,
        };

        var run = await LoadAsync(gateway, "--replications", "1", "--type", "cdc");

        Assert.True(run.ExitCode == 0, run.Out + run.Error);

        static (int, string)? Lost(Action carriedOut)
        {
            carriedOut();
            return (503, """{"__type":"ServiceUnavailable","message":"the answer got lost"}""");
        }
    }

    [Fact]
    public async Task A_refused_command_fails_the_verdict()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Refuse = (operation, before) => operation == "CreateReplicationConfig" && before == 0
            ? (400, """{"__type":"ResourceQuotaExceededFault","message":"full"}""") : null;

        var run = await LoadAsync(gateway, "--replications", "4", "--type", "cdc");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("[refused] create was refused: ResourceQuotaExceededFault: full", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_it_prints_what_it_has_and_exits_130()
    {
        await using var gateway = await FakeGateway.StartAsync();
        using var interruption = new Interruption();
        gateway.Tamper = (_, steps) =>
        {
            interruption.Cancel();
            return [.. steps.Take(3)];
        };

        var run = await ConsoleRun.AsAsync(
            new Dictionary<string, string>(), "", ["load", "--endpoint-url", gateway.Url.ToString(), "--replications", "50"], interruption: interruption);

        Assert.Equal(130, run.ExitCode);
        Assert.Contains("VERDICT: none; interrupted", run.Out, StringComparison.Ordinal);
        Assert.Equal("dms: interrupted", run.Error.TrimEnd());
    }

    [Fact]
    public async Task Nobody_there_is_known_at_once()
    {
        Uri url;
        await using (var gateway = await FakeGateway.StartAsync())
        {
            url = gateway.Url;
        }

        Assert.Equal(255, (await ConsoleRun.Async("load", "--endpoint-url", url.ToString())).ExitCode);
    }

    private static Task<ConsoleRun> LoadAsync(FakeGateway gateway, params string[] args) => ConsoleRun.Async(["load", "--endpoint-url", gateway.Url.ToString(), .. args]);
}
