namespace DmsOrleans.Tests.Cli.RealTerminal;

/// <summary>The same load before a person and in a pipe.</summary>
public sealed class LoadOnTerminalTests
{
    private const char Escape = '\u001b';
    private static readonly string[] Load = ["load", "--replications", "30", "--time-scale", "36000", "--in-memory"];

    [Fact]
    public async Task On_a_terminal_a_load_shows_coloured_bars_that_are_redrawn()
    {
        var shown = (await DmsProgram.RunOnTerminalAsync(Load)).Succeeded().Out;
        Assert.Contains($"{Escape}[3", shown, StringComparison.Ordinal);
        Assert.Contains("█", shown, StringComparison.Ordinal);
        Assert.Contains("preparing_metadata_resources", shown, StringComparison.Ordinal);
        Assert.Matches(@"\x1b\[\d+A", shown);
        Assert.Contains("VERDICT: passed", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_pipe_a_load_is_plain_text_and_leaves_errors_empty()
    {
        var ran = (await DmsProgram.RunAsync("", Load)).Succeeded();
        Assert.DoesNotContain(Escape, ran.Out);
        Assert.DoesNotContain("█", ran.Out, StringComparison.Ordinal);
        Assert.Contains("settled=", ran.Out, StringComparison.Ordinal);
        Assert.Contains("VERDICT: passed. 30 histories read back", ran.Out, StringComparison.Ordinal);
        Assert.Equal("", ran.Error);
    }

    [Fact]
    public async Task Without_colours_a_terminal_still_gets_its_bars()
    {
        var shown = (await DmsProgram.RunOnTerminalAsync([.. Load, "--no-color"])).Succeeded().Out;
        Assert.Contains("VERDICT: passed", shown, StringComparison.Ordinal);
        Assert.Contains("█", shown, StringComparison.Ordinal);
        Assert.DoesNotContain($"{Escape}[3", shown, StringComparison.Ordinal);
    }
}
