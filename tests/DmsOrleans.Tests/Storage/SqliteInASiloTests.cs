using DmsOrleans.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;
using static DmsOrleans.Tests.Storage.StorageWords;

namespace DmsOrleans.Tests.Storage;

/// <summary>The store opens and closes with its silo.</summary>
public sealed class SqliteInASiloTests : IDisposable
{
    private readonly string directory = SqliteUnderTest.NewDirectory();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_silo_opens_the_store_before_it_is_up_and_closes_it_when_it_stops()
    {
        await using (var cluster = Cluster())
        {
            await cluster.DeployAsync(Cancel);
            var services = cluster.Silos[0].ServiceProvider;
            Assert.True(await services.GetRequiredService<IStateStore>().IsWritableAsync(Cancel));
            Assert.Same(services.GetRequiredService<IGrainStorage>(), services.GetRequiredKeyedService<IGrainStorage>("Default"));
            await services.GetRequiredKeyedService<IGrainStorage>("Default").WriteAsync(Grain("a"), new PlainState { Number = 3 });
            await Assert.ThrowsAsync<StorageCannotOpenException>(() => SqliteUnderTest.OpenAsync(directory));
        }

        await using var afterwards = await SqliteUnderTest.OpenAsync(directory);
        Assert.Equal(3, (await afterwards.Grains.ReadAsync<PlainState>(Grain("a"))).State!.Number);
    }

    [Fact]
    public async Task A_silo_whose_directory_is_in_use_does_not_start_and_says_why()
    {
        await using var owner = await SqliteUnderTest.OpenAsync(directory);
        await using var cluster = Cluster();
        var refused = await Assert.ThrowsAsync<StorageCannotOpenException>(() => cluster.DeployAsync(Cancel));
        Assert.Contains(directory, refused.Message, StringComparison.Ordinal);
    }

    private InProcessTestCluster Cluster()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.AddReminders().Services.AddSqliteStorage(options => options.DataDirectory = directory));
        return builder.Build();
    }
}
