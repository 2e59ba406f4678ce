using System.Runtime.CompilerServices;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Simulated;
using DmsOrleans.Replications;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Tests.Engines;

public sealed class SimulationProfileTests
{
    [Fact]
    public void A_replication_overlays_the_node_member_by_member()
    {
        var node = new SimulationOptions { Seed = 7, Phases = { ["initializing"] = new() { MinSeconds = 1, MaxSeconds = 2, HangProbability = 0.5 } } };
        var profile = Accept(node, """{"other":{"kept":true},"simulation":{"phases":{"initializing":{"maxSeconds":9}}}}""");
        var phase = profile.PhaseOf(ReplicationStatus.Initializing);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9), 0.5, 7), (phase.Least, phase.Most, phase.HangProbability, profile.Options.Seed));
        Assert.Equal(2, node.Phases["initializing"].MaxSeconds);
    }

    [Fact]
    public void A_fixed_duration_overlays_a_range_and_a_range_a_fixed_duration()
    {
        var range = new SimulationOptions { Phases = { ["initializing"] = new() { MinSeconds = 1, MaxSeconds = 2 } } };
        Assert.Equal(TimeSpan.FromSeconds(5), Accept(range, """{"simulation":{"phases":{"initializing":{"seconds":5}}}}""").PhaseOf(ReplicationStatus.Initializing).Most);
        var fix = new SimulationOptions { Phases = { ["initializing"] = new() { Seconds = 5 } } };
        Assert.Equal(TimeSpan.FromSeconds(300), Accept(fix, """{"simulation":{"phases":{"initializing":{"minSeconds":5}}}}""").PhaseOf(ReplicationStatus.Initializing).Most);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"anything":1}""")]
    public void Settings_without_a_simulation_leave_the_node_s(string? settings) =>
        Assert.Equal(TimeSpan.FromSeconds(120), Accept(new SimulationOptions(), settings).PhaseOf(ReplicationStatus.Initializing).Least);

    [Theory]
    [InlineData("nonsense", "SupplementalSettings: not valid JSON")]
    [InlineData("[]", "SupplementalSettings must be a JSON object.")]
    [InlineData("""{"simulation":1}""", "simulation must be an object, not a number.")]
    [InlineData("""{"simulation":{"sede":1}}""", "simulation.sede is not known; the members here are seed, phases,")]
    [InlineData("""{"simulation":{"seed":"1"}}""", "simulation.seed must be a whole number, not a string.")]
    [InlineData("""{"simulation":{"phases":{"running":{}}}}""", "simulation.phases.running is not a phase;")]
    [InlineData("""{"simulation":{"phases":{"initializing":{"minSeconds":9,"maxSeconds":1}}}}""", "simulation.phases.initializing.maxSeconds is 1; it must be between 9 and")]
    [InlineData("""{"simulation":{"phases":{"initializing":{"seconds":1,"maxSeconds":1}}}}""", "has both seconds and minSeconds or maxSeconds")]
    [InlineData("""{"simulation":{"phases":{"initializing":{"failureProbability":1.5}}}}""", "failureProbability is 1.5; it must be between 0 and 1.")]
    [InlineData("""{"simulation":{"connectionTest":{"failingEndpoint":"left"}}}""", "it must be one of none, source, target, both.")]
    [InlineData("""{"simulation":{"connectionTest":{"invalidHosts":[""]}}}""", "would match every host")]
    [InlineData("""{"simulation":{"tables":[{"schema":"s"}]}}""", "simulation.tables[0] must have a schema and a table.")]
    [InlineData("""{"simulation":{"tables":[{"schema":"s","table":"t"},{"schema":"s","table":"t"}]}}""", "simulation.tables[1] is s.t again")]
    [InlineData("""{"simulation":{"tables":[{"schema":"s","table":"t","rows":-1}]}}""", "simulation.tables[0].rows is -1; it must be between 0 and")]
    [InlineData("""{"simulation":{"generatedTables":{"schemas":10000,"maxTables":10000}}}""", "schemas times maxTables may be at most 10000.")]
    [InlineData("""{"simulation":{"loadRowsPerSecondPerCapacityUnit":0}}""", "loadRowsPerSecondPerCapacityUnit is 0; it must be between 1 and")]
    [InlineData("""{"simulation":{"runFailure":{"probability":2}}}""", "simulation.runFailure.probability is 2;")]
    public void A_wrong_member_is_refused_and_named(string settings, string expected)
    {
        var parsed = SimulationProfile.Parse(new SimulationOptions(), settings);
        Assert.Null(parsed.Value);
        Assert.Single(parsed.Faults, fault => fault.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_fault_is_answered_at_once()
    {
        var parsed = SimulationProfile.Parse(new SimulationOptions(), """{"simulation":{"sede":1,"changeLatencySeconds":-1,"phases":{"testing":{},"initializing":{"hangProbability":"often"}}}}""");
        Assert.Equal(4, parsed.Faults.Count);
    }

    [Fact]
    public void The_node_s_configuration_sets_the_profile()
    {
        using var host = Host(("Phases:initializing:Seconds", "3"), ("Tables:0:Schema", "s"), ("Tables:0:Table", "t"), ("ConnectionTest:FailingEndpoint", "target"));
        var engine = Assert.IsType<SimulatedEngine>(host.GetRequiredService<IReplicationEngine>());
        Assert.Equal(TimeSpan.FromSeconds(3), engine.PlannedDuration(Simulated.Job(), ReplicationStatus.Initializing));
        Assert.Equal("s.t", Assert.Single(engine.Tables(Simulated.Job(), Simulated.Clock(), Simulated.Since)).Name.ToString());
    }

    [Theory]
    [InlineData("Seeed", "1")]
    [InlineData("ConnectionTest:FailingEndpoint", "left")]
    public void A_wrong_configuration_stops_the_host_at_its_start(string name, string value)
    {
        using var host = Host((name, value));
        var fault = Assert.ThrowsAny<Exception>(() => host.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains(name.Split(':')[^1], fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_example_of_the_README_is_a_profile()
    {
        var readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../src/DmsOrleans.Engines/README.md"));
        var example = readme.Split("```json")[1].Split("```")[0];
        var profile = Accept(new SimulationOptions(), example);
        Assert.Equal((42, 2, 600.0), (profile.Options.Seed, profile.Options.Tables!.Count, profile.Options.RunFailure!.AfterSeconds));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private static ServiceProvider Host(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>($"{SimulationOptions.Section}:{s.Name}", s.Value)))
            .Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSimulatedEngine().BuildServiceProvider();
    }

    private static SimulationProfile Accept(SimulationOptions node, string? settings)
    {
        var parsed = SimulationProfile.Parse(node, settings);
        Assert.Empty(parsed.Faults);
        return parsed.Value!;
    }
}
