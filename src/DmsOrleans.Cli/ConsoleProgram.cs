using System.CommandLine;
using System.CommandLine.Invocation;
using DmsOrleans.Cli.Commands;
using DmsOrleans.Cli.Node;

namespace DmsOrleans.Cli;

/// <summary>The console: parses a command line, runs the command, and turns every end of it into a line and an exit code.</summary>
internal sealed class ConsoleProgram
{
    private readonly Terminal terminal;
    private readonly Interruption interruption;
    private readonly RootCommand root;

    /// <summary>A console.</summary>
    /// <param name="terminal">Where it reads and writes.</param>
    /// <param name="startNode">Starts a node inside this process, for <c>up</c> and <c>load</c>.</param>
    /// <param name="interruption">Ctrl-C.</param>
    public ConsoleProgram(Terminal terminal, NodeStarter startNode, Interruption interruption)
    {
        this.terminal = terminal;
        this.interruption = interruption;
        var host = new CommandHost(terminal, startNode);
        root = DmsCommand.Create(host, this);
    }

    /// <summary>The commands and their options.</summary>
    public RootCommand Root => root;

    /// <summary>Ctrl-C, for the shell, which outlives the commands it runs.</summary>
    public Interruption Interruption => interruption;

    /// <summary>Runs one command line; answers one of <see cref="ExitCodes"/>.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var parse = root.Parse(args);
        if (parse.Action is ParseErrorAction)
        {
            return Refuse(parse);
        }

        // Signals are ours: the library's own handling would end the process two seconds after the first.
        var invocation = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parse.InvokeAsync(invocation, interruption.Token);
        }
        catch (ConsoleException expected)
        {
            return Report(expected.Message, expected.ExitCode);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return Report("interrupted", interruption.ExitCode);
        }
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
        {
            return Report($"unexpected {unexpected.GetType().Name}: {unexpected.Message}", ExitCodes.Failed);
        }
    }

    private int Refuse(ParseResult parse)
    {
        foreach (var error in parse.Errors)
        {
            terminal.Error.WriteLine($"dms: {error.Message}");
        }

        var path = string.Join(' ', PathTo(parse.CommandResult.Command));
        terminal.Error.WriteLine($"Try '{path} --help'.");
        return ExitCodes.Usage;
    }

    private static IEnumerable<string> PathTo(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? ["dms"] : PathTo(parent).Append(command.Name);
    }

    private int Report(string message, int exitCode)
    {
        terminal.Error.WriteLine($"dms: {message}");
        return exitCode;
    }
}
