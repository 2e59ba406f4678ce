using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Clients;

/// <summary>The AWS SDK for JavaScript against a whole node. What it does and asserts stands in <c>tests/clients/walk.mjs</c>.</summary>
public sealed class JavaScriptSdkTests
{
    [Theory, InlineData("3600"), InlineData("infinite")]
    public async Task The_JavaScript_SDK_leads_a_replication_through_its_whole_life(string scale)
    {
        if (!JavaScriptSdk.IsUsable)
        {
            Needs.Missing("Node.js, or the AWS SDK for it in tests/.cache/clients, is missing: install Node.js 18 or newer, then tests/run.sh fetches the SDK.", await AwsCli.IsUsableAsync());
        }

        Assert.True(TimeScale.TryParse(scale, out var parsed));
        await using var dms = await TestNode.StartAsync(parsed);
        var script = Path.Combine(Needs.Repository, "tests", "clients", "walk.mjs");
        var ran = await ChildProcess.RunAsync("node", [script, JavaScriptSdk.Directory, dms.Url.ToString()], new Dictionary<string, string?> { ["NODE_OPTIONS"] = null });
        Assert.EndsWith("whole life seen\n", ran.Succeeded().Out, StringComparison.Ordinal);
    }
}

/// <summary>The AWS SDK for JavaScript that <c>tests/run.sh</c> fetches.</summary>
internal static class JavaScriptSdk
{
    /// <summary>Where it lies.</summary>
    public static string Directory { get; } = Path.Combine(Needs.Repository, "tests", ".cache", "clients");

    /// <summary>Whether it is there, and Node.js too.</summary>
    public static bool IsUsable => Needs.Find("node") is not null && File.Exists(Path.Combine(Directory, "installed"));
}
