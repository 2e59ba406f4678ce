using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Faults;

/// <summary>A node in a process of its own, as <c>dms up</c> starts it, to be killed.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly ConcurrentQueue<string> log = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeProcess(ProcessStartInfo start, int port)
    {
        process = new Process { StartInfo = start };
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };
        Aws = new AwsJsonClient(Http);
    }

    public HttpClient Http { get; }

    public AwsJsonClient Aws { get; }

    /// <summary>From the start of the process to its ready line.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>A port nobody has at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts one and waits until it says that it is ready.</summary>
    public static async Task<NodeProcess> StartAsync(DataDirectory directory, int port, int timeScale)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["Logging__LogLevel__Default"] = "Warning", ["DOTNET_gcServer"] = "0", ["DOTNET_TieredPGO"] = "0" },
        };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "dms.dll"), "up", "--data", directory.Path, "--no-dashboard",
            "--port", port.ToString(CultureInfo.InvariantCulture), "--time-scale", timeScale.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var node = new NodeProcess(start, port);
        await node.BeReadyAsync();
        return node;
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
        Http.Dispose();
    }

    private async Task BeReadyAsync()
    {
        var clock = Stopwatch.StartNew();
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(ReadyWithin, TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            await DisposeAsync();
            Assert.Fail($"The node did not become ready in {clock.Elapsed.TotalSeconds:0} s; it said:\n{string.Join('\n', log)}");
        }

        ReadyAfter = clock.Elapsed;
    }

    private void Read(string? line)
    {
        Keep(line);
        if (line is null)
        {
            ready.TrySetException(new InvalidOperationException("The process ended."));
        }
        else if (line.StartsWith("ready:", StringComparison.Ordinal))
        {
            ready.TrySetResult();
        }
    }

    private void Keep(string? line)
    {
        if (line is not null && log.Count < 200)
        {
            log.Enqueue(line);
        }
    }
}
