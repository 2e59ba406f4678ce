using System.CommandLine;
using System.Text.Json.Nodes;
using DmsOrleans.Cli.Output;

namespace DmsOrleans.Cli.Commands;

/// <summary><c>dms endpoint create|list|delete</c>.</summary>
internal static class EndpointCommand
{
    private static readonly string[] Columns = ["identifier", "type", "engine", "status", "server", "database", "arn"];

    /// <summary>The command.</summary>
    public static Command Create(CommandHost host) =>
        new("endpoint", "Where rows come from and go to") { Creation(host), Listing(host), Deletion(host) };

    private static Command Creation(CommandHost host)
    {
        var identifier = Parameters.Required("--identifier", "name", "The endpoint's name");
        var type = Parameters.OneOf(Parameters.Required("--type", "source|target", "Which end it is"), "source", "target");
        var engine = new Option<string>("--engine") { HelpName = "engine", DefaultValueFactory = _ => "postgres", Description = "Kind of database" };
        var port = Parameters.OptionalNumber("--port", "n", 1, 65535, "Port");
        var plain = new (Option<string?> Option, string Member)[]
        {
            (Parameters.Optional("--server", "host", "Host"), "ServerName"),
            (Parameters.Optional("--database", "name", "Database"), "DatabaseName"),
            (Parameters.Optional("--username", "name", "User"), "Username"),
            (Parameters.Optional("--password", "text", "Password; file://path keeps it out of the process list"), "Password"),
            (Parameters.Optional("--ssl-mode", "mode", "none, require, verify-ca, verify-full"), "SslMode"),
            (Parameters.Optional("--extra-connection-attributes", "text", "name=value;..."), "ExtraConnectionAttributes"),
        };
        var settings = Parameters.Optional("--settings", "json", "More members of CreateEndpoint, such as PostgreSQLSettings, JSON or file://path");
        var command = new Command("create", "Create an endpoint") { identifier, type, engine, port, settings };
        plain.ToList().ForEach(p => command.Add(p.Option));
        command.SetAction(host.Action(async (session, parse, cancellationToken) =>
        {
            var request = More(Parameters.ReadJson(parse, settings), settings);
            request["EndpointIdentifier"] = parse.GetValue(identifier);
            request["EndpointType"] = parse.GetValue(type);
            request["EngineName"] = parse.GetValue(engine);
            foreach (var (option, member) in plain)
            {
                Add(request, member, Parameters.ReadText(parse, option)?.TrimEnd('\n', '\r'));
            }

            Add(request, "Port", parse.GetValue(port));
            var answer = await session.Client.CallAsync("CreateEndpoint", request, cancellationToken);
            session.Results.Write(answer, Columns, [Row(answer.Object("Endpoint"))]);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Command Listing(CommandHost host)
    {
        var command = new Command("list", "List endpoints");
        command.SetAction(host.Action(async (session, _, cancellationToken) =>
        {
            var endpoints = await Pages.AllAsync(session.Client, "DescribeEndpoints", "Endpoints", [], cancellationToken);
            session.Results.Write(new JsonObject { ["Endpoints"] = endpoints }, Columns, [.. endpoints.OfType<JsonObject>().Select(Row)]);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Command Deletion(CommandHost host)
    {
        var name = new Argument<string>("endpoint") { Description = "Identifier or ARN" };
        var command = new Command("delete", "Delete an endpoint no replication uses") { name };
        command.SetAction(host.Action(async (session, parse, cancellationToken) =>
        {
            var arn = await Lookup.EndpointArnAsync(session.Client, parse.GetValue(name)!, cancellationToken);
            var answer = await session.Client.CallAsync("DeleteEndpoint", new JsonObject { ["EndpointArn"] = arn }, cancellationToken);
            session.Results.Write(answer, Columns, [Row(answer.Object("Endpoint"))]);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Cell[] Row(JsonObject endpoint) =>
    [
        endpoint.Text("EndpointIdentifier"), endpoint.Text("EndpointType")?.ToLowerInvariant(), endpoint.Text("EngineName"), endpoint.Text("Status"),
        endpoint.Text("ServerName"), endpoint.Text("DatabaseName"), endpoint.Text("EndpointArn"),
    ];

    private static JsonObject More(string? json, Option option) =>
        json is null ? [] : JsonNode.Parse(json) as JsonObject ?? throw new UsageException($"{option.Name} must be a JSON object.");

    private static void Add(JsonObject request, string member, JsonNode? value)
    {
        if (value is not null)
        {
            request[member] = value;
        }
    }
}
