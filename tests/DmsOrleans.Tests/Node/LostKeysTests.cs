using DmsOrleans.Endpoints;
using DmsOrleans.Tests.Grains;

namespace DmsOrleans.Tests.Node;

/// <summary>A data directory restored without its keys: the stored passwords are lost, and everybody is told so once.</summary>
public sealed class LostKeysTests
{
    [Fact]
    public async Task A_replication_whose_passwords_are_lost_fails_and_runs_again_with_new_ones()
    {
        using var directory = new DataDirectory();
        await using (var first = await TestNode.StartAsync(dataDirectory: directory.Path))
        {
            await first.CreateEndpointsAsync();
            await first.CreateAsync("orders");
        }

        System.IO.Directory.Delete(Path.Combine(directory.Path, "keys"), recursive: true);
        await using var node = await TestNode.StartAsync(dataDirectory: directory.Path);
        var grain = node.Grains.GetGrain<DmsOrleans.Replications.IReplicationGrain>(TestNode.ArnOf("orders"));
        await grain.StartedAsync();
        var failed = await node.WaitForAsync("orders", "failed");
        Assert.Contains("Test connection failed for endpoint 'source-db'", Assert.Single(failed.FailureMessages!), StringComparison.Ordinal);
        Assert.Contains("give the endpoint its password again", failed.FailureMessages![0], StringComparison.Ordinal);

        foreach (var arn in new[] { Sample.SourceArn, Sample.TargetArn })
        {
            var modified = await node.Grains.GetGrain<IEndpointGrain>(arn).Modify(new() { Secrets = new() { Password = "n3w" } });
            Assert.Null(modified.Refusal);
        }

        await grain.StartedAsync();
        await node.WaitForAsync("orders", "running");
    }
}
