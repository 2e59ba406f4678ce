using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Clients;

/// <summary>The AWS SDK for JavaScript against a whole node. What it does and asserts stands in <c>tests/clients/walk.mjs</c>.</summary>
public sealed class JavaScriptSdkTests
{
    [Theory, InlineData("3600"), InlineData("infinite")]
    public async Task The_JavaScript_SDK_leads_a_replication_through_its_whole_life(string scale)
    {
        var node = Needs.Program("node", "install Node.js 18 or newer.");
        var sdk = Path.Combine(Needs.Repository, "tests", ".cache", "clients");
        if (!File.Exists(Path.Combine(sdk, "installed")))
        {
            Needs.Missing("The AWS SDK for JavaScript is not in tests/.cache/clients: tests/run.sh fetches it.");
        }

        Assert.True(TimeScale.TryParse(scale, out var parsed));
        await using var dms = await TestNode.StartAsync(parsed);
        var script = Path.Combine(Needs.Repository, "tests", "clients", "walk.mjs");
        var ran = await ChildProcess.RunAsync(node, [script, sdk, dms.Url.ToString()], new Dictionary<string, string?> { ["NODE_OPTIONS"] = null });
        Assert.EndsWith("whole life seen\n", ran.Succeeded().Out, StringComparison.Ordinal);
    }
}
