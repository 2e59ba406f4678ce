using DmsOrleans.Endpoints;
using DmsOrleans.Tests.Clients;
using DmsOrleans.Tests.Node;
using Microsoft.Extensions.DependencyInjection;

namespace DmsOrleans.Tests.Deploy;

/// <summary><c>deploy/backup.sh</c> and <c>deploy/restore.sh</c> on a node that works meanwhile.</summary>
public sealed class BackupTests : IDisposable
{
    private const string Password = "s3cret";

    // With a space and a quote: paths are other people's.
    private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("dms backup's ");

    [Fact]
    public async Task What_was_acknowledged_before_a_backup_began_is_there_after_a_restore_elsewhere()
    {
        Require();
        await using var node = await TestNode.StartAsync(new TimeScale(36_000), At("data"));
        await node.CreateEndpointsAsync();
        await (await node.CreateAsync("first")).StartedAsync();
        var before = await node.WaitForAsync("first", "running");
        var history = await node.HistoryAsync("first");

        using var enough = new CancellationTokenSource();
        var busy = KeepBusyAsync(node, enough.Token);
        (await RunAsync("backup.sh", At("data"), At("backup.tar.gz"))).Succeeded();
        await enough.CancelAsync();
        Assert.True(await busy > 0, "nothing was written while the backup was made");

        Assert.Contains("a node is running", (await RunAsync("restore.sh", "--replace", At("backup.tar.gz"), At("data"))).Error, StringComparison.Ordinal);
        (await RunAsync("restore.sh", At("backup.tar.gz"), At("elsewhere"))).Succeeded();
        await using var restored = await TestNode.StartAsync(new TimeScale(36_000), At("elsewhere"));
        var after = await restored.ViewAsync("first");
        Assert.Equal((before.Status, before.CreatedAt), (after.Status, after.CreatedAt));
        Assert.Equal(history, (await restored.HistoryAsync("first")).Take(history.Count));
        Assert.Equal(Password, await PasswordAsync(restored, Tests.Grains.Sample.SourceArn));

        var stop = await restored.Grains.GetGrain<DmsOrleans.Replications.IReplicationGrain>(TestNode.ArnOf("first")).Stop(new());
        Assert.Null(stop.Refusal);
        await restored.WaitForAsync("first", "stopped");
    }

    [Fact]
    public async Task A_restore_over_a_database_wants_to_be_told_and_moves_the_old_one_aside()
    {
        Require();
        await using (var node = await TestNode.StartAsync(dataDirectory: At("data")))
        {
            await node.CreateEndpointsAsync();
            (await RunAsync("backup.sh", At("data"), At("backup.tar.gz"))).Succeeded();
            await node.CreateAsync("later");
        }

        var refused = await RunAsync("restore.sh", At("backup.tar.gz"), At("data"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--replace", refused.Error, StringComparison.Ordinal);
        (await RunAsync("restore.sh", "--replace", At("backup.tar.gz"), At("data"))).Succeeded();
        var aside = Assert.Single(Directory.GetDirectories(At("data"), "replaced-*"));
        Assert.True(File.Exists(Path.Combine(aside, "dms.db")));

        await using var restored = await TestNode.StartAsync(dataDirectory: At("data"));
        Assert.Empty((await restored.Directory.List(new())).Items);
        Assert.Equal(Password, await PasswordAsync(restored, Tests.Grains.Sample.TargetArn));
    }

    [Fact]
    public async Task What_is_no_data_directory_or_no_archive_is_refused_and_nothing_is_left_behind()
    {
        Require();
        Assert.Contains("no dms.db", (await RunAsync("backup.sh", At("nowhere"), At("backup.tar.gz"))).Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(At("torn.tar.gz"), "half", TestContext.Current.CancellationToken);
        Assert.Equal(1, (await RunAsync("restore.sh", At("torn.tar.gz"), At("data"))).ExitCode);
        Assert.Equal(["dms.lock"], Directory.GetFileSystemEntries(At("data")).Select(Path.GetFileName));
    }

    public void Dispose() => place.Delete(recursive: true);

    private string At(string name) => Path.Combine(place.FullName, name);

    private static void Require()
    {
        foreach (var program in new[] { "bash", "sqlite3", "flock", "tar" })
        {
            Needs.Program(program, "backup and restore need it.");
        }
    }

    private static Task<Ran> RunAsync(string script, params string[] arguments) =>
        ChildProcess.RunAsync("bash", [Path.Combine(Needs.Repository, "deploy", script), .. arguments]);

    // Answers how many commands were acknowledged.
    private static async Task<int> KeepBusyAsync(TestNode node, CancellationToken enough)
    {
        var created = 0;
        while (!enough.IsCancellationRequested)
        {
            await (await node.CreateAsync($"busy-{created}")).StartedAsync();
            created++;
        }

        return created;
    }

    private static async Task<string?> PasswordAsync(TestNode node, string endpoint) =>
        (await node.Services.GetRequiredService<EndpointReader>().FindAsync(endpoint))?.Secrets.Password;
}
