using System.Text.Json.Nodes;

namespace DmsOrleans.Tests.Cli;

/// <summary>The commands against a gateway, on a pipe.</summary>
public sealed class CommandsTests
{
    [Fact]
    public async Task A_list_is_plain_columns_on_a_pipe_and_json_when_asked()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Add("first");
        gateway.Add("second").Walk((_, s) => s);

        var table = await ConsoleRun.AtAsync(gateway, "list");
        var json = await ConsoleRun.AtAsync(gateway, "list", "--output", "json");

        var lines = table.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("identifier  type  status   since", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("first       cdc   created  2026-03-01T12:00:01.000Z", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
        Assert.DoesNotContain('\x1b', table.Out);
        Assert.Equal(["first", "second"], JsonNode.Parse(json.Out)!["items"]!.AsArray().Select(i => (string)i!["identifier"]!));
    }

    [Fact]
    public async Task A_list_follows_the_pages_filters_by_status_and_says_when_there_is_more()
    {
        await using var gateway = await FakeGateway.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            gateway.Add($"r{i}");
        }

        gateway.Add("moving").Walk((_, s) => s);

        var running = await ConsoleRun.AtAsync(gateway, "list", "--status", "running", "failed");
        var some = await ConsoleRun.AtAsync(gateway, "list", "--max-items", "2");

        Assert.Contains("moving", running.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("r0", running.Out, StringComparison.Ordinal);
        Assert.Equal(3, some.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("there are more", some.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_names_endpoints_by_identifier_and_brings_its_defaults()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await ConsoleRun.AtAsync(gateway, "endpoint", "create", "--identifier", "src", "--type", "source", "--password", "secret");
        await ConsoleRun.AtAsync(gateway, "endpoint", "create", "--identifier", "tgt", "--type", "target");

        var run = await ConsoleRun.AtAsync(gateway, "create", "--identifier", "one", "--source", "src", "--target", "arn:aws:dms:us-east-1:000000000000:endpoint:TGT");

        Assert.Equal(0, run.ExitCode);
        var body = gateway.Calls.Last().Body;
        Assert.Equal("arn:aws:dms:us-east-1:000000000000:endpoint:src", (string)body["SourceEndpointArn"]!);
        Assert.Equal("arn:aws:dms:us-east-1:000000000000:endpoint:TGT", (string)body["TargetEndpointArn"]!);
        Assert.Equal(4, (int)body["ComputeConfig"]!["MaxCapacityUnits"]!);
        Assert.Equal("include", (string)JsonNode.Parse((string)body["TableMappings"]!)!["rules"]![0]!["rule-action"]!);
        Assert.DoesNotContain("secret", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_mappings_may_stand_in_a_file()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"rules":[1]}""", TestContext.Current.CancellationToken);

        await ConsoleRun.AtAsync(gateway, "create", "--identifier", "one", "--source", "arn:a", "--target", "arn:b", "--table-mappings", "file://" + file);

        File.Delete(file);
        Assert.Equal("""{"rules":[1]}""", (string)gateway.Calls.Last().Body["TableMappings"]!);
    }

    [Theory]
    [InlineData("cdc", false, "start-replication")]
    [InlineData("cdc", true, "resume-processing")]
    [InlineData("full-load", true, "reload-target")]
    public async Task Start_chooses_the_type_that_fits(string type, bool ran, string expected)
    {
        await using var gateway = await FakeGateway.StartAsync();
        var replication = gateway.Add("one", type);
        if (ran)
        {
            replication.Walk((_, s) => s);
        }

        var run = await ConsoleRun.AtAsync(gateway, "start", "one");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(expected, (string)gateway.Calls.Last().Body["StartReplicationType"]!);
    }

    [Fact]
    public async Task What_is_refused_for_one_is_done_for_the_others_and_exits_254()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var other = gateway.Add("other");

        var run = await ConsoleRun.AtAsync(gateway, "start", "absent", "other");

        Assert.Equal(254, run.ExitCode);
        Assert.Contains("absent: An error occurred (ResourceNotFoundFault) when calling the DescribeReplications operation: There is no 'absent'.", run.Error, StringComparison.Ordinal);
        Assert.Equal("running", other.Status);
        Assert.Equal("other  running", run.Out.TrimEnd());
    }

    [Fact]
    public async Task A_fault_goes_to_stderr_with_its_code_and_message()
    {
        await using var gateway = await FakeGateway.StartAsync();

        var aws = await ConsoleRun.AtAsync(gateway, "describe", "absent");
        var api = await ConsoleRun.AtAsync(gateway, "history", "absent");

        Assert.Equal((254, ""), (aws.ExitCode, aws.Out));
        Assert.Equal("dms: An error occurred (ResourceNotFoundFault) when calling the DescribeReplications operation: There is no 'absent'.", aws.Error.TrimEnd());
        Assert.Equal((254, ""), (api.ExitCode, api.Out));
        Assert.Contains("(ResourceNotFoundFault)", api.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_whose_store_is_away_is_asked_again()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Refuse = (_, before) => before < 2 ? (503, """{"__type":"ServiceUnavailable","message":"the store is away"}""") : null;

        var run = await ConsoleRun.AtAsync(gateway, "endpoint", "list");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, gateway.Calls.Count);
    }

    [Fact]
    public async Task Nobody_there_exits_255()
    {
        Uri url;
        await using (var gateway = await FakeGateway.StartAsync())
        {
            url = gateway.Url;
        }

        var run = await ConsoleRun.Async("list", "--endpoint-url", url.ToString());

        Assert.Equal(255, run.ExitCode);
        Assert.StartsWith($"dms: Could not connect to the endpoint URL \"{url}\"", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_that_answers_exits_255()
    {
        await using var gateway = await FakeGateway.StartAsync();

        var run = await ConsoleRun.Async("list", "--endpoint-url", $"{gateway.Url}elsewhere");

        Assert.Equal(255, run.ExitCode);
        Assert.Contains("HTTP 404", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_tables_and_history_show_what_the_service_tells()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var replication = gateway.Add("one");
        replication.Walk((_, s) => s);

        var describe = await ConsoleRun.AtAsync(gateway, "describe", "one");
        var json = JsonNode.Parse((await ConsoleRun.AtAsync(gateway, "describe", replication.Arn, "--output", "json")).Out)!;
        var tables = await ConsoleRun.AtAsync(gateway, "tables", "one");
        var history = await ConsoleRun.AtAsync(gateway, "history", "one", "--after", "7");

        Assert.Matches("(?m)^status +running$", describe.Out);
        Assert.Contains("2025-06-15T15:06:40.123Z", describe.Out, StringComparison.Ordinal);
        Assert.Equal(["Replication", "ReplicationConfig", "Progress"], json.AsObject().Select(m => m.Key));
        Assert.Contains("public.t1  Table completed  42", tables.Out, StringComparison.Ordinal);
        var lines = history.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("9    1    running               phase-completed  2026-03-01T12:00:09.000Z  5 ms", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_says_a_line_on_a_pipe()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Add("one").Walk((_, s) => s);
        gateway.Add("two");

        var fleet = await ConsoleRun.AtAsync(gateway, "watch", "--once");
        var one = await ConsoleRun.AtAsync(gateway, "watch", "one", "--once");
        var json = await ConsoleRun.AtAsync(gateway, "watch", "--once", "--output", "json");

        Assert.Equal("total=2 created=1 running=1", fleet.Out.TrimEnd());
        Assert.Equal("one status=running run=1 sequence=9", one.Out.TrimEnd());
        Assert.Equal(1, (int)JsonNode.Parse(json.Out)!["byStatus"]!["running"]!);
    }

    [Fact]
    public async Task Watch_ends_with_130_when_interrupted()
    {
        await using var gateway = await FakeGateway.StartAsync();
        using var interruption = new DmsOrleans.Cli.Interruption();
        var environment = new Dictionary<string, string> { ["AWS_ENDPOINT_URL"] = gateway.Url.ToString() };

        var watching = ConsoleRun.AsAsync(environment, "", ["watch", "--interval", "1h"], interruption: interruption);
        interruption.Cancel();

        var run = await watching;
        Assert.Equal(130, run.ExitCode);
        Assert.Equal("dms: interrupted", run.Error.TrimEnd());
    }

    [Fact]
    public async Task The_shell_runs_a_script_from_a_pipe_with_the_options_it_was_opened_with()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Add("one");
        const string Script = """
            # a comment
            start "one"
            watch one --once

            list --status 'running' --output json
            nonsense
            exit
            start one
            """;

        var run = await ConsoleRun.AsAsync(new Dictionary<string, string>(), Script, ["shell", "--endpoint-url", gateway.Url.ToString()]);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("one  running", run.Out, StringComparison.Ordinal);
        Assert.Contains("one status=running run=1", run.Out, StringComparison.Ordinal);
        Assert.Contains("\"identifier\": \"one\"", run.Out, StringComparison.Ordinal);
        Assert.Contains("'nonsense'", run.Error, StringComparison.Ordinal);
        Assert.Single(gateway.Calls, c => c.Operation == "StartReplication");
    }
}
