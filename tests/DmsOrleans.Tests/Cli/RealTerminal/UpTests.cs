using System.Text.Json;
using DmsOrleans.Tests.Clients;

namespace DmsOrleans.Tests.Cli.RealTerminal;

/// <summary><c>dms up</c> as its users' scripts see it: a line when it is ready, an exit code when it has ended.</summary>
public sealed class UpTests
{
    [Theory, InlineData("INT"), InlineData("TERM")]
    public async Task A_signal_ends_a_node_in_order(string signal)
    {
        var (node, url) = await DmsProgram.UpAsync("--in-memory");
        await using var running = node;
        using var http = new HttpClient();
        Assert.Contains("Healthy", await http.GetStringAsync(new Uri(url + "/health/ready"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await node.SignalAsync(signal);
        var ran = await node.EndAsync();
        Assert.True(ran.ExitCode == 0, ran.Error);
        Assert.Equal("", ran.Out);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new Uri(url + "/health/live"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_in_one_line()
    {
        var (node, url) = await DmsProgram.UpAsync("--in-memory");
        await using var running = node;
        var port = new Uri(url).Port;
        var refused = await DmsProgram.RunAsync("", "up", "--in-memory", "--port", $"{port}");
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal("", refused.Out);
        Assert.StartsWith($"dms: cannot listen on 127.0.0.1:{port}: ", Assert.Single(refused.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_was_given_a_key_takes_no_other()
    {
        var (node, url) = await DmsProgram.UpAsync("--in-memory", "--access-key", "AKIDOWNER", "--secret-key", "owner's");
        await using var running = node;
        var refused = await DmsProgram.RunAsync("", "list", "--endpoint-url", url);
        Assert.Equal(254, refused.ExitCode);
        Assert.Contains("(UnrecognizedClientException)", refused.Error, StringComparison.Ordinal);
        var half = await DmsProgram.RunAsync("", "up", "--in-memory", "--access-key", "AKIDOWNER");
        Assert.Equal(2, half.ExitCode);
        Assert.Contains("--access-key and --secret-key must be given together.", half.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_list_prints_as_JSON_is_JSON_and_a_shell_runs_the_lines_of_a_pipe()
    {
        var (node, url) = await DmsProgram.UpAsync("--in-memory", "--time-scale", "36000");
        await using var running = node;
        var script = string.Join('\n', "endpoint create --help", "# a comment", "list", "describe nothing-there");
        var shell = await DmsProgram.RunAsync(script, "shell", "--endpoint-url", url);
        Assert.Contains("Usage:", shell.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', shell.Out);
        Assert.StartsWith("dms: An error occurred (ResourceNotFoundFault)", Assert.Single(shell.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(254, shell.ExitCode);

        (await DmsProgram.RunAsync("", "load", "--replications", "3", "--type", "cdc", "--endpoint-url", url)).Succeeded();
        var listed = (await DmsProgram.RunAsync("", "list", "--output", "json", "--endpoint-url", url)).Succeeded().Out;
        using var json = JsonDocument.Parse(listed);
        Assert.Equal(3, json.RootElement.EnumerateObject().Select(p => p.Value).First(v => v.ValueKind == JsonValueKind.Array).GetArrayLength());
    }
}
