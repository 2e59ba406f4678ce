using DmsOrleans.Endpoints;
using DmsOrleans.Tests.Faults;
using DmsOrleans.Tests.Node;
using Microsoft.Extensions.DependencyInjection;

namespace DmsOrleans.Tests.Fixtures;

/// <summary>Invariant 10: state written by an earlier release loads.</summary>
public sealed class EarlierReleaseTests
{
    // Members that no release has written yet, in every place where a state has members.
    private const string Tomorrow = """
        UPDATE grain_state SET state = json_set(state, '$.Tomorrow', json('{"a":[1,{"b":null}]}'));
        UPDATE grain_state SET state = json_set(state, '$.Run.Tomorrow', 'x') WHERE json_extract(state, '$.Run') IS NOT NULL;
        UPDATE grain_state SET state = json_set(state, '$.Provision.Tomorrow', 1.5) WHERE json_extract(state, '$.Provision') IS NOT NULL;
        UPDATE grain_spec SET spec = json_set(spec, '$.Tomorrow', json('[true]'), '$.Compute.Tomorrow', 7);
        """;

    public static TheoryData<string> Releases() => [.. Directory.GetDirectories(EarlierRelease.Root).Select(d => Path.GetFileName(d))];

    [Theory, MemberData(nameof(Releases))]
    public async Task What_a_release_wrote_is_read_as_it_was(string release)
    {
        using var directory = new DataDirectory();
        EarlierRelease.CopyTo(directory, release);
        await using var node = await StartAsync(directory, wakeUps: false);
        await AssertSaysTheSameAsync(node, release);
        foreach (var (arn, type) in new[] { (Tests.Grains.Sample.SourceArn, "SOURCE"), (Tests.Grains.Sample.TargetArn, "TARGET") })
        {
            var endpoint = await node.Services.GetRequiredService<EndpointReader>().FindAsync(arn);
            Assert.Equal((type, "s3cret"), (endpoint!.Spec.EndpointType, endpoint.Secrets.Password));
        }
    }

    [Theory, MemberData(nameof(Releases))]
    public async Task What_a_release_left_under_way_goes_on(string release)
    {
        using var directory = new DataDirectory();
        EarlierRelease.CopyTo(directory, release);
        await using var node = await StartAsync(directory, wakeUps: true);
        await node.WaitForAsync("under-way", "running");
        await Until.AsyncIs(() => node.ViewAsync("stopped"), v => v.Provision?.State == "deprovisioned", "capacity to be taken back");
        foreach (var (identifier, said) in EarlierRelease.SaidBy(release))
        {
            Assert.Equal(said.History, (await EarlierRelease.SayAsync(node, identifier)).History.Take(said.History.Count));
        }

        foreach (var atRest in new[] { "created", "stopped", "failed", "loaded" })
        {
            var grain = node.Grains.GetGrain<DmsOrleans.Replications.IReplicationGrain>(TestNode.ArnOf(atRest));
            Assert.Null((await grain.Delete(new())).Refusal);
        }
    }

    [Theory, MemberData(nameof(Releases))]
    public async Task What_a_later_release_added_stops_nothing_from_loading(string release)
    {
        using var directory = new DataDirectory();
        EarlierRelease.CopyTo(directory, release);
        EarlierRelease.Run(directory, Tomorrow);
        await using (var node = await StartAsync(directory, wakeUps: false))
        {
            await AssertSaysTheSameAsync(node, release);
        }

        await using var going = await StartAsync(directory, wakeUps: true);
        await going.WaitForAsync("under-way", "running");
    }

    private static async Task AssertSaysTheSameAsync(TestNode node, string release)
    {
        var said = EarlierRelease.SaidBy(release);
        Assert.Equal(said.Keys.Order(), (await node.Directory.List(new())).Items.Select(i => i.Config.Identifier).Order());
        foreach (var (identifier, then) in said)
        {
            Assert.Equivalent(then, await EarlierRelease.SayAsync(node, identifier), strict: true);
        }
    }

    private static Task<TestNode> StartAsync(DataDirectory directory, bool wakeUps) => TestNode.StartAsync(
        dataDirectory: directory.Path,
        configuration: new Dictionary<string, string?>
        {
            ["DmsOrleans:Replications:UseTimer"] = wakeUps.ToString(),
            ["DmsOrleans:Replications:UseReminder"] = wakeUps.ToString(),
            ["DmsOrleans:Replications:UseSweeper"] = wakeUps.ToString(),
        },
        services: s => s.WithoutFlushing());
}
