using System.CommandLine;
using System.Text.Json.Nodes;
using DmsOrleans.Cli.Node;

namespace DmsOrleans.Cli.Commands;

/// <summary><c>dms up</c>: a node in this process, until Ctrl-C or SIGTERM.</summary>
internal static class UpCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CommandHost host)
    {
        var port = Parameters.Number("--port", 4566, 0, 65535, "Where it listens on loopback; 0 for any free port");
        var data = Parameters.Optional("--data", "dir", "Where it keeps its database [default: " + DefaultDirectory() + "]");
        var inMemory = new Option<bool>("--in-memory") { Description = "Keep nothing: gone with the process" };
        var scale = Parameters.Scale(1);
        var noDashboard = new Option<bool>("--no-dashboard") { Description = "Leave out the Orleans dashboard, which costs throughput" };
        var seed = Parameters.Number("--seed", 1, 0, int.MaxValue, "Same seed, same walks");
        var pool = Parameters.OptionalNumber("--capacity-pool", "dcu", 1, int.MaxValue, "DCUs the node can grant");
        var pollSafe = new Option<bool>("--poll-safe") { Description = "Hold each status until a DescribeReplications has shown it, a minute at most" };
        var accessKey = Parameters.Optional("--access-key", "id", "Verify signatures, and take those of this key");
        var secretKey = Parameters.Optional("--secret-key", "secret", "The secret of --access-key");
        var account = Parameters.Optional("--account-id", "digits", "The account of --access-key");
        var credentials = Parameters.Optional("--credentials", "file", "Verify signatures by the keys of this file, written as ~/.aws/credentials is");
        var throttle = new Option<bool>("--throttle") { Description = "Throttle each account as AWS does" };
        var command = new Command("up", "Run a node: the service, its database and its dashboard in one process")
        {
            port, data, inMemory, scale, noDashboard, seed, pool, accessKey, secretKey, account, credentials, throttle, pollSafe,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(data) is not null && result.GetValue(inMemory))
            {
                result.AddError("--data and --in-memory exclude one another.");
            }

            if ((result.GetValue(accessKey) is null) != (result.GetValue(secretKey) is null))
            {
                result.AddError("--access-key and --secret-key must be given together.");
            }

            if (result.GetValue(account) is not null && result.GetValue(accessKey) is null)
            {
                result.AddError("--account-id says whose --access-key is, which is missing.");
            }
        });
        command.SetAction(host.Action((session, parse, cancellationToken) => RunAsync(session, host.StartNode, new NodeSettings
        {
            Port = parse.GetValue(port),
            InMemory = parse.GetValue(inMemory),
            DataDirectory = parse.GetValue(inMemory) ? null : Path.GetFullPath(parse.GetValue(data) ?? DefaultDirectory()),
            TimeScale = parse.GetValue(scale),
            Dashboard = !parse.GetValue(noDashboard),
            Seed = parse.GetValue(seed),
            CapacityPoolUnits = parse.GetValue(pool),
            CredentialsFile = parse.GetValue(credentials) is { } file ? Path.GetFullPath(file) : null,
            AccessKey = parse.GetValue(accessKey),
            SecretKey = parse.GetValue(secretKey),
            AccountId = parse.GetValue(account),
            Throttling = parse.GetValue(throttle) ? true : null,
            PollSafe = parse.GetValue(pollSafe),
        }, cancellationToken)));
        return command;
    }

    private static string DefaultDirectory() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "dms-orleans");

    private static async Task<int> RunAsync(Session session, NodeStarter startNode, NodeSettings settings, CancellationToken cancellationToken)
    {
        await using var node = await startNode(settings, cancellationToken);
        Announce(session, node.Url, settings);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
        // A server that was asked to end and did has done what it was asked.
        return ExitCodes.Ok;
    }

    private static void Announce(Session session, Uri url, NodeSettings settings)
    {
        var root = url.ToString().TrimEnd('/');
        var dashboard = settings.Dashboard ? $"{root}/dashboard" : null;
        if (session.Json)
        {
            // One line all the same: who waits for it reads a line.
            session.Terminal.Out.WriteLine(new JsonObject
            {
                ["endpointUrl"] = root, ["api"] = $"{root}/api/v1", ["dashboard"] = dashboard, ["dataDirectory"] = settings.DataDirectory,
            }.ToJsonString());
        }
        else
        {
            var kept = settings.DataDirectory is null ? "in memory" : $"data in {settings.DataDirectory}";
            session.Terminal.Out.WriteLine(
                $"ready: {root}  api {root}/api/v1  {(dashboard is null ? "no dashboard" : $"dashboard {dashboard}")}  {kept}  time scale {settings.TimeScale}");
        }

        session.Terminal.Out.Flush();
    }
}
