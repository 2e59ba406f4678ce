using DmsOrleans.Endpoints;
using DmsOrleans.Gateway;
using DmsOrleans.Replications;
using DmsOrleans.Silo;
using DmsOrleans.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Tests.Node;

/// <summary>A whole node in this process, as <c>dms up</c> makes one, on a port of its own.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication app;

    private TestNode(WebApplication app) => this.app = app;

    public IServiceProvider Services => app.Services;

    public IGrainFactory Grains => app.Services.GetRequiredService<IGrainFactory>();

    public IStateStore Store => app.Services.GetRequiredService<IStateStore>();

    public IReplicationDirectory Directory => Grains.GetGrain<IReplicationDirectory>(0);

    public Uri Url => new(app.Urls.First());

    /// <summary>Starts one. Without a data directory nothing outlives it.</summary>
    public static async Task<TestNode> StartAsync(
        TimeScale? scale = null,
        string? dataDirectory = null,
        bool dashboard = false,
        IReadOnlyDictionary<string, string?>? configuration = null,
        Action<IServiceCollection>? services = null)
    {
        var settings = new SiloSettings { InMemory = dataDirectory is null, DataDirectory = dataDirectory, TimeScale = scale ?? new TimeScale(36_000), Dashboard = dashboard };
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(configuration ?? new Dictionary<string, string?>());
        builder.AddSilo(settings);
        builder.Services.AddGateway();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapSilo();
        app.MapGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestNode(app);
    }

    /// <summary>Creates both endpoints of <see cref="Tests.Grains.Sample"/>.</summary>
    public async Task CreateEndpointsAsync()
    {
        await CreateEndpointAsync(Tests.Grains.Sample.SourceArn, "source-db", "SOURCE");
        await CreateEndpointAsync(Tests.Grains.Sample.TargetArn, "target-db", "TARGET");
    }

    /// <summary>Creates a replication named <paramref name="identifier"/> and answers its grain.</summary>
    public async Task<IReplicationGrain> CreateAsync(string identifier, ReplicationType type = ReplicationType.Cdc, string? supplemental = null, int maxUnits = 16)
    {
        var grain = Grains.GetGrain<IReplicationGrain>(ArnOf(identifier));
        var spec = Tests.Grains.Sample.Spec(type) with { Identifier = identifier, SupplementalSettings = supplemental, Compute = new() { MaxCapacityUnits = maxUnits, MinCapacityUnits = maxUnits } };
        var answer = await grain.Create(new(spec));
        Assert.True(answer.Refusal is null, answer.Refusal?.Message);
        return grain;
    }

    /// <summary>Waits until the store says the replication has the status.</summary>
    public Task<ReplicationView> WaitForAsync(string identifier, string status, TimeSpan? within = null) =>
        Until.AsyncIs(() => ViewAsync(identifier), v => v.Status == status, $"{identifier} to be {status}", within);

    /// <summary>What the store says.</summary>
    public async Task<ReplicationView> ViewAsync(string identifier)
    {
        var page = await Directory.List(new() { Arns = [ArnOf(identifier)] });
        return Assert.Single(page.Items);
    }

    /// <summary>The whole stored history.</summary>
    public async Task<IReadOnlyList<Transition>> HistoryAsync(string identifier) => (await Directory.History(ArnOf(identifier), 0, 1_000))!.Transitions;

    public static string ArnOf(string identifier) => Arn.Of(AwsScope.Default, Arn.ReplicationConfigKind, identifier).Value;

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task CreateEndpointAsync(string arn, string identifier, string type)
    {
        var spec = new EndpointSpec { Identifier = identifier, EndpointType = type, EngineName = "postgres", ServerName = "db.example.com", Port = 5432, DatabaseName = "app", Username = "dms" };
        var answer = await Grains.GetGrain<IEndpointGrain>(arn).Create(new(spec, new() { Password = "s3cret" }));
        Assert.True(answer.Refusal is null, answer.Refusal?.Message);
    }
}

internal static class StartingExtensions
{
    public static async Task<ReplicationView> StartedAsync(this IReplicationGrain grain, string type = "start-replication")
    {
        var answer = await grain.Start(new() { StartType = type });
        Assert.True(answer.Refusal is null, answer.Refusal?.Message);
        return answer.Value!;
    }
}
