using DmsOrleans.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace DmsOrleans.Storage;

/// <summary>Puts the one-node store into a silo.</summary>
public static class SqliteStorageRegistration
{
    /// <summary>
    /// One SQLite file as the default <see cref="IGrainStorage"/>, as <see cref="IReminderTable"/> (the silo still needs <c>AddReminders</c>),
    /// and as <see cref="IStateStore"/>. Opened, created or migrated when the silo starts, before grains and reminders; the silo does not start
    /// (<see cref="StorageCannotOpenException"/>) when that fails.
    /// </summary>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, Action<SqliteStorageOptions>? configure = null)
    {
        services.AddOptions<SqliteStorageOptions>();
        services.Configure(configure ?? (_ => { }));
        services.AddSingleton<IValidateOptions<SqliteStorageOptions>, OptionsCheck>();
        services.AddMetrics();
        services.AddSingleton<SqliteStore>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<SqliteGrainStorage>();
        services.AddSingleton<IGrainStorage>(provider => provider.GetRequiredService<SqliteGrainStorage>());
        services.AddKeyedSingleton<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (provider, _) => provider.GetRequiredService<SqliteGrainStorage>());
        services.AddSingleton<IPersistentStateFactory, LeanPersistentStateFactory>();
        services.AddKeyedSingleton<IReminderTable, SqliteReminderTable>(StoredReminders.Key);
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IReminderTable>(StoredReminders.Key));
        services.AddSingleton<IStateStore, SqliteStateStore>();
        services.AddSingleton<HistoryRetention>().AddHostedService(provider => provider.GetRequiredService<HistoryRetention>());
        return services;
    }

    private sealed class OptionsCheck : IValidateOptions<SqliteStorageOptions>
    {
        public ValidateOptionsResult Validate(string? name, SqliteStorageOptions options) =>
            options.Faults().ToList() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
