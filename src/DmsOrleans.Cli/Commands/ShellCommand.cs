using System.CommandLine;
using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Shell;

namespace DmsOrleans.Cli.Commands;

/// <summary><c>dms shell</c>: the same commands at a prompt; from a pipe, a script of them.</summary>
internal static class ShellCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CommandHost host, ConsoleProgram program)
    {
        var command = new Command("shell", "A prompt for the same commands, with history and completion");
        command.SetAction((parse, _) => new InteractiveShell(host, program, parse).RunAsync());
        return command;
    }
}

/// <summary>Runs the commands that are typed, one after the other, until <c>exit</c>, Ctrl-D, or the end of the pipe.</summary>
internal sealed class InteractiveShell
{
    private const string Prompt = "dms> ";
    private readonly CommandHost host;
    private readonly ConsoleProgram program;
    private readonly ParseResult opened;
    private readonly Terminal terminal;

    /// <summary>A shell whose commands inherit the options the shell was opened with.</summary>
    public InteractiveShell(CommandHost host, ConsoleProgram program, ParseResult opened)
    {
        this.host = host;
        this.program = program;
        this.opened = opened;
        terminal = host.Terminal;
    }

    /// <summary>Runs it; the exit code is that of the last command.</summary>
    public Task<int> RunAsync() => terminal is { InIsTerminal: true, OutIsTerminal: true } ? PromptAsync() : ScriptAsync();

    private async Task<int> PromptAsync()
    {
        var editor = new LineEditor(Prompt, ReadKey, terminal.Out, () => Console.WindowWidth, CompleteAsync);
        terminal.Out.WriteLine("dms shell: --help lists the commands, Tab completes, exit or Ctrl-D ends.");
        var exitCode = ExitCodes.Ok;
        while (!program.Interruption.Terminated)
        {
            var (line, end) = await editor.ReadAsync();
            if (end == LineEnd.Closed || (end == LineEnd.Entered && IsExit(line)))
            {
                return exitCode;
            }

            if (end == LineEnd.Entered)
            {
                exitCode = await ExecuteAsync(line) ?? exitCode;
            }
        }

        return program.Interruption.ExitCode;
    }

    private async Task<int> ScriptAsync()
    {
        var exitCode = ExitCodes.Ok;
        while (await terminal.In.ReadLineAsync() is { } line && !IsExit(line))
        {
            exitCode = await ExecuteAsync(line) ?? exitCode;
            if (exitCode is ExitCodes.Interrupted or ExitCodes.Terminated)
            {
                return exitCode;
            }
        }

        return exitCode;
    }

    // Null when the line holds no command.
    private async Task<int?> ExecuteAsync(string line)
    {
        IReadOnlyList<string> words;
        try
        {
            words = ShellWords.Split(line);
        }
        catch (UsageException wrong)
        {
            terminal.Error.WriteLine($"dms: {wrong.Message}");
            return wrong.ExitCode;
        }

        if (words.Count == 0 || words[0].StartsWith('#'))
        {
            return null;
        }

        if (words[0] == "shell")
        {
            terminal.Error.WriteLine("dms: this is a shell already.");
            return ExitCodes.Usage;
        }

        program.Interruption.Reset();
        return await program.RunAsync([.. words, .. Inherited(words)]);
    }

    private IEnumerable<string> Inherited(IReadOnlyList<string> words)
    {
        foreach (var option in new[] { host.EndpointUrl, host.Region, host.Output })
        {
            if (opened.GetValue(option) is { } value && !words.Any(w => w == option.Name || w.StartsWith(option.Name + "=", StringComparison.Ordinal)))
            {
                yield return option.Name;
                yield return value;
            }
        }

        if (opened.GetValue(host.NoColor))
        {
            yield return host.NoColor.Name;
        }
    }

    private static bool IsExit(string line) => line.Trim() is "exit" or "quit";

    // While a line is edited, Ctrl-C is a key; while a command runs, it is a signal again.
    private static ConsoleKeyInfo ReadKey()
    {
        Console.TreatControlCAsInput = true;
        try
        {
            return Console.ReadKey(intercept: true);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private async Task<IReadOnlyList<string>> CompleteAsync(string before)
    {
        await RefreshNamesAsync();
        return [.. program.Root.Parse(before).GetCompletions(before.Length).Select(c => c.InsertText ?? c.Label)];
    }

    // Completion must not make anyone wait for a service that is away: the names known before do.
    private async Task RefreshNamesAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(5), terminal.Time);
        using var client = new DmsClient(host.Settings(opened), terminal.Time, connections: 1);
        try
        {
            var page = await client.GetAsync(Paths.Replications([], 1000), ApiJson.Default.ReplicationItemPage, late.Token);
            host.Names.Known = [.. page.Items.Select(i => i.Identifier)];
        }
        catch (Exception away) when (away is OperationCanceledException or ServiceException or ConnectionException)
        {
            // Nothing to say about it while a line is being typed; the command itself will.
        }
    }
}
