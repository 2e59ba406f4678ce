using System.Text.Json;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Clients;

/// <summary>The system's <c>aws</c>, pointed at a node, knowing nothing of the user's own configuration.</summary>
internal sealed class AwsCli
{
    private static readonly Lazy<Task<bool>> KnowsServerless = new(ProbeAsync);
    /// <summary>Variables under which an AWS client knows nothing of the user's own configuration.</summary>
    public static readonly Dictionary<string, string?> CleanEnvironment = new()
    {
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_SESSION_TOKEN"] = null,
        ["AWS_PROFILE"] = null,
        ["AWS_REGION"] = null,
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["AWS_DEFAULT_OUTPUT"] = null,
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_PAGER"] = "",
        ["NO_PROXY"] = "127.0.0.1",
        ["no_proxy"] = "127.0.0.1",
    };

    private readonly string program;
    private readonly Uri url;

    private AwsCli(string program, Uri url) => (this.program, this.url) = (program, url);

    /// <summary>Whether there is one, and not from before DMS Serverless.</summary>
    public static Task<bool> IsUsableAsync() => KnowsServerless.Value;

    /// <summary>Ends the test when there is none; one real AWS client of two is enough for CI.</summary>
    public static async Task<AwsCli> ForAsync(TestNode node)
    {
        if (!await IsUsableAsync())
        {
            Needs.Missing("aws is not on the PATH, or does not know describe-replications: install version 2.13 or newer (1.29.1 of the old line).", JavaScriptSdk.IsUsable);
        }

        return new AwsCli(Needs.Find("aws")!, node.Url);
    }

    /// <summary>Runs <c>aws dms …</c>.</summary>
    public Task<Ran> TryAsync(params string[] arguments) =>
        ChildProcess.RunAsync(program, ["dms", .. arguments, "--endpoint-url", url.ToString(), "--output", "json"], CleanEnvironment);

    /// <summary>Runs it, expects success, and answers what it printed.</summary>
    public async Task<JsonElement> AnswerAsync(params string[] arguments)
    {
        var ran = (await TryAsync(arguments)).Succeeded();
        return ran.Out.Trim().Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(ran.Out);
    }

    private static async Task<bool> ProbeAsync() =>
        Needs.Find("aws") is { } program && (await ChildProcess.RunAsync(program, ["dms", "describe-replications", "--generate-cli-skeleton"], CleanEnvironment)).ExitCode == 0;
}
