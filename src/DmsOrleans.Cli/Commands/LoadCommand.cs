using System.CommandLine;
using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Load;
using DmsOrleans.Cli.Node;

namespace DmsOrleans.Cli.Commands;

/// <summary><c>dms load</c>: drives many replications, judges every one, exits 1 when one is not as it must be.</summary>
internal static class LoadCommand
{
    private static readonly string[] Types = ["full-load", "cdc", "full-load-and-cdc", "mix"];

    /// <summary>The command.</summary>
    public static Command Create(CommandHost host)
    {
        var replications = Parameters.Number("--replications", 2000, 1, 1_000_000, "How many");
        var rate = Parameters.Number("--rate", 0, 0, 1_000_000, "Commands a second; 0 is as fast as the node answers");
        var concurrency = Parameters.Number("--concurrency", 64, 1, 10_000, "Requests on their way at once");
        var scale = Parameters.Scale(3600);
        var seed = Parameters.Number("--seed", 1, 0, int.MaxValue, "Same seed, same mix; on an embedded node the same walks");
        var type = new Option<string>("--type") { HelpName = "type", DefaultValueFactory = _ => "mix", Description = string.Join(", ", Types) };
        Parameters.OneOf(type, Types);
        var stopAfter = Parameters.Span("--stop-after", "Stop those with change capture after running so long, in real time [default: let them run]");
        var timeout = Parameters.Span("--timeout", "Those not at their end by then count as stuck [default: 5m]");
        var report = Parameters.Optional("--report", "dir", "Write report.json there");
        var inMemory = new Option<bool>("--in-memory") { Description = "Let the embedded node keep nothing on disk" };
        var command = new Command("load", "Drive many replications through their walks and judge every history (without --endpoint-url on an embedded node)")
        {
            replications, rate, concurrency, scale, seed, type, stopAfter, timeout, report, inMemory,
        };
        command.SetAction(host.Action((session, parse, cancellationToken) => RunAsync(
            session,
            new LoadOptions
            {
                Replications = parse.GetValue(replications),
                Rate = parse.GetValue(rate),
                Concurrency = parse.GetValue(concurrency),
                Seed = parse.GetValue(seed),
                Type = parse.GetValue(type)!,
                StopAfter = parse.GetValue(stopAfter),
                Timeout = parse.GetValue(timeout) ?? new LoadOptions().Timeout,
            },
            new LoadPlace(host.StartNode, parse.GetValue(scale), parse.GetValue(inMemory), host.Settings(parse), parse.GetValue(host.EndpointUrl) is not null),
            parse.GetValue(report),
            cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(Session session, LoadOptions options, LoadPlace place, string? reportDirectory, CancellationToken cancellationToken)
    {
        using var report = ReportFile.Open(reportDirectory);
        var before = ProcessCost.UpToNow();
        await using var node = await place.OpenAsync(options, cancellationToken);
        using var client = new DmsClient(node.Settings, session.Terminal.Time, options.Concurrency + 4);
        var onError = session.Json;
        var progress = session.Terminal.CreateConsole(session.Color, onError);
        var view = new LoadView(
            progress, onError ? session.Terminal.Error : session.Terminal.Out, onError ? session.Terminal.ErrorIsTerminal : session.Terminal.OutIsTerminal);
        var outcome = await view.ShowAsync(show => new LoadRun(client, options, session.Terminal.Time, show).RunAsync(cancellationToken));

        var interrupted = cancellationToken.IsCancellationRequested;
        var result = LoadReports.Of(outcome, options, node.Name, node.Scale, interrupted, before, ProcessCost.UpToNow());
        report?.Write(LoadReports.ToJson(result));
        Show(session, result, report);
        // A signal wins over the verdict: who pressed Ctrl-C learns from the exit code that this is not the whole.
        cancellationToken.ThrowIfCancellationRequested();
        return result.Verdict.Passed == true ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void Show(Session session, LoadReport result, ReportFile? report)
    {
        if (session.Json)
        {
            session.Terminal.Out.WriteLine(LoadReports.ToJson(result));
            return;
        }

        LoadReportView.Write(session.Results, session.Console, result);
        if (report is not null)
        {
            session.Results.WriteLine($"report: {report.Path}");
        }
    }
}

/// <summary>Where a load takes place: on a node of its own inside this process, or on one that is named.</summary>
internal sealed record LoadPlace(NodeStarter StartNode, TimeScale Scale, bool InMemory, ClientSettings Settings, bool Remote)
{
    /// <summary>Starts the node when it is to be an embedded one.</summary>
    public async Task<OpenLoadPlace> OpenAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        if (Remote)
        {
            return new OpenLoadPlace(Settings, Settings.Endpoint.ToString(), null, null, null);
        }

        var directory = InMemory ? null : Directory.CreateTempSubdirectory("dms-load-");
        try
        {
            var settings = new NodeSettings
            {
                InMemory = InMemory, DataDirectory = directory?.FullName, TimeScale = Scale, Dashboard = false, Seed = options.Seed, Quiet = true,
            };
            var node = await StartNode(settings, cancellationToken);
            return new OpenLoadPlace(Settings with { Endpoint = node.Url }, "embedded", Scale, node, directory);
        }
        catch
        {
            directory?.Delete(recursive: true);
            throw;
        }
    }
}

/// <summary>A place that is open. Disposing stops an embedded node and removes what it kept.</summary>
internal sealed class OpenLoadPlace(ClientSettings settings, string name, TimeScale? scale, INode? node, DirectoryInfo? directory) : IAsyncDisposable
{
    /// <summary>How it is reached.</summary>
    public ClientSettings Settings => settings;

    /// <summary><c>embedded</c>, or its address.</summary>
    public string Name => name;

    /// <summary>The embedded node's time scale; null for another's.</summary>
    public TimeScale? Scale => scale;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (node is not null)
        {
            await node.DisposeAsync();
        }

        directory?.Delete(recursive: true);
    }
}

/// <summary>report.json, opened before the load so that a directory that cannot be written is known at once.</summary>
internal sealed class ReportFile : IDisposable
{
    private readonly StreamWriter writer;

    private ReportFile(string path)
    {
        Path = path;
        writer = new StreamWriter(path);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Opens it, making the directory when it is missing; null without a directory.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static ReportFile? Open(string? directory)
    {
        try
        {
            return directory is null ? null : new ReportFile(System.IO.Path.Combine(Directory.CreateDirectory(directory).FullName, "report.json"));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--report: {refused.Message}");
        }
    }

    /// <summary>Writes it.</summary>
    public void Write(string json)
    {
        writer.WriteLine(json);
        writer.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();
}
