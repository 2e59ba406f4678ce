using DmsOrleans.Endpoints;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Simulated;
using DmsOrleans.Replications;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Tests.Engines;

/// <summary>The simulated engine keeps the contract.</summary>
public sealed class SimulatedEngineContract : EngineContract
{
    protected override IReplicationEngine Engine { get; } = new SimulatedEngine(Options.Create(new SimulationOptions()));

    protected override EngineEndpoint Source => Simulated.Endpoint("SOURCE");

    protected override EngineEndpoint Target => Simulated.Endpoint("TARGET");

    protected override EngineEndpoint UnreachableSource => Simulated.Endpoint("SOURCE", "db.example.invalid");

    protected override EngineJob Job(ReplicationType type, string? mappings = null, string? settings = null) =>
        Simulated.Job(type, settings: settings, mappings: mappings ?? Select());
}

/// <summary>Jobs for a simulated engine.</summary>
internal static class Simulated
{
    public const string AllTables = """{"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"%","table-name":"%"},"rule-action":"include"}]}""";

    public static readonly DateTimeOffset Since = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static SimulatedEngine Engine(SimulationOptions? options = null) => new(Options.Create(options ?? new SimulationOptions()));

    public static EngineEndpoint Endpoint(string type, string server = "db.example.com") =>
        new("arn", new EndpointSpec { Identifier = "e", EndpointType = type, EngineName = "postgres", ServerName = server, Port = 5433 }, new EndpointSecrets());

    public static RunClock Clock(double scale = 1, TimeSpan before = default) => new(Since, new TimeScale(scale), before);

    public static EngineJob Job(
        ReplicationType type = ReplicationType.FullLoadAndCdc, string identifier = "orders", string? simulation = null, string? settings = null, string mappings = AllTables, int run = 1) => new()
        {
            Arn = "arn:aws:dms:us-east-1:000000000000:replication-config:ORDERS",
            Run = run,
            Spec = new ReplicationSpec
            {
                Identifier = identifier,
                SourceEndpointArn = "s",
                TargetEndpointArn = "t",
                Type = type,
                TableMappings = mappings,
                ReplicationSettings = settings,
                SupplementalSettings = simulation is null ? null : $$"""{"simulation":{{simulation}}}""",
                Compute = new ComputeConfig { MaxCapacityUnits = 1 },
            },
        };
}
