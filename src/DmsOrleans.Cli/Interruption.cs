using System.Runtime.InteropServices;

namespace DmsOrleans.Cli;

/// <summary>
/// Turns Ctrl-C and SIGTERM into cancellation, so that commands end in their own words. A second Ctrl-C during the same command
/// ends the process the hard way.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly List<PosixSignalRegistration> registrations = [];
    private CancellationTokenSource source = new();

    /// <summary>Cancelled by the first signal since the last <see cref="Reset"/>.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Whether SIGTERM came, after which nothing new is begun.</summary>
    public bool Terminated { get; private set; }

    /// <summary>The exit code of a command that a signal ended.</summary>
    public int ExitCode => Terminated ? ExitCodes.Terminated : ExitCodes.Interrupted;

    /// <summary>Listens to the signals of this process.</summary>
    public static Interruption OfProcess()
    {
        var interruption = new Interruption();
        interruption.registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, c => c.Cancel = interruption.Cancel()));
        interruption.registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, c =>
        {
            interruption.Terminated = true;
            c.Cancel = interruption.Cancel();
        }));
        return interruption;
    }

    /// <summary>Makes ready for the next command of a shell.</summary>
    public void Reset()
    {
        if (source.IsCancellationRequested && !Terminated)
        {
            source.Dispose();
            source = new CancellationTokenSource();
        }
    }

    /// <summary>As Ctrl-C does. Answers whether this was the first time.</summary>
    public bool Cancel()
    {
        if (source.IsCancellationRequested)
        {
            return false;
        }

        source.Cancel();
        return true;
    }

    /// <summary>Signals have their usual effect again.</summary>
    public void Dispose()
    {
        registrations.ForEach(r => r.Dispose());
        source.Dispose();
    }
}
