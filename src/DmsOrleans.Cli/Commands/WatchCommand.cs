using System.CommandLine;
using System.Text.Json.Nodes;
using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DmsOrleans.Cli.Commands;

/// <summary><c>dms watch</c>: the fleet, or one replication's phases, until Ctrl-C.</summary>
internal static class WatchCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CommandHost host)
    {
        var name = Parameters.WithNames(new Argument<string?>("replication") { Description = "Identifier or ARN; without it, all of them", Arity = ArgumentArity.ZeroOrOne }, host);
        var once = new Option<bool>("--once") { Description = "Show it once and end" };
        var interval = Parameters.Span("--interval", "Time between two looks [default: 1s]");
        var command = new Command("watch", "Watch all replications, or the phases of one") { name, once, interval };
        command.SetAction(host.Action(async (session, parse, cancellationToken) =>
        {
            IWatched watched = parse.GetValue(name) is { } one ? new WatchedReplication(session.Client, one, session.Terminal.Time) : new WatchedFleet(session.Client);
            if (session.Json && parse.GetValue(once))
            {
                await watched.LookAsync(cancellationToken);
                session.Results.WriteJson(watched.Json());
                return ExitCodes.Ok;
            }

            await WatchAsync(session, watched, parse.GetValue(once), parse.GetValue(interval) ?? TimeSpan.FromSeconds(1), cancellationToken);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static async Task WatchAsync(Session session, IWatched watched, bool once, TimeSpan interval, CancellationToken cancellationToken)
    {
        await watched.LookAsync(cancellationToken);
        if (!session.Terminal.OutIsTerminal || session.Json)
        {
            await WriteLinesAsync(session, watched, once, interval, cancellationToken);
            return;
        }

        await session.Console.Live(watched.Draw()).StartAsync(async live =>
        {
            while (!once)
            {
                await Task.Delay(interval, session.Terminal.Time, cancellationToken);
                await watched.LookAsync(cancellationToken);
                live.UpdateTarget(watched.Draw());
            }
        });
    }

    // A line when something has changed: a log of what was watched.
    private static async Task WriteLinesAsync(Session session, IWatched watched, bool once, TimeSpan interval, CancellationToken cancellationToken)
    {
        for (string? shown = null; ; await watched.LookAsync(cancellationToken))
        {
            var line = session.Json ? watched.Json().ToJsonString() : watched.Line();
            if (line != shown)
            {
                session.Terminal.Out.WriteLine(shown = line);
                session.Terminal.Out.Flush();
            }

            if (once)
            {
                return;
            }

            await Task.Delay(interval, session.Terminal.Time, cancellationToken);
        }
    }
}

/// <summary>Something that is looked at again and again.</summary>
internal interface IWatched
{
    /// <summary>Asks the service.</summary>
    Task LookAsync(CancellationToken cancellationToken);

    /// <summary>As a terminal shows it.</summary>
    IRenderable Draw();

    /// <summary>As one line.</summary>
    string Line();

    /// <summary>As JSON.</summary>
    JsonObject Json();
}

/// <summary>Counts by status, and the replications most worth a look: those on their way, then the others.</summary>
internal sealed class WatchedFleet(DmsClient client) : IWatched
{
    private const int Shown = 15;
    private static readonly string[] Moving = [.. StatusColors.Phases.Where(p => p != "running"), "stopping", "modifying", "deleting"];
    private static readonly string[] Others = ["failed", "running", "stopped", "created"];
    private CountsItem counts = new(0, new Dictionary<string, long>());
    private List<ReplicationItem> items = [];

    /// <inheritdoc/>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        counts = await client.GetAsync(Paths.Counts, ApiJson.Default.CountsItem, cancellationToken);
        items = [.. (await client.GetAsync(Paths.Replications(Moving, Shown), ApiJson.Default.ReplicationItemPage, cancellationToken)).Items];
        if (items.Count < Shown)
        {
            items.AddRange((await client.GetAsync(Paths.Replications(Others, Shown - items.Count), ApiJson.Default.ReplicationItemPage, cancellationToken)).Items);
        }
    }

    /// <inheritdoc/>
    public IRenderable Draw()
    {
        var shares = new BreakdownChart { Width = 80 };
        foreach (var status in Present())
        {
            shares.AddItem(status, counts.ByStatus[status], StatusColors.Of(status));
        }

        return new Rows(
            new Text($"{Words.Count(counts.Total)} replications", new Style(decoration: Decoration.Bold)),
            shares,
            ResultWriter.Drawn(ReplicationRow.Columns, [.. items.Select(ReplicationRow.Of)]));
    }

    /// <inheritdoc/>
    public string Line() => $"total={counts.Total} {string.Join(' ', Present().Select(s => $"{s}={counts.ByStatus[s]}"))}".TrimEnd();

    /// <inheritdoc/>
    public JsonObject Json() => new()
    {
        ["total"] = counts.Total,
        ["byStatus"] = new JsonObject(Present().Select(s => KeyValuePair.Create<string, JsonNode?>(s, counts.ByStatus[s]))),
    };

    private IEnumerable<string> Present() => StatusColors.All.Where(s => counts.ByStatus.GetValueOrDefault(s) > 0);
}

/// <summary>One replication: its phases as a rail, how long each took, where it stands.</summary>
internal sealed class WatchedReplication(DmsClient client, string name, TimeProvider time) : IWatched
{
    private readonly List<TransitionItem> history = [];
    private ReplicationItem item = null!;

    /// <inheritdoc/>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        item = await client.GetAsync(Paths.Replication(name), ApiJson.Default.ReplicationItem, cancellationToken);
        HistoryItem page;
        do
        {
            var after = history.Count == 0 ? 0 : history[^1].Sequence;
            page = await client.GetAsync(Paths.History(item.Arn, after, 1000), ApiJson.Default.HistoryItem, cancellationToken);
            history.AddRange(page.Transitions);
        }
        while (page.More);
    }

    /// <inheritdoc/>
    public IRenderable Draw()
    {
        var rail = new Grid().AddColumn(new GridColumn { NoWrap = true }).AddColumn(new GridColumn { NoWrap = true }).AddColumn(new GridColumn { NoWrap = true });
        foreach (var phase in StatusColors.Phases)
        {
            rail.AddRow(Stop(phase));
        }

        return new Rows(
            new Markup($"[bold]{Markup.Escape(item.Identifier)}[/]  {Markup.Escape(item.Type ?? "")}  run {item.Run}"),
            rail,
            new Text($"{item.Status} since {Words.Instant(item.StatusSince)}", new Style(StatusColors.Of(item.Status))),
            new Text(Note()));
    }

    /// <inheritdoc/>
    public string Line() => $"{item.Identifier} status={item.Status} run={item.Run} sequence={item.Sequence} {Note()}".TrimEnd();

    /// <inheritdoc/>
    public JsonObject Json() => new()
    {
        ["identifier"] = item.Identifier,
        ["status"] = item.Status,
        ["run"] = item.Run,
        ["sequence"] = item.Sequence,
        ["waitingOn"] = item.WaitingOn,
        ["stopReason"] = item.StopReason,
    };

    private IRenderable[] Stop(string phase)
    {
        var entered = history.FirstOrDefault(t => t.Run == item.Run && t.To == phase && t.From != phase);
        var left = history.FirstOrDefault(t => t.Run == item.Run && t.From == phase && t.To != phase);
        var (sign, style) = (entered, left) switch
        {
            (null, _) => ("○", new Style(Color.Grey)),
            (_, null) => ("◉", new Style(StatusColors.Of(phase))),
            _ => ("●", new Style(Color.Green)),
        };
        var took = entered is null ? "" : Words.Span((left?.At ?? time.GetUtcNow()) - entered.At);
        return [new Text(sign, style), new Text(phase, style), new Text(took)];
    }

    private string Note()
    {
        var failures = string.Join("; ", item.FailureMessages ?? []);
        return failures.Length > 0 ? failures : item.WaitingOn ?? item.StopReason ?? "";
    }
}
