using DmsOrleans.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace DmsOrleans.Tests.Faults;

/// <summary>What goes wrong with the state of a grain, and when. Throws for a fault.</summary>
internal interface IStorageFaults
{
    void BeforeRead(GrainId grain);

    void BeforeWrite(GrainId grain);

    void AfterWrite(GrainId grain);
}

/// <summary>The node's store, with a test's faults on the states of replications.</summary>
internal sealed class FaultyStorage(IGrainStorage inner, IStorageFaults faults) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        faults.BeforeRead(grainId);
        await inner.ReadStateAsync(stateName, grainId, grainState);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteAsync(grainId, () => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteAsync(grainId, () => inner.ClearStateAsync(stateName, grainId, grainState));

    private async Task WriteAsync(GrainId grain, Func<Task> write)
    {
        if (grain.Type.ToString() != "replication")
        {
            await write();
            return;
        }

        faults.BeforeWrite(grain);
        await write();
        faults.AfterWrite(grain);
    }
}

internal static class FaultyStorageRegistration
{
    /// <summary>Puts faults between the grains and the store.</summary>
    public static IServiceCollection AddStateFaults(this IServiceCollection services, IStorageFaults faults)
    {
        services.AddSingleton(provider => new FaultyStorage(provider.GetRequiredService<SqliteGrainStorage>(), faults));
        services.AddSingleton<IGrainStorage>(provider => provider.GetRequiredService<FaultyStorage>());
        return services.AddKeyedSingleton<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (provider, _) => provider.GetRequiredService<FaultyStorage>());
    }

    /// <summary>Spares the disk where no test pulls the plug.</summary>
    public static IServiceCollection WithoutFlushing(this IServiceCollection services) =>
        services.Configure<DmsOrleans.Storage.SqliteStorageOptions>(options => options.Synchronous = DmsOrleans.Storage.SqliteSynchronous.Off);
}
