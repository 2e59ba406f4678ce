using System.Diagnostics;

namespace DmsOrleans.Tests.Clients;

/// <summary>What a process left behind.</summary>
internal sealed record Ran(int ExitCode, string Out, string Error)
{
    /// <summary>Itself, when it ended well; otherwise a failed test with all it said.</summary>
    public Ran Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Out}\n{Error}");
        return this;
    }
}

/// <summary>A process that a test starts, talks to, and never leaves behind.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process process;
    private readonly Task<string> error;

    private ChildProcess(Process process)
    {
        this.process = process;
        error = process.StandardError.ReadToEndAsync();
    }

    public int Id => process.Id;

    public StreamReader Out => process.StandardOutput;

    public static ChildProcess Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>Runs one to its end.</summary>
    public static async Task<Ran> RunAsync(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string input = "")
    {
        await using var child = Start(file, arguments, environment);
        await child.process.StandardInput.WriteAsync(input);
        child.process.StandardInput.Close();
        return await child.EndAsync();
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<Ran> EndAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var output = await Out.ReadToEndAsync(cancellation).WaitAsync(Patience, TimeProvider.System, cancellation);
        await process.WaitForExitAsync(cancellation).WaitAsync(Patience, TimeProvider.System, cancellation);
        return new Ran(process.ExitCode, output, await error);
    }

    /// <summary>Sends it a signal by name, as <c>kill</c> does.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
    }
}
