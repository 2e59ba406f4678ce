using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Tests.Cli;

/// <summary>
/// What the console expects of a gateway, on loopback, with replications that walk in an instant. Its faults are switches, so that
/// the console's judgement can be tested.
/// </summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, FakeReplication> replications = new();
    private readonly ConcurrentQueue<string> order = new();
    private readonly ConcurrentDictionary<string, string> endpoints = new();

    private FakeGateway(WebApplication app) => this.app = app;

    public ConcurrentQueue<(string Operation, JsonObject Body, string Authorization)> Calls { get; } = new();

    public Uri Url => new(app.Urls.First());

    /// <summary>Answers instead of carrying out; given the operation and how often it was called before.</summary>
    public Func<string, int, (int Status, string Body)?> Refuse { get; set; } = (_, _) => null;

    /// <summary>Tampers with the walk a start writes.</summary>
    public Func<string, IReadOnlyList<FakeStep>, IReadOnlyList<FakeStep>> Tamper { get; set; } = (_, steps) => steps;

    public static async Task<FakeGateway> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var gateway = new FakeGateway(app);
        app.MapPost("/", gateway.AwsAsync);
        app.MapGet("/api/v1/replications/counts", gateway.Counts);
        app.MapGet("/api/v1/replications", gateway.List);
        app.MapGet("/api/v1/replications/{name}", (string name) => gateway.Find(name) is { } r ? Json(r.Item()) : Problem(name));
        app.MapGet("/api/v1/replications/{name}/history", (string name, long after, int limit) => gateway.Find(name) is { } r ? Json(r.History(after, limit)) : Problem(name));
        await app.StartAsync();
        return gateway;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    public FakeReplication Add(string identifier, string type = "cdc")
    {
        var replication = new FakeReplication(identifier, type);
        if (replications.TryAdd(replication.Arn, replication))
        {
            order.Enqueue(replication.Arn);
            replication.Append("created", "created", planned: false);
        }

        return replication;
    }

    public FakeReplication? Find(string name) =>
        replications.GetValueOrDefault(WebUtility.UrlDecode(name)) ?? replications.Values.FirstOrDefault(r => r.Identifier == name || (name == "load" && r.Identifier.StartsWith("load-", StringComparison.Ordinal)));

    private async Task AwsAsync(HttpContext context)
    {
        var operation = context.Request.Headers["X-Amz-Target"].ToString().Split('.').Last();
        var body = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body))!;
        var before = Calls.Count(c => c.Operation == operation);
        Calls.Enqueue((operation, body, context.Request.Headers.Authorization.ToString()));
        var (status, answer) = Refuse(operation, before) ?? Carry(operation, body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.1";
        await context.Response.WriteAsync(answer);
    }

    private (int, string) Carry(string operation, JsonObject body) => operation switch
    {
        "CreateEndpoint" => Ok("Endpoint", CreateEndpoint(body)),
        "DescribeEndpoints" => Ok("Endpoints", DescribeEndpoints(body)),
        "CreateReplicationConfig" => Ok("ReplicationConfig", Add((string)body["ReplicationConfigIdentifier"]!, (string)body["ReplicationType"]!).Config()),
        "DescribeReplications" => Described("Replications", body, r => r.Replication()),
        "DescribeReplicationConfigs" => Described("ReplicationConfigs", body, r => r.Config()),
        "DescribeReplicationTableStatistics" => Ok("ReplicationTableStatistics", new JsonArray(new JsonObject { ["SchemaName"] = "public", ["TableName"] = "t1", ["TableState"] = "Table completed", ["FullLoadRows"] = 42 })),
        "StartReplication" => On(body, r => r.Walk(Tamper)),
        "StopReplication" => On(body, r => r.Stop()),
        "DeleteReplicationConfig" => On(body, r => replications.TryRemove(r.Arn, out _)),
        _ => (400, $$"""{"__type":"UnknownOperationException","message":"{{operation}}"}"""),
    };

    private JsonObject CreateEndpoint(JsonObject body)
    {
        var identifier = (string)body["EndpointIdentifier"]!;
        endpoints[identifier] = (string)body["EndpointType"]!;
        return Endpoint(identifier);
    }

    private JsonArray DescribeEndpoints(JsonObject body)
    {
        var wanted = (body["Filters"] as JsonArray)?[0]?["Values"]?[0]?.GetValue<string>();
        return new JsonArray([.. endpoints.Keys.Where(k => wanted is null || k == wanted).Order().Select(Endpoint)]);
    }

    private JsonObject Endpoint(string identifier) => new()
    {
        ["EndpointIdentifier"] = identifier,
        ["EndpointArn"] = "arn:aws:dms:us-east-1:000000000000:endpoint:" + identifier,
        ["EndpointType"] = endpoints[identifier].ToUpperInvariant(),
        ["EngineName"] = "postgres",
        ["Status"] = "active",
    };

    private (int, string) Described(string member, JsonObject body, Func<FakeReplication, JsonObject> show)
    {
        var name = (string)body["Filters"]![0]!["Values"]![0]!;
        return Find(name) is { } found ? Ok(member, new JsonArray(show(found))) : NotFound(name);
    }

    private (int, string) On(JsonObject body, Action<FakeReplication> act)
    {
        var arn = (string)body["ReplicationConfigArn"]!;
        if (Find(arn) is not { } found)
        {
            return NotFound(arn);
        }

        act(found);
        return Ok("Replication", found.Replication());
    }

    private static (int, string) Ok(string member, JsonNode value) => (200, new JsonObject { [member] = value }.ToJsonString());

    private static (int, string) NotFound(string name) => (400, $$"""{"__type":"ResourceNotFoundFault","message":"There is no '{{name}}'."}""");

    private IResult Counts() => Json(new JsonObject
    {
        ["total"] = replications.Count,
        ["byStatus"] = new JsonObject(replications.Values.CountBy(r => r.Status).Select(c => KeyValuePair.Create<string, JsonNode?>(c.Key, c.Value))),
    });

    private IResult List(HttpContext context)
    {
        var statuses = context.Request.Query["status"];
        var limit = int.Parse(context.Request.Query["limit"]!, CultureInfo.InvariantCulture);
        var from = int.Parse(context.Request.Query["cursor"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        var all = order.Select(a => replications.GetValueOrDefault(a)).Where(r => r is not null && (statuses.Count == 0 || statuses.Contains(r.Status))).ToList();
        return Json(new JsonObject
        {
            ["items"] = new JsonArray([.. all.Skip(from).Take(limit).Select(r => r!.Item())]),
            ["next"] = from + limit < all.Count ? (from + limit).ToString(CultureInfo.InvariantCulture) : null,
        });
    }

    private static IResult Json(JsonNode node) => Results.Content(node.ToJsonString(), "application/json");

    private static IResult Problem(string name) => Results.Content(
        $$"""{"type":"about:blank","title":"ResourceNotFoundFault","status":404,"detail":"There is no '{{name}}'."}""", "application/problem+json", statusCode: 404);
}

/// <summary>A step the fake writes.</summary>
internal sealed record FakeStep(string? From, string To, string Cause, bool Planned, long Sequence, int Run);

/// <summary>A replication of the fake.</summary>
internal sealed class FakeReplication(string identifier, string type)
{
    private static readonly string[] Phases =
    [
        "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata",
        "calculating_capacity", "provisioning_capacity", "replication_starting", "running",
    ];

    private static readonly DateTimeOffset Began = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly List<FakeStep> steps = [];

    public string Identifier => identifier;

    public string Arn { get; } = "arn:aws:dms:us-east-1:000000000000:replication-config:" + identifier.ToUpperInvariant();

    public string Status
    {
        get
        {
            lock (steps)
            {
                return steps.Count == 0 ? "created" : steps[^1].To;
            }
        }
    }

    public void Append(string to, string cause, bool planned = true, int? run = null)
    {
        lock (steps)
        {
            steps.Add(new FakeStep(steps.LastOrDefault()?.To, to, cause, planned, steps.Count + 1, run ?? steps.LastOrDefault()?.Run ?? 0));
        }
    }

    public void Walk(Func<string, IReadOnlyList<FakeStep>, IReadOnlyList<FakeStep>> tamper)
    {
        lock (steps)
        {
            Append("initializing", "start-requested", planned: false, run: steps[^1].Run + 1);
            foreach (var phase in Phases.Skip(1))
            {
                Append(phase, "phase-completed");
            }

            if (type == "full-load")
            {
                Append("stopped", "run-ended");
            }

            var tampered = tamper(identifier, [.. steps]);
            steps.Clear();
            steps.AddRange(tampered);
        }
    }

    public void Stop()
    {
        Append("stopping", "stop-requested", planned: false);
        Append("stopped", "stop-completed");
    }

    public JsonObject Item()
    {
        lock (steps)
        {
            return new JsonObject
            {
                ["arn"] = Arn,
                ["identifier"] = identifier,
                ["type"] = type,
                ["status"] = Status,
                ["run"] = steps[^1].Run,
                ["sequence"] = steps[^1].Sequence,
                ["statusSince"] = At(steps[^1].Sequence),
                ["failureMessages"] = new JsonArray(),
                ["provision"] = new JsonObject { ["state"] = "provisioned", ["capacityUnits"] = 2 },
                ["stats"] = new JsonObject { ["fullLoadProgressPercent"] = 100 },
            };
        }
    }

    public JsonObject History(long after, int limit)
    {
        lock (steps)
        {
            var rest = steps.Where(s => s.Sequence > after).ToList();
            return new JsonObject
            {
                ["arn"] = Arn,
                ["transitions"] = new JsonArray([.. rest.Take(limit).Select(Step)]),
                ["more"] = rest.Count > limit,
            };
        }
    }

    public JsonObject Config() => new()
    {
        ["ReplicationConfigIdentifier"] = identifier,
        ["ReplicationConfigArn"] = Arn,
        ["ReplicationType"] = type,
        ["TableMappings"] = """{"rules":[]}""",
        ["ComputeConfig"] = new JsonObject { ["MaxCapacityUnits"] = 4 },
    };

    public JsonObject Replication() => new()
    {
        ["ReplicationConfigIdentifier"] = identifier,
        ["ReplicationConfigArn"] = Arn,
        ["ReplicationType"] = type,
        [nameof(Status)] = Status,
        ["ReplicationCreateTime"] = 1750000000.123,
    };

    // Each planned step is 5 ms late.
    private static JsonObject Step(FakeStep step) => new()
    {
        ["sequence"] = step.Sequence,
        ["run"] = step.Run,
        ["from"] = step.From,
        ["to"] = step.To,
        ["cause"] = step.Cause,
        ["at"] = At(step.Sequence),
        ["planned"] = step.Planned ? (Began.AddSeconds(step.Sequence) - TimeSpan.FromMilliseconds(5)).ToString("O", CultureInfo.InvariantCulture) : null,
    };

    private static string At(long sequence) => Began.AddSeconds(sequence).ToString("O", CultureInfo.InvariantCulture);
}
