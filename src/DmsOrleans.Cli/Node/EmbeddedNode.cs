using System.Net;
using System.Net.Sockets;
using DmsOrleans.Gateway;
using DmsOrleans.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Cli.Node;

/// <summary>Silo, gateway and dashboard in this process, on loopback.</summary>
internal sealed class EmbeddedNode : INode
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(50);
    private readonly WebApplication app;

    private EmbeddedNode(WebApplication app)
    {
        this.app = app;
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <inheritdoc/>
    public Uri Url { get; }

    /// <summary>Starts it; see <see cref="NodeStarter"/>.</summary>
    public static async Task<INode> StartAsync(NodeSettings settings, CancellationToken cancellationToken)
    {
        CheckPort(settings.Port);
        CheckDirectory(settings.DataDirectory);
        var app = Build(settings);
        try
        {
            // Before the host does, which would log a stack trace in front of the one line that says what is wrong.
            app.Services.GetService<IStartupValidator>()?.Validate();
            await app.StartAsync(cancellationToken);
            var node = new EmbeddedNode(app);
            await WaitUntilReadyAsync(node.Url, cancellationToken);
            return node;
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or ConsoleException))
        {
            await app.DisposeAsync();
            throw new OperationFailedException($"the node did not start: {failure.GetBaseException().Message}", failure);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static WebApplication Build(NodeSettings settings)
    {
        // Where the command was typed must not matter: no appsettings.json of the current directory is read.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, settings.Port));
        builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = DefaultLevels(settings.Quiet) });
        // The console has Ctrl-C; the host's own handling would stop the node under a load that is still ending.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Configuration.AddInMemoryCollection(GatewaySettingsOf(settings));
        builder.AddSilo(SiloSettingsOf(settings));
        builder.Services.AddGateway();
        var app = builder.Build();
        app.MapSilo();
        app.MapGateway();
        return app;
    }

    // Defaults below everything else: Logging__LogLevel__* in the environment says otherwise. A line per request is not one per transition.
    private static Dictionary<string, string?> DefaultLevels(bool quiet) => new()
    {
        ["Logging:LogLevel:Default"] = quiet ? "Warning" : "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Orleans"] = "Warning",
        ["Logging:LogLevel:Polly"] = "Warning",
    };

    // The command line wins over configuration, which stays in force for what it does not say.
    private static IEnumerable<KeyValuePair<string, string?>> GatewaySettingsOf(NodeSettings settings)
    {
        var given = new Dictionary<string, string?>
        {
            [nameof(GatewayOptions.Credentials)] = settings.CredentialsFile,
            [nameof(GatewayOptions.AccessKey)] = settings.AccessKey,
            [nameof(GatewayOptions.SecretKey)] = settings.SecretKey,
            [nameof(GatewayOptions.AccountId)] = settings.AccountId,
            [nameof(GatewayOptions.Throttling)] = settings.Throttling?.ToString(),
        };
        return given.Where(s => s.Value is not null).Select(s => KeyValuePair.Create($"{GatewayOptions.Section}:{s.Key}", s.Value));
    }

    private static SiloSettings SiloSettingsOf(NodeSettings settings) => new()
    {
        DataDirectory = settings.DataDirectory,
        InMemory = settings.InMemory,
        TimeScale = settings.TimeScale,
        Dashboard = settings.Dashboard,
        Seed = settings.Seed,
        CapacityPoolUnits = settings.CapacityPoolUnits,
        PollSafe = settings.PollSafe,
    };

    // Asked before the silo starts: Kestrel would say so only after everything else is up.
    private static void CheckPort(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException refused)
        {
            throw new OperationFailedException($"cannot listen on 127.0.0.1:{port}: {refused.Message} (another node? choose another --port)", refused);
        }
    }

    private static void CheckDirectory(string? directory)
    {
        if (directory is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(directory);
            using var probe = new FileStream(
                Path.Combine(directory, $".probe-{Environment.ProcessId}"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new OperationFailedException($"cannot keep data in {directory}: {refused.Message}", refused);
        }
    }

    private static async Task WaitUntilReadyAsync(Uri url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var late = new CancellationTokenSource(ReadyWithin);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            while (true)
            {
                using var answer = await http.GetAsync(new Uri(url, "health/ready"), either.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                await Task.Delay(ReadyPoll, TimeProvider.System, either.Token);
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new OperationFailedException($"the node was not ready within {ReadyWithin.TotalSeconds:0} s.");
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
