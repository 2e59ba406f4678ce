using DmsOrleans.Endpoints;
using DmsOrleans.Gateway;
using DmsOrleans.Replications;
using DmsOrleans.Silo;
using DmsOrleans.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace DmsOrleans.Benchmarks;

/// <summary>A node without dashboard, and without gateway unless asked for, on a fresh data directory, and a bounded crowd of callers.</summary>
internal sealed class BenchmarkNode : IAsyncDisposable
{
    private const int Callers = 1_000;
    private const string Mappings =
        """{"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"%","table-name":"%"},"rule-action":"include"}]}""";

    private static readonly string Source = Arn.Of(AwsScope.Default, Arn.EndpointKind, "SOURCE").Value;
    private static readonly string Target = Arn.Of(AwsScope.Default, Arn.EndpointKind, "TARGET").Value;

    private readonly WebApplication app;

    private BenchmarkNode(WebApplication app) => this.app = app;

    public IGrainFactory Grains => app.Services.GetRequiredService<IGrainFactory>();

    public IReplicationDirectory Directory => Grains.GetGrain<IReplicationDirectory>(0);

    public IStateStore Store => app.Services.GetRequiredService<IStateStore>();

    /// <summary>Where the gateway answers, when there is one.</summary>
    public Uri Url => new(app.Urls.First());

    public static async Task<BenchmarkNode> StartAsync(string directory, TimeScale scale, bool gateway = false)
    {
        // As the node does: the working folder may hold what is written here, and its settings are watched for changes.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddSilo(new SiloSettings { DataDirectory = directory, TimeScale = scale, Dashboard = false });
        if (gateway)
        {
            builder.Services.AddGateway();
        }

        var app = builder.Build();
        if (gateway)
        {
            app.MapGateway();
        }

        await app.StartAsync();
        return new BenchmarkNode(app);
    }

    public async Task CreateEndpointsAsync()
    {
        foreach (var (arn, type) in new[] { (Source, "SOURCE"), (Target, "TARGET") })
        {
            var spec = new EndpointSpec { Identifier = type.ToLowerInvariant(), EndpointType = type, EngineName = "postgres", ServerName = "db.example.com", Port = 5432 };
            Accepted(await Grains.GetGrain<IEndpointGrain>(arn).Create(new(spec, new())));
        }
    }

    public Task CreateAsync(int from, int count, ReplicationType type = ReplicationType.Cdc) => ForEachAsync(from, count, async i =>
    {
        var spec = new ReplicationSpec
        {
            Identifier = $"r{i}",
            SourceEndpointArn = Source,
            TargetEndpointArn = Target,
            Type = type,
            TableMappings = Mappings,
            Compute = new() { MaxCapacityUnits = 16 },
        };
        Accepted(await Grain(i).Create(new(spec)));
    });

    public Task StartReplicationsAsync(int from, int count) => ForEachAsync(from, count, StartReplicationAsync);

    public async Task StartReplicationAsync(int i) => Accepted(await Grain(i).Start(new() { StartType = "start-replication" }));

    public Task StopReplicationsAsync(int from, int count) => ForEachAsync(from, count, async i => Accepted(await Grain(i).Stop(new())));

    /// <summary>How many replications are in memory as grains.</summary>
    public async Task<int> ActivationsAsync() => (await Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics())
        .Where(s => s.GrainType.Contains("ReplicationGrain", StringComparison.Ordinal))
        .Sum(s => s.ActivationCount);

    public IReplicationGrain Grain(int i) => Grains.GetGrain<IReplicationGrain>(ArnOf(i));

    public static string ArnOf(int i) => Arn.Of(AwsScope.Default, Arn.ReplicationConfigKind, $"r{i}").Value;

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static async Task ForEachAsync(int from, int count, Func<int, Task> work)
    {
        var next = from;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) - 1 is var i && i < from + count)
            {
                await work(i);
            }
        }));
    }

    private static void Accepted<T>(Answer<T> answer)
        where T : class
    {
        if (answer.Refusal is { } refusal)
        {
            throw new InvalidOperationException(refusal.Message);
        }
    }
}
