using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Output;

namespace DmsOrleans.Cli.Commands;

/// <summary><c>dms list</c>.</summary>
internal static class ListCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CommandHost host)
    {
        var status = new Option<string[]>("--status") { HelpName = "status", Description = "Only these statuses; may be repeated", AllowMultipleArgumentsPerToken = true };
        Parameters.OneOf(status, [.. StatusColors.All]);
        var most = Parameters.Number("--max-items", 1000, 1, int.MaxValue, "Most replications listed");
        var command = new Command("list", "List replications, in the order they were created") { status, most };
        command.SetAction(host.Action(async (session, parse, cancellationToken) =>
        {
            var (items, more) = await Pages.ReplicationsAsync(session.Client, parse.GetValue(status) ?? [], parse.GetValue(most), cancellationToken);
            session.Results.Write(new JsonObject { ["items"] = items }, ReplicationRow.Columns, [.. items.Select(ReplicationRow.Of)]);
            if (more)
            {
                session.Terminal.Error.WriteLine($"dms: there are more; these are the first {items.Count} (--max-items).");
            }

            return ExitCodes.Ok;
        }));
        return command;
    }
}

/// <summary>A replication as a line of a table.</summary>
internal static class ReplicationRow
{
    /// <summary>Its columns.</summary>
    public static string[] Columns { get; } = ["identifier", "type", "status", "since", "run", "dcu", "loaded", "note"];

    /// <summary>Reads it from <c>/api/v1</c>'s item.</summary>
    public static Cell[] Of(JsonNode? node) => Of(node!.Deserialize(ApiJson.Default.ReplicationItem)!);

    /// <summary>The line.</summary>
    public static Cell[] Of(ReplicationItem item) =>
    [
        item.Identifier, item.Type, Cell.Status(item.Status), Words.Instant(item.StatusSince), $"{item.Run}",
        item.Provision?.CapacityUnits?.ToString(), item.Stats?.FullLoadProgressPercent is { } percent ? $"{percent} %" : null, Note(item),
    ];

    private static string? Note(ReplicationItem item) => item.FailureMessages is [var first, ..] ? first : item.WaitingOn ?? item.StopReason;
}

/// <summary><c>dms describe</c>.</summary>
internal static class DescribeCommand
{
    private static readonly string[] Instants =
        ["ReplicationCreateTime", "ReplicationUpdateTime", "ReplicationLastStopTime", "ReplicationDeprovisionTime", "CdcStartTime"];

    private static readonly string[] Texts = ["StartReplicationType", "StopReason", "RecoveryCheckpoint", "CdcStartPosition", "CdcStopPosition"];

    /// <summary>The command.</summary>
    public static Command Create(CommandHost host)
    {
        var name = Parameters.Replication(host);
        var command = new Command("describe", "All that is known of a replication") { name };
        command.SetAction(host.Action(async (session, parse, cancellationToken) =>
        {
            var replication = await Lookup.ReplicationAsync(session.Client, parse.GetValue(name)!, cancellationToken);
            var arn = replication.Text("ReplicationConfigArn")!;
            var config = await Lookup.ConfigAsync(session.Client, arn, cancellationToken);
            var progress = await session.Client.GetJsonAsync(Paths.Replication(arn), cancellationToken);
            var whole = new JsonObject
            {
                ["Replication"] = replication.DeepClone(),
                ["ReplicationConfig"] = config.DeepClone(),
                ["Progress"] = progress,
            };
            session.Results.Write(whole, ["member", "value"], [.. Rows(replication, config, progress)]);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static IEnumerable<Cell[]> Rows(JsonObject replication, JsonObject config, JsonObject progress)
    {
        var item = progress.Deserialize(ApiJson.Default.ReplicationItem)!;
        yield return ["identifier", item.Identifier];
        yield return ["arn", item.Arn];
        yield return ["status", Cell.Status(item.Status)];
        yield return ["since", Words.Instant(item.StatusSince)];
        yield return ["due", Words.Instant(item.Due)];
        yield return ["waiting on", item.WaitingOn];
        yield return ["run", $"{item.Run}"];
        yield return ["source", replication.Text("SourceEndpointArn")];
        yield return ["target", replication.Text("TargetEndpointArn")];
        yield return ["type", item.Type];
        foreach (var row in Members("capacity", config.Object("ComputeConfig")).Concat(Members("provision", replication.Object("ProvisionData")))
            .Concat(Members("stats", replication.Object("ReplicationStats"))))
        {
            yield return row;
        }

        foreach (var row in Texts.Where(replication.ContainsKey).Select(t => new Cell[] { t, replication.Text(t) })
            .Concat(Instants.Where(replication.ContainsKey).Select(t => new Cell[] { t, Words.Instant(replication.Instant(t)) })))
        {
            yield return row;
        }

        foreach (var failure in item.FailureMessages ?? [])
        {
            yield return ["failure", new Cell(failure, Spectre.Console.Color.Red)];
        }

        yield return ["table mappings", config.Text("TableMappings")];
        yield return ["supplemental settings", config.Text("SupplementalSettings")];
    }

    private static IEnumerable<Cell[]> Members(string group, JsonObject node) => node.Select(m => new Cell[]
    {
        $"{group}: {m.Key}",
        m.Key.Contains("Date", StringComparison.Ordinal) ? Words.Instant(node.Instant(m.Key)) : node.Text(m.Key),
    });
}

/// <summary><c>dms tables</c>.</summary>
internal static class TablesCommand
{
    private static readonly string[] Counts = ["FullLoadRows", "Inserts", "Updates", "Deletes", "Ddls", "AppliedInserts", "AppliedUpdates", "AppliedDeletes"];

    /// <summary>The command.</summary>
    public static Command Create(CommandHost host)
    {
        var name = Parameters.Replication(host);
        var command = new Command("tables", "Statistics of a replication's tables") { name };
        command.SetAction(host.Action(async (session, parse, cancellationToken) =>
        {
            var arn = await Lookup.ReplicationArnAsync(session.Client, parse.GetValue(name)!, cancellationToken);
            var tables = await Pages.AllAsync(session.Client, "DescribeReplicationTableStatistics", "ReplicationTableStatistics",
                new JsonObject { ["ReplicationConfigArn"] = arn }, cancellationToken);
            session.Results.Write(
                new JsonObject { ["ReplicationConfigArn"] = arn, ["ReplicationTableStatistics"] = tables },
                ["table", "state", "loaded", "inserts", "updates", "deletes", "ddls", "applied i", "applied u", "applied d"],
                [.. tables.OfType<JsonObject>().Select(Row)]);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Cell[] Row(JsonObject table) =>
        [$"{table.Text("SchemaName")}.{table.Text("TableName")}", table.Text("TableState"), .. Counts.Select(c => (Cell)(table.Text(c) ?? "0"))];
}

/// <summary><c>dms history</c>.</summary>
internal static class HistoryCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CommandHost host)
    {
        var name = Parameters.Replication(host);
        var after = Parameters.Number("--after", 0, 0, int.MaxValue, "Only steps after this sequence number");
        var command = new Command("history", "Every stored step of a replication") { name, after };
        command.SetAction(host.Action(async (session, parse, cancellationToken) =>
        {
            var history = await ReadAsync(session.Client, parse.GetValue(name)!, parse.GetValue(after), cancellationToken);
            var transitions = (JsonArray)history["transitions"]!;
            session.Results.Write(history, ["seq", "run", "status", "cause", "at", "late by", "details"], [.. transitions.Select(Row)]);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static async Task<JsonObject> ReadAsync(DmsClient client, string name, long after, CancellationToken cancellationToken)
    {
        const int LargestPage = 1000;
        var all = new JsonArray();
        while (true)
        {
            var page = await client.GetJsonAsync(Paths.History(name, after, LargestPage), cancellationToken);
            foreach (var transition in page["transitions"] as JsonArray ?? [])
            {
                all.Add(transition!.DeepClone());
                after = transition["sequence"]!.GetValue<long>();
            }

            if (page["more"]?.GetValue<bool>() != true)
            {
                return new JsonObject { ["arn"] = page.Text("arn"), ["transitions"] = all };
            }
        }
    }

    private static Cell[] Row(JsonNode? node)
    {
        var step = node!.Deserialize(ApiJson.Default.TransitionItem)!;
        return
        [
            $"{step.Sequence}", $"{step.Run}", Cell.Status(step.To), step.Cause, Words.Instant(step.At),
            step.Planned is { } planned ? Words.Span(step.At - planned) : null, step.Details,
        ];
    }
}
