using System.Diagnostics.Metrics;
using DmsOrleans.Endpoints;
using DmsOrleans.Replications;
using DmsOrleans.Silo;
using DmsOrleans.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;

namespace DmsOrleans.Benchmarks;

/// <summary>A node without gateway and dashboard on a fresh data directory, and a bounded crowd of callers.</summary>
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

    public IStateStore Store => app.Services.GetRequiredService<IStateStore>();

    public static async Task<BenchmarkNode> StartAsync(string directory, TimeScale scale)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddSilo(new SiloSettings { DataDirectory = directory, TimeScale = scale, Dashboard = false });
        var app = builder.Build();
        await app.StartAsync();
        return new BenchmarkNode(app);
    }

    public async Task CreateEndpointsAsync()
    {
        foreach (var (arn, type) in new[] { (Source, "SOURCE"), (Target, "TARGET") })
        {
            var spec = new EndpointSpec { Identifier = type.ToLowerInvariant(), EndpointType = type, EngineName = "postgres" };
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

    public Task StartReplicationsAsync(int from, int count) =>
        ForEachAsync(from, count, async i => Accepted(await Grain(i).Start(new() { StartType = "start-replication" })));

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

/// <summary>Counts what the node reports on its meter, from now on.</summary>
internal sealed class MeterReadings : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<double> lateness = [];
    private readonly string awaitedStatus;
    private readonly int awaitedCount;
    private long transitions;
    private long commits;
    private int entered;

    /// <summary><see cref="Reached"/> completes when <paramref name="count"/> transitions entered <paramref name="status"/>.</summary>
    public MeterReadings(string status, int count)
    {
        (awaitedStatus, awaitedCount) = (status, count);
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == Telemetry.Name)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(OnCount);
        listener.SetMeasurementEventCallback<int>((instrument, _, _, _) => Interlocked.Add(ref commits, instrument.Name == "dms.store.commit.writes" ? 1 : 0));
        listener.SetMeasurementEventCallback<double>(OnValue);
        listener.Start();
    }

    public Task Reached => reached.Task;

    public long Transitions => Interlocked.Read(ref transitions);

    public long Commits => Interlocked.Read(ref commits);

    /// <summary>Sorted, in milliseconds.</summary>
    public double[] LatenessMilliseconds()
    {
        lock (lateness)
        {
            return [.. lateness.Select(s => s * 1000).Order()];
        }
    }

    public void Dispose() => listener.Dispose();

    private void OnCount(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name != "dms.replication.transitions")
        {
            return;
        }

        Interlocked.Add(ref transitions, value);
        if ((string?)tags[0].Value == awaitedStatus && Interlocked.Increment(ref entered) == awaitedCount)
        {
            reached.TrySetResult();
        }
    }

    private void OnValue(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == "dms.replication.lateness")
        {
            lock (lateness)
            {
                lateness.Add(value);
            }
        }
    }
}
