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

/// <summary>The node's reminder table, with a test's faults on its writes.</summary>
internal sealed class FaultyReminderTable(IReminderTable inner, IStorageFaults faults) : IReminderTable
{
    public Task<ReminderTableData> ReadRows(GrainId grainId) => inner.ReadRows(grainId);

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => inner.ReadRows(begin, end);

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => inner.ReadRow(grainId, reminderName);

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        faults.BeforeWrite(entry.GrainId);
        var etag = await inner.UpsertRow(entry);
        faults.AfterWrite(entry.GrainId);
        return etag;
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        faults.BeforeWrite(grainId);
        var removed = await inner.RemoveRow(grainId, reminderName, eTag);
        faults.AfterWrite(grainId);
        return removed;
    }

    public Task TestOnlyClearTable() => inner.TestOnlyClearTable();
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

    /// <summary>Puts faults between the reminder service and its table.</summary>
    public static IServiceCollection AddReminderFaults(this IServiceCollection services, IStorageFaults faults) => services
        .AddSingleton<SqliteReminderTable>()
        .AddSingleton<IReminderTable>(provider => new FaultyReminderTable(provider.GetRequiredService<SqliteReminderTable>(), faults));

    /// <summary>Spares the disk where no test pulls the plug.</summary>
    public static IServiceCollection WithoutFlushing(this IServiceCollection services) =>
        services.Configure<DmsOrleans.Storage.SqliteStorageOptions>(options => options.Synchronous = DmsOrleans.Storage.SqliteSynchronous.Off);
}
