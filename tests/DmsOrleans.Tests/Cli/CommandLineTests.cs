using DmsOrleans.Cli.Node;

namespace DmsOrleans.Tests.Cli;

/// <summary>What the parser accepts, and what it says of what it does not.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "", "Required command" },
        { "fly", "'fly'" },
        { "up --port 70000", "--port is '70000'" },
        { "up --port x", "--port is 'x'" },
        { "up --time-scale 0", "--time-scale is '0'" },
        { "up --time-scale fast", "--time-scale is 'fast'" },
        { "up --capacity-pool 0", "--capacity-pool is '0'" },
        { "up --seed -1", "--seed is '-1'" },
        { "up --data d --in-memory", "exclude one another" },
        { "endpoint", "Required command" },
        { "endpoint create --type source", "--identifier" },
        { "endpoint create --identifier a", "--type" },
        { "endpoint create --identifier a --type both", "--type is 'both'" },
        { "endpoint create --identifier a --type source --port 0", "--port is '0'" },
        { "endpoint delete", "'delete'" },
        { "create --source a --target b", "--identifier" },
        { "create --identifier a --target b", "--source" },
        { "create --identifier a --source b", "--target" },
        { "create --identifier a --source b --target c --type some", "--type is 'some'" },
        { "create --identifier a --source b --target c --max-capacity 1000", "--max-capacity is '1000'" },
        { "create --identifier a --source b --target c --min-capacity 0", "--min-capacity is '0'" },
        { "create --identifier a --source b --target c --table-mappings {", "--table-mappings is not JSON" },
        { "create --identifier a --source b --target c --settings file:///no/such/file", "--settings: " },
        { "start", "'start'" },
        { "start a --type again", "--type is 'again'" },
        { "stop", "'stop'" },
        { "delete", "'delete'" },
        { "list --status ready", "--status is 'ready'" },
        { "list --max-items 0", "--max-items is '0'" },
        { "list --output yaml", "--output is 'yaml'" },
        { "list --endpoint-url nowhere", "--endpoint-url is 'nowhere'" },
        { "list --endpoint-url ftp://x", "--endpoint-url is 'ftp://x'" },
        { "describe", "'describe'" },
        { "tables", "'tables'" },
        { "history", "'history'" },
        { "history a --after -1", "--after is '-1'" },
        { "watch a b", "'b'" },
        { "watch --interval 0", "--interval is '0'" },
        { "load --replications 0", "--replications is '0'" },
        { "load --rate -1", "--rate is '-1'" },
        { "load --concurrency 0", "--concurrency is '0'" },
        { "load --time-scale x", "--time-scale is 'x'" },
        { "load --seed x", "--seed is 'x'" },
        { "load --type all", "--type is 'all'" },
        { "load --stop-after soon", "--stop-after is 'soon'" },
        { "load --timeout never", "--timeout is 'never'" },
        { "load --report /proc/none/here", "--report: " },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_is_named_on_stderr_with_exit_code_2(string line, string named)
    {
        var run = await ConsoleRun.AsAsync(new Dictionary<string, string>(), "", Words(line), (_, _) => throw new InvalidOperationException("no node is to be started"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("up", "--port", "--data", "--in-memory", "--time-scale", "--no-dashboard", "--seed", "--capacity-pool")]
    [InlineData("endpoint create", "--identifier", "--type", "--engine", "--server", "--port", "--database", "--username", "--password", "--settings")]
    [InlineData("create", "--identifier", "--source", "--target", "--type", "--table-mappings", "--min-capacity", "--max-capacity", "--settings", "--supplemental-settings")]
    [InlineData("start", "--type", "--cdc-start-position", "--cdc-stop-position")]
    [InlineData("list", "--status", "--max-items")]
    [InlineData("history", "--after")]
    [InlineData("watch", "--once", "--interval")]
    [InlineData("load", "--replications", "--rate", "--concurrency", "--time-scale", "--seed", "--type", "--stop-after", "--report", "--timeout", "--in-memory")]
    [InlineData("stop")]
    [InlineData("delete")]
    [InlineData("describe")]
    [InlineData("tables")]
    [InlineData("shell")]
    public async Task Every_command_describes_its_own_options_and_the_common_ones(string command, params string[] options)
    {
        var run = await ConsoleRun.Async([.. Words(command), "--help"]);

        Assert.Equal(0, run.ExitCode);
        Assert.All([.. options, "--endpoint-url", "--region", "--output", "--no-color"], o => Assert.Contains(o, run.Out, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Up_passes_its_options_to_the_node_and_says_one_ready_line()
    {
        NodeSettings? asked = null;
        using var interruption = new DmsOrleans.Cli.Interruption();
        var run = await ConsoleRun.AsAsync(
            new Dictionary<string, string>(), "", Words("up --port 4321 --in-memory --time-scale infinite --no-dashboard --seed 9 --capacity-pool 64"),
            (settings, _) =>
            {
                asked = settings;
                interruption.Cancel();
                return Task.FromResult<INode>(new NodeStub());
            },
            interruption);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(new NodeSettings { Port = 4321, InMemory = true, TimeScale = TimeScale.Infinite, Dashboard = false, Seed = 9, CapacityPoolUnits = 64 }, asked);
        var line = Assert.Single(run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("ready: http://127.0.0.1:4321 ", line, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task A_node_that_cannot_start_is_one_line_and_exit_code_1()
    {
        var run = await ConsoleRun.Async("up");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("dms: cannot listen on 127.0.0.1:4566: in use", Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task What_was_not_expected_is_one_line_without_a_stack_trace()
    {
        var run = await ConsoleRun.AsAsync(new Dictionary<string, string>(), "", ["up"], (_, _) => throw new InvalidOperationException("odd"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("dms: unexpected InvalidOperationException: odd", run.Error.TrimEnd());
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private sealed class NodeStub : INode
    {
        public Uri Url { get; } = new("http://127.0.0.1:4321/");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
