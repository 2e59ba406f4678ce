using System.CommandLine;
using System.Text.Json.Nodes;
using DmsOrleans.Cli.Output;

namespace DmsOrleans.Cli.Commands;

/// <summary><c>dms create</c>.</summary>
internal static class CreateCommand
{
    private const string EveryTable =
        """{"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"%","table-name":"%"},"rule-action":"include"}]}""";

    private static readonly string[] Types = ["full-load", "cdc", "full-load-and-cdc"];

    /// <summary>The command.</summary>
    public static Command Create(CommandHost host)
    {
        var identifier = Parameters.Required("--identifier", "name", "The replication's name");
        var source = Parameters.Required("--source", "endpoint", "Source endpoint, by identifier or ARN");
        var target = Parameters.Required("--target", "endpoint", "Target endpoint, by identifier or ARN");
        var type = new Option<string>("--type") { HelpName = "type", DefaultValueFactory = _ => "full-load-and-cdc", Description = string.Join(", ", Types) };
        Parameters.OneOf(type, Types);
        var mappings = Parameters.Optional("--table-mappings", "json", "Selection and transformation rules, JSON or file://path [default: every table]");
        var least = Parameters.OptionalNumber("--min-capacity", "dcu", 1, 384, "Smallest capacity, in DCU");
        var most = Parameters.Number("--max-capacity", 4, 1, 384, "Largest capacity, in DCU");
        var settings = Parameters.Optional("--settings", "json", "Task settings, JSON or file://path");
        var supplemental = Parameters.Optional("--supplemental-settings", "json", "JSON or file://path; a simulation profile stands under \"simulation\"");
        var command = new Command("create", "Create a replication") { identifier, source, target, type, mappings, least, most, settings, supplemental };
        command.SetAction(host.Action(async (session, parse, cancellationToken) =>
        {
            var compute = new JsonObject { ["MaxCapacityUnits"] = parse.GetValue(most) };
            AddIf(compute, "MinCapacityUnits", parse.GetValue(least));
            var request = new JsonObject
            {
                ["ReplicationConfigIdentifier"] = parse.GetValue(identifier),
                ["ReplicationType"] = parse.GetValue(type),
                ["TableMappings"] = Parameters.ReadJson(parse, mappings) ?? EveryTable,
                ["ComputeConfig"] = compute,
            };
            AddIf(request, "ReplicationSettings", Parameters.ReadJson(parse, settings));
            AddIf(request, "SupplementalSettings", Parameters.ReadJson(parse, supplemental));
            request["SourceEndpointArn"] = await Lookup.EndpointArnAsync(session.Client, parse.GetValue(source)!, cancellationToken);
            request["TargetEndpointArn"] = await Lookup.EndpointArnAsync(session.Client, parse.GetValue(target)!, cancellationToken);
            var answer = await session.Client.CallAsync("CreateReplicationConfig", request, cancellationToken);
            var config = answer.Object("ReplicationConfig");
            session.Results.Write(answer, ["identifier", "type", "arn"],
                [[config.Text("ReplicationConfigIdentifier"), config.Text("ReplicationType"), config.Text("ReplicationConfigArn")]]);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static void AddIf(JsonObject request, string member, JsonNode? value)
    {
        if (value is not null)
        {
            request[member] = value;
        }
    }
}

/// <summary><c>dms start</c>.</summary>
internal static class StartCommand
{
    private static readonly string[] Types = ["start-replication", "resume-processing", "reload-target"];

    /// <summary>The command.</summary>
    public static Command Create(CommandHost host)
    {
        var names = Parameters.Replications(host);
        var type = Parameters.Optional("--type", "type",
            string.Join(", ", Types) + " [default: start-replication at first; then reload-target for full-load, else resume-processing]");
        Parameters.OneOf(type, Types);
        var position = Parameters.Optional("--cdc-start-position", "position", "Where change capture begins");
        var stop = Parameters.Optional("--cdc-stop-position", "position", "server_time:... or commit_time:..., where it ends");
        var command = new Command("start", "Start replications") { names, type, position, stop };
        command.SetAction(host.Action((session, parse, cancellationToken) =>
            ReplicationVerb.ForEachAsync(session, parse.GetValue(names)!, "StartReplication", "Replication", async (name, request) =>
            {
                var replication = await Lookup.ReplicationAsync(session.Client, name, cancellationToken);
                request["ReplicationConfigArn"] = replication.Text("ReplicationConfigArn");
                request["StartReplicationType"] = parse.GetValue(type) ?? TypeFor(replication);
                foreach (var (member, value) in new[] { ("CdcStartPosition", parse.GetValue(position)), ("CdcStopPosition", parse.GetValue(stop)) })
                {
                    if (value is not null)
                    {
                        request[member] = value;
                    }
                }
            }, cancellationToken)));
        return command;
    }

    private static string TypeFor(JsonObject replication) =>
        replication.Text("Status") == "created" ? "start-replication"
        : replication.Text("ReplicationType") == "full-load" ? "reload-target"
        : "resume-processing";
}

/// <summary><c>dms stop</c>.</summary>
internal static class StopCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CommandHost host) =>
        ReplicationVerb.Create(host, "stop", "Stop replications", "StopReplication", "Replication");
}

/// <summary><c>dms delete</c>.</summary>
internal static class DeleteCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CommandHost host) =>
        ReplicationVerb.Create(host, "delete", "Delete replications that are at rest", "DeleteReplicationConfig", "ReplicationConfig");
}

/// <summary>An AWS operation done to each replication named.</summary>
internal static class ReplicationVerb
{
    /// <summary>A command that needs the ARN only.</summary>
    public static Command Create(CommandHost host, string verb, string description, string operation, string member)
    {
        var names = Parameters.Replications(host);
        var command = new Command(verb, description) { names };
        command.SetAction(host.Action((session, parse, cancellationToken) =>
            ForEachAsync(session, parse.GetValue(names)!, operation, member, async (name, request) =>
                request["ReplicationConfigArn"] = await Lookup.ReplicationArnAsync(session.Client, name, cancellationToken), cancellationToken)));
        return command;
    }

    /// <summary>
    /// Does it to each in turn. What the service refuses for one is said on stderr and does not keep it from the others;
    /// the exit code is then that of a refusal.
    /// </summary>
    public static async Task<int> ForEachAsync(
        Session session, string[] names, string operation, string member, Func<string, JsonObject, Task> fill, CancellationToken cancellationToken)
    {
        var exitCode = ExitCodes.Ok;
        foreach (var name in names)
        {
            try
            {
                var request = new JsonObject();
                await fill(name, request);
                var answer = await session.Client.CallAsync(operation, request, cancellationToken);
                Show(session, answer, answer.Object(member), name);
            }
            catch (ServiceException refused)
            {
                session.Terminal.Error.WriteLine($"dms: {name}: {refused.Message}");
                exitCode = refused.ExitCode;
            }
        }

        return exitCode;
    }

    private static void Show(Session session, JsonObject answer, JsonObject what, string name)
    {
        if (session.Json)
        {
            session.Results.WriteJson(answer);
        }
        else
        {
            session.Results.WriteLine($"{what.Text("ReplicationConfigIdentifier") ?? name}  {what.Text("Status") ?? "deleting"}");
        }
    }
}
