using DmsOrleans.Replications;
using DmsOrleans.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Tests.Hosting;

/// <summary>What an operator reads while all is well.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task A_healthy_life_logs_a_line_per_transition_and_warns_of_nothing()
    {
        using var log = new RecordedLog();
        using var directory = new DataDirectory();
        var transitions = 0;
        await using (var node = await TestNode.StartAsync(dataDirectory: directory.Path, dashboard: true, services: s => s.AddSingleton<ILoggerProvider>(log)))
        {
            await node.CreateEndpointsAsync();
            var grain = await node.CreateAsync("orders");
            await grain.StartedAsync();
            await node.WaitForAsync("orders", "running");
            await grain.Stop(new());
            await Until.AsyncIs(() => node.ViewAsync("orders"), v => v.Provision?.State == "deprovisioned", "capacity to be taken back");
            transitions = (await node.HistoryAsync("orders")).Count;
            Assert.Null((await grain.Delete(new())).Refusal);
            await Until.AsyncIs(() => node.Directory.List(new() { Arns = [TestNode.ArnOf("orders")] }), p => p.Items.Count == 0, "orders to be gone");
            await node.Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.DoesNotContain(log.Lines, line => line.Level > LogLevel.Information && !IsAboutThisProcess(line));
        var told = log.Lines.Where(line => line.Category == typeof(ReplicationGrain).FullName && line.Level == LogLevel.Information).Select(line => line.Text).ToList();
        // The last one is the deletion, whose history is gone.
        Assert.Equal(transitions + 1, told.Count);
        Assert.All(told, (line, i) => Assert.Contains($"transition {i + 1})", line, StringComparison.Ordinal));
    }

    // Orleans notes which garbage collector the process runs with: here that of the test runner.
    private static bool IsAboutThisProcess(LogLine line) =>
        line.Category == "Orleans.Runtime.MembershipService.LocalSiloHealthMonitor" // a busy machine's pauses
        || line.Category == "Orleans.Runtime.Silo" && line.Text.StartsWith("Note: ", StringComparison.Ordinal) && line.Text.Contains("ServerGC", StringComparison.Ordinal);
}
