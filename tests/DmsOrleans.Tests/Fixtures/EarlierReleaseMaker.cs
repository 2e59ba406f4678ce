using System.Text.Json;
using System.Xml.Linq;
using DmsOrleans.Replications;
using DmsOrleans.Silo;
using DmsOrleans.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DmsOrleans.Tests.Fixtures;

/// <summary>Leaves behind what this release writes, for every later one to load: run by hand, once, before a release.</summary>
public sealed class EarlierReleaseMaker
{
    // Long ago on any machine, since a store from the future is not believed.
    private static readonly DateTimeOffset Then = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // Everything fails that is started with it.
    private const string NoConnection = """{"simulation":{"phases":{"testing_connection":{"failureProbability":1,"failureMessage":"no route to host"}}}}""";

    [Fact(Explicit = true)]
    public async Task Leave_a_data_directory_for_the_next_releases()
    {
        var version = typeof(IReplicationGrain).Assembly.GetName().Version!.ToString(2);
        var release = Directory.CreateDirectory(Path.Combine(EarlierRelease.Root, version)).FullName;
        using var directory = new DataDirectory();
        var said = await LiveAsync(directory);
        EarlierRelease.Run(directory, "PRAGMA journal_mode = DELETE; VACUUM;");
        File.Copy(directory.Database, Path.Combine(release, "dms.db"));
        File.WriteAllText(Path.Combine(release, "said.json"), JsonSerializer.Serialize(said, Indented));
        Directory.CreateDirectory(Path.Combine(release, "keys"));
        foreach (var key in Directory.GetFiles(Path.Combine(directory.Path, "keys")))
        {
            File.WriteAllText(Path.Combine(release, "keys", Path.GetFileName(key)), OfThen(key));
        }
    }

    // A slow node leaves its last replication under way.
    private static async Task<Dictionary<string, Said>> LiveAsync(DataDirectory directory)
    {
        var clock = new WallClock(Then - TimeProvider.System.GetUtcNow());
        await using (var fast = await StartAsync(directory, clock, 36_000))
        {
            await fast.CreateEndpointsAsync();
            await fast.CreateAsync("created");
            await (await fast.CreateAsync("running")).StartedAsync();
            await (await fast.CreateAsync("loaded", ReplicationType.FullLoad)).StartedAsync();
            await (await fast.CreateAsync("failed", supplemental: NoConnection)).StartedAsync();
            var stopped = await fast.CreateAsync("stopped", ReplicationType.FullLoadAndCdc);
            await stopped.StartedAsync();
            await fast.WaitForAsync("stopped", "running");
            await stopped.Stop(new());
            await fast.WaitForAsync("stopped", "stopped");
            await fast.WaitForAsync("running", "running");
            await fast.WaitForAsync("failed", "failed");
            await Until.AsyncIs(() => fast.ViewAsync("loaded"), v => v.Provision?.State == "deprovisioned", "capacity to be taken back");
            await fast.Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);
        }

        await using var slow = await StartAsync(directory, clock, 1);
        await (await slow.CreateAsync("under-way")).StartedAsync();
        var said = new Dictionary<string, Said>();
        foreach (var replication in (await slow.Directory.List(new())).Items)
        {
            said[replication.Config.Identifier] = await EarlierRelease.SayAsync(slow, replication.Config.Identifier);
        }

        await slow.Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);
        return said;
    }

    private static Task<TestNode> StartAsync(DataDirectory directory, WallClock clock, double scale) => TestNode.StartAsync(
        new TimeScale(scale),
        directory.Path,
        configuration: new Dictionary<string, string?> { ["DmsOrleans:Replications:DeprovisionDelay"] = "30.00:00:00" },
        services: s => s.AddKeyedSingleton<TimeProvider>(SteadyTime.SystemClock, clock));

    // Data Protection reads no clock but the machine's.
    private static string OfThen(string key)
    {
        var document = XDocument.Load(key);
        (document.Root!.Element("creationDate")!.Value, document.Root.Element("activationDate")!.Value, document.Root.Element("expirationDate")!.Value) =
            ($"{Then:O}", $"{Then:O}", $"{Then.AddDays(90):O}");
        return document.ToString();
    }
}
