using System.Diagnostics;
using System.Net;
using DmsOrleans.Storage;
using DmsOrleans.Tests.Node;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace DmsOrleans.Tests.Faults;

/// <summary>The database locked by somebody else for a while: nothing is acknowledged, everything says so, and everything goes on by itself.</summary>
public sealed class StorageOutageTests
{
    private const int Walking = 30;

    [Fact]
    public async Task While_the_store_is_locked_nothing_is_acknowledged_and_afterwards_everything_goes_on()
    {
        var token = TestContext.Current.CancellationToken;
        using var directory = new DataDirectory();
        await using var node = await TestNode.StartAsync(
            new TimeScale(3_600),
            directory.Path,
            services: s => s.WithoutFlushing().Configure<SqliteStorageOptions>(o => o.BusyTimeout = TimeSpan.FromMilliseconds(100)));
        await node.CreateEndpointsAsync();
        using var http = new HttpClient { BaseAddress = node.Url };
        var aws = new AwsJsonClient(http);
        for (var i = 0; i < Walking; i++)
        {
            await (await node.CreateAsync($"walking-{i}")).StartedAsync();
        }

        await node.CreateAsync("late");
        var lateArn = TestNode.ArnOf("late");
        Assert.Equal(HttpStatusCode.OK, await HealthAsync(http, "ready"));

        var before = await HistoriesAsync(node);
        using (new LockedDatabase(directory.Database))
        {
            await AssertUnavailableAsync(() => aws.StartAsync(lateArn, "start-replication", token));
            await AssertUnavailableAsync(() => aws.CreateReplicationAsync("new", Tests.Grains.Sample.SourceArn, Tests.Grains.Sample.TargetArn, token));
            await AssertUnavailableAsync(() => aws.DeleteAsync(lateArn, token));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await HealthAsync(http, "ready"));
            Assert.Equal(HttpStatusCode.OK, await HealthAsync(http, "live"));
            await Until.AsyncIs(() => OverdueAsync(node), overdue => overdue > 0, "deadlines to pass unanswered");
        }

        await Until.AsyncIs(() => HealthAsync(http, "ready"), status => status == HttpStatusCode.OK, "the node to be ready again");
        Assert.Equal("created", (await node.ViewAsync("late")).Status);
        Assert.Empty((await node.Directory.List(new() { Identifiers = ["new"] })).Items);
        var started = await aws.StartAsync(lateArn, "start-replication", token);
        Assert.True(started.IsOk, started.Body.ToString());
        Assert.Equal("initializing", started.ReplicationStatus);

        foreach (var identifier in Identifiers.Append("late"))
        {
            await node.WaitForAsync(identifier, "running");
            var history = await node.HistoryAsync(identifier);
            Histories.AssertLegal(identifier, history, starts: 1, stops: 0, end: "running");
            Assert.Equal(before.GetValueOrDefault(identifier, []), history.Take(before.GetValueOrDefault(identifier, []).Count));
        }
    }

    private static IEnumerable<string> Identifiers => Enumerable.Range(0, Walking).Select(i => $"walking-{i}");

    // Retriable, and within the time that clients wait.
    private static async Task AssertUnavailableAsync(Func<Task<AwsAnswer>> send)
    {
        var clock = Stopwatch.StartNew();
        var answer = await send();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains("try again", answer.Body.ToString(), StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"It took {clock.Elapsed.TotalSeconds:0.0} s to say so.");
    }

    private static async Task<int> OverdueAsync(TestNode node) =>
        (await node.Store.OverdueAsync("replication", node.Services.GetRequiredService<TimeProvider>().GetUtcNow() - TimeSpan.FromMilliseconds(200), 100, TestContext.Current.CancellationToken)).Count;

    private static async Task<Dictionary<string, IReadOnlyList<DmsOrleans.Replications.Transition>>> HistoriesAsync(TestNode node)
    {
        var histories = new Dictionary<string, IReadOnlyList<DmsOrleans.Replications.Transition>>();
        foreach (var identifier in Identifiers)
        {
            histories[identifier] = await node.HistoryAsync(identifier);
        }

        return histories;
    }

    private static async Task<HttpStatusCode> HealthAsync(HttpClient http, string kind)
    {
        using var answer = await http.GetAsync(new Uri($"/health/{kind}", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Holds the database's write lock, as a backup or a curious person might.</summary>
    private sealed class LockedDatabase : IDisposable
    {
        private readonly SqliteConnection connection;

        public LockedDatabase(string path)
        {
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString());
            connection.Open();
            Run("BEGIN EXCLUSIVE");
        }

        public void Dispose()
        {
            Run("ROLLBACK");
            connection.Dispose();
        }

        private void Run(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
