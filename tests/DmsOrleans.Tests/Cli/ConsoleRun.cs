using DmsOrleans.Cli;
using DmsOrleans.Cli.Node;

namespace DmsOrleans.Tests.Cli;

/// <summary>Runs the console in this process, on a pipe, and keeps what it said.</summary>
internal sealed record ConsoleRun(int ExitCode, string Out, string Error)
{
    /// <summary>Runs it against a gateway, with an environment of its own.</summary>
    public static Task<ConsoleRun> AtAsync(FakeGateway gateway, params string[] args) =>
        AsAsync(new Dictionary<string, string> { ["AWS_ENDPOINT_URL"] = gateway.Url.ToString() }, "", args);

    public static Task<ConsoleRun> Async(params string[] args) => AsAsync(new Dictionary<string, string>(), "", args);

    public static async Task<ConsoleRun> AsAsync(
        IReadOnlyDictionary<string, string> environment, string input, string[] args, NodeStarter? startNode = null, Interruption? interruption = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var signals = interruption ?? new Interruption();
        var terminal = new Terminal
        {
            In = new StringReader(input),
            Out = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            Environment = environment.GetValueOrDefault,
        };
        var program = new ConsoleProgram(terminal, startNode ?? NoNode, signals);
        var exitCode = await program.RunAsync(args);
        return new ConsoleRun(exitCode, output.ToString(), error.ToString());
    }

    private static Task<INode> NoNode(NodeSettings settings, CancellationToken cancellationToken) =>
        throw new OperationFailedException("cannot listen on 127.0.0.1:4566: in use");
}
