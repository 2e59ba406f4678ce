using System.Text;
using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Tests.Hosting;

/// <summary>Invariant 12: a secret never leaves. It goes in, and is then looked for everywhere.</summary>
public sealed class SecretsTests
{
    private const string Canary = "kanarie-7f3a";
    private const string Password = $"{Canary}-password";
    private const string SettingsPassword = $"{Canary}-settings";

    // A source that refuses every connection.
    private const string NoConnection = """{"simulation":{"phases":{"testing_connection":{"failureProbability":1,"failureMessage":"no route to host"}}}}""";

    private readonly StringBuilder answers = new();

    [Fact]
    public async Task A_secret_reaches_the_engine_and_nothing_else()
    {
        using var log = new RecordedLog();
        using var directory = new DataDirectory();
        await using (var node = await TestNode.StartAsync(dataDirectory: directory.Path, dashboard: true, services: s => Log(s, log)))
        {
            using var http = new HttpClient { BaseAddress = node.Url };
            var (source, target) = await CreateEndpointsAsync(new AwsJsonClient(http));
            await DriveAsync(node, new AwsJsonClient(http), source, target);
            await LookAroundAsync(http, source);
            await AssertTheEngineGetsItAsync(node, source);
            AssertNoFileHolds(directory.Path);
            await node.Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);
        }

        AssertNoFileHolds(directory.Path);
        Assert.Contains("db.example.com", answers.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, answers.ToString(), StringComparison.Ordinal);
        Assert.True(log.Lines.Count > 100, $"Only {log.Lines.Count} lines were logged.");
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains(Canary, StringComparison.Ordinal));
    }

    private static void Log(IServiceCollection services, RecordedLog log) =>
        services.AddSingleton<ILoggerProvider>(log).Configure<LoggerFilterOptions>(o => o.MinLevel = LogLevel.Trace);

    private async Task<(string Source, string Target)> CreateEndpointsAsync(AwsJsonClient aws)
    {
        var common = $$"""
            "EngineName":"postgres","ServerName":"db.example.com","Port":5432,"DatabaseName":"app","Username":"dms","Password":"{{Password}}",
            "PostgreSQLSettings":{"Password":"{{SettingsPassword}}","Username":"dms","HeartbeatSchema":"beats"}
            """;
        var source = await SendAsync(aws, "CreateEndpoint", $$"""{"EndpointIdentifier":"source","ResourceIdentifier":"source","EndpointType":"source",{{common}} }""");
        var target = await SendAsync(aws, "CreateEndpoint", $$"""{"EndpointIdentifier":"target","ResourceIdentifier":"target","EndpointType":"target",{{common}} }""");
        // Faults quote what was sent, but not this.
        await SendAsync(aws, "CreateEndpoint", $$"""{"EndpointIdentifier":"source","EndpointType":"source",{{common}} }""");
        await SendAsync(aws, "CreateEndpoint", $$"""{"EndpointIdentifier":"odd","EndpointType":"source",{{common.Replace("5432", "\"x\"", StringComparison.Ordinal)}} }""");
        await SendAsync(aws, "CreateEndpoint", $$"""{"EndpointIdentifier":"odd","EndpointType":"source","EngineName":"postgres","Password":["{{Canary}}"]}""");
        await SendAsync(aws, "CreateEndpoint", $$"""{"EndpointIdentifier":"odd","Password":"{{Canary}}" """);
        return (ArnOf(source), ArnOf(target));
    }

    private async Task DriveAsync(TestNode node, AwsJsonClient aws, string source, string target)
    {
        var token = TestContext.Current.CancellationToken;
        await SendAsync(aws, "ModifyEndpoint", $$"""{"EndpointArn":"{{source}}","Port":5433}""");
        await SendAsync(aws, "ModifyEndpoint", $$"""{"EndpointArn":"{{source}}","Password":"{{Password}}2","PostgreSQLSettings":{"Password":"{{SettingsPassword}}2"} }""");
        await SendAsync(aws, "DescribeEndpoints", "{}");
        Assert.True((await aws.CreateReplicationAsync("orders", source, target, token)).IsOk);
        await aws.StartAsync(TestNode.ArnOf("orders"), "start-replication", token);
        await node.WaitForAsync("orders", "running");
        Keep(await aws.CreateReplicationAsync("broken", source, target, token));
        var change = JsonSerializer.Serialize(NoConnection);
        Assert.True((await SendAsync(aws, "ModifyReplicationConfig", $$"""{"SupplementalSettings":{{change}},"ReplicationConfigArn":"{{TestNode.ArnOf("broken")}}"}""")).IsOk);
        Keep(await aws.StartAsync(TestNode.ArnOf("broken"), "start-replication", token));
        await node.WaitForAsync("broken", "failed");
        await SendAsync(aws, "DescribeReplications", "{}");
        await SendAsync(aws, "DescribeReplicationConfigs", "{}");
        await SendAsync(aws, "ModifyEndpoint", $$"""{"EndpointArn":"{{source}}","Password":"{{Canary}}"}""");
        await SendAsync(aws, "DeleteEndpoint", $$"""{"EndpointArn":"{{source}}"}""");
        answers.AppendJoin('\n', await node.HistoryAsync("orders")).AppendJoin('\n', await node.HistoryAsync("broken"));
    }

    private async Task LookAroundAsync(HttpClient http, string endpoint)
    {
        string[] paths =
        [
            "/api/v1/replications", "/api/v1/replications/orders", "/api/v1/replications/broken/history", "/dashboard/DashboardCounters",
            $"/dashboard/GrainState?grainId={Uri.EscapeDataString(endpoint)}&grainType={typeof(EndpointGrain).FullName}",
        ];
        foreach (var path in paths)
        {
            var answer = await http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            answers.AppendLine(answer);
        }
    }

    private static async Task AssertTheEngineGetsItAsync(TestNode node, string source)
    {
        var endpoint = await node.Services.GetRequiredService<EndpointReader>().FindAsync(source);
        Assert.Equal($"{Password}2", endpoint!.Secrets.Password);
        Assert.Contains($"{SettingsPassword}2", endpoint.Secrets.SettingsSecrets, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, endpoint.ToString(), StringComparison.Ordinal);
    }

    private static void AssertNoFileHolds(string directory)
    {
        // The lock file is empty, and held.
        var files = Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "dms.lock").ToList();
        Assert.Contains(files, f => Path.GetFileName(f) == "dms.db");
        Assert.DoesNotContain(files, f => Holds(f, Encoding.UTF8) || Holds(f, Encoding.Unicode));
    }

    private static bool Holds(string file, Encoding encoding)
    {
        using var content = new MemoryStream();
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            stream.CopyTo(content);
        }

        return content.GetBuffer().AsSpan(0, (int)content.Length).IndexOf(encoding.GetBytes(Canary)) >= 0;
    }

    private async Task<AwsAnswer> SendAsync(AwsJsonClient aws, string operation, string body) =>
        Keep(await aws.SendAsync(operation, body, TestContext.Current.CancellationToken));

    private AwsAnswer Keep(AwsAnswer answer)
    {
        answers.AppendLine(answer.Body.ToString());
        return answer;
    }

    private static string ArnOf(AwsAnswer answer)
    {
        Assert.True(answer.IsOk, answer.Body.ToString());
        return answer.Body.GetProperty("Endpoint").GetProperty("EndpointArn").GetString()!;
    }
}
