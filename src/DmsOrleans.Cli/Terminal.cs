using Spectre.Console;

namespace DmsOrleans.Cli;

/// <summary>The streams, the environment and the clock a command runs with: those of the process, or a test's own.</summary>
internal sealed class Terminal
{
    /// <summary>What is typed or piped in.</summary>
    public required TextReader In { get; init; }

    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Errors, logs, and progress when results are JSON.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether <see cref="In"/> is a person's keyboard.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Whether <see cref="Out"/> is a screen that can be redrawn.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether <see cref="Error"/> is a screen that can be redrawn.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>An environment variable; null when unset.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Those of this process.</summary>
    public static Terminal OfProcess()
    {
        var dumb = System.Environment.GetEnvironmentVariable("TERM") is "dumb";
        return new Terminal
        {
            In = Console.In,
            Out = Console.Out,
            Error = Console.Error,
            InIsTerminal = !Console.IsInputRedirected && !dumb,
            OutIsTerminal = !Console.IsOutputRedirected && !dumb,
            ErrorIsTerminal = !Console.IsErrorRedirected && !dumb,
            Environment = System.Environment.GetEnvironmentVariable,
        };
    }

    /// <summary>Draws on <see cref="Out"/>, or on <see cref="Error"/> where results must stay alone.</summary>
    public IAnsiConsole CreateConsole(bool color, bool onError = false)
    {
        var screen = onError ? ErrorIsTerminal : OutIsTerminal;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(onError ? Error : Out),
            Ansi = screen ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = screen && color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            // The enrichers turn colours on for CI systems; here only a terminal has them.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!screen)
        {
            console.Profile.Width = WideEnough;
        }

        return console;
    }

    // A pipe has no edge to wrap at.
    private const int WideEnough = 500;
}
