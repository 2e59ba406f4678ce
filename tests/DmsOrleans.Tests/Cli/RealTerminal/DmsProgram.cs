using System.Globalization;
using DmsOrleans.Tests.Clients;

namespace DmsOrleans.Tests.Cli.RealTerminal;

/// <summary>The built console, as a process of its own.</summary>
internal static class DmsProgram
{
    private static readonly Dictionary<string, string?> Environment = new()
    {
        ["TERM"] = "xterm-256color", ["NO_COLOR"] = null, ["AWS_DEFAULT_OUTPUT"] = null, ["AWS_REGION"] = null, ["AWS_DEFAULT_REGION"] = null,
        ["AWS_ENDPOINT_URL"] = null, ["AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE"] = null,
    };

    private static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "dms.dll");

    // The runtime these tests run on, wherever it is installed.
    private static string Dotnet => System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Its output and input are pipes.</summary>
    public static Task<Ran> RunAsync(string input, params string[] arguments) => ChildProcess.RunAsync(Dotnet, [Path, .. arguments], Environment, input);

    /// <summary>It goes on until it is told to end; by SIGINT too, even when these tests were started in the background, where shells have it ignored.</summary>
    public static ChildProcess Start(params string[] arguments) => OperatingSystem.IsLinux()
        ? ChildProcess.Start("env", ["--default-signal=INT", Dotnet, Path, .. arguments], Environment)
        : ChildProcess.Start(Dotnet, [Path, .. arguments], Environment);

    /// <summary>It has a terminal of 120 columns and 40 rows, whose output is answered as it came.</summary>
    public static Task<Ran> RunOnTerminalAsync(params string[] arguments)
    {
        var script = Needs.Program("script", "install util-linux (Debian: bsdutils).");
        var command = string.Create(CultureInfo.InvariantCulture, $"stty cols 120 rows 40; exec {string.Join(' ', ((string[])[Dotnet, Path, .. arguments]).Select(Quoted))}");
        return ChildProcess.RunAsync(script, ["-qec", command, "/dev/null"], Environment);
    }

    /// <summary>Starts a node on a free port and answers it with its URL, once it has said that it is ready.</summary>
    public static async Task<(ChildProcess Node, string Url)> UpAsync(params string[] arguments)
    {
        var node = Start(["up", "--port", "0", "--no-dashboard", .. arguments]);
        var line = await node.Out.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("ready: http://127.0.0.1:", line, StringComparison.Ordinal);
        return (node, line!.Split(' ')[1]);
    }

    private static string Quoted(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
