using System.Diagnostics;

namespace DmsOrleans.Tests.Cli;

/// <summary>The real process: redrawn on a terminal, plain on a pipe, ended by signals. The terminal is made by util-linux's script.</summary>
public sealed class PseudoTerminalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_load_draws_bars_on_a_terminal()
    {
        await using var gateway = await FakeGateway.StartAsync();

        var (exitCode, screen) = await OnTerminalAsync($"load --endpoint-url {gateway.Url} --replications 200", "");

        Assert.True(exitCode == 0, screen);
        Assert.Contains("█", screen, StringComparison.Ordinal);
        Assert.Contains("\x1b[", screen, StringComparison.Ordinal);
        Assert.Contains("VERDICT: passed", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_says_lines_on_a_pipe()
    {
        await using var gateway = await FakeGateway.StartAsync();

        using var process = Start(Console(), $"load --endpoint-url {gateway.Url} --replications 50");
        var (exitCode, output) = await EndAsync(process, "");

        Assert.True(exitCode == 0, output);
        Assert.Contains("commands=", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\x1b", output, StringComparison.Ordinal);
        Assert.DoesNotContain("█", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--no-color", "")]
    [InlineData("", "NO_COLOR=1 ")]
    public async Task A_terminal_without_colours_gets_none(string option, string variable)
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Add("one");

        var plain = await OnTerminalAsync($"list --endpoint-url {gateway.Url} {option}", "", variable);
        var coloured = await OnTerminalAsync($"list --endpoint-url {gateway.Url}", "");

        Assert.DoesNotContain("[90m", plain.Screen, StringComparison.Ordinal);
        Assert.Contains("\x1b[", coloured.Screen, StringComparison.Ordinal);
        Assert.Contains("╭", plain.Screen, StringComparison.Ordinal);
        Assert.NotEqual(plain.Screen, coloured.Screen);
    }

    [Fact]
    public async Task The_shell_completes_names_recalls_lines_and_ends_with_its_last_exit_code()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Add("replication-of-orders");

        // Tab completes the command and the name; the arrow brings the line back.
        var (exitCode, screen) = await OnTerminalAsync($"shell --endpoint-url {gateway.Url}", "desc\treplication-of\t\r\u001b[A\rexit\r");

        Assert.True(exitCode == 0, screen);
        Assert.Equal(4, gateway.Calls.Count(c => c.Operation is "DescribeReplications" or "DescribeReplicationConfigs"));
    }

    [Fact]
    public async Task Ctrl_C_ends_a_watch_with_130()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Add("one");
        using var process = Start(Console(), $"watch --endpoint-url {gateway.Url}");
        Assert.Equal("total=1 created=1", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        using var kill = Process.Start("kill", $"-INT {process.Id}");
        var (exitCode, _) = await EndAsync(process, "");

        Assert.Equal(130, exitCode);
    }

    private static async Task<(int ExitCode, string Screen)> OnTerminalAsync(string arguments, string typed, string variables = "")
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "util-linux's script makes the pseudo-terminal; it is not installed.");
        using var process = Start("/usr/bin/script", "-qec", $"stty cols 120 rows 40; {variables}TERM=xterm-256color '{Console()}' {arguments}", "/dev/null");
        return await EndAsync(process, typed);
    }

    private static async Task<(int ExitCode, string Output)> EndAsync(Process process, string typed)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Patience);
        var output = process.StandardOutput.ReadToEndAsync(late.Token);
        var error = process.StandardError.ReadToEndAsync(late.Token);
        await process.StandardInput.WriteAsync(typed);
        await process.StandardInput.FlushAsync(late.Token);
        try
        {
            await process.WaitForExitAsync(late.Token);
            return (process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}' did not end within {Patience}.");
        }
    }

    private static Process Start(string file, params string[] arguments)
    {
        var words = arguments.Length == 1 ? arguments[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) : arguments;
        var start = new ProcessStartInfo(file, words) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal) || k is "NO_COLOR").ToList())
        {
            start.Environment.Remove(variable);
        }

        return Process.Start(start)!;
    }

    private static string Console() => Path.Combine(AppContext.BaseDirectory, "dms");
}
