using System.Globalization;
using DmsOrleans.Engines;
using DmsOrleans.Hosting;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using DmsOrleans.Storage.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Hosting;
using Orleans.Runtime;

namespace DmsOrleans.Silo;

/// <summary>Makes a web application a silo of one node: grains, engine, store, reminders, dashboard.</summary>
public static class SiloRegistration
{
    /// <summary>Where the dashboard is served.</summary>
    public const string DashboardPath = "/dashboard";

    /// <summary>Where <see cref="SqliteStorageOptions"/> are configured.</summary>
    public const string StorageSection = "DmsOrleans:Storage";

    /// <summary>Adds the silo. Settings given here win over configuration.</summary>
    public static WebApplicationBuilder AddSilo(this WebApplicationBuilder builder, SiloSettings settings)
    {
        builder.Configuration.AddInMemoryCollection(Overrides(settings));
        // The keys lie unencrypted in a directory that only their owner can read, which is said in deploy/; not at every start.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // A failed write is logged where it is decided what follows from it.
        builder.Logging.AddFilter("Orleans.Core.StateStorageBridge", LogLevel.Critical);
        // Its first check compares with a tick that has not happened yet and reports the machine's uptime as a stall.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        builder.UseOrleans(silo => silo.AddNode(settings, builder.Configuration));
        builder.Services
            .AddSingleton(settings)
            .AddSteadyTime()
            .AddTelemetry(builder.Configuration)
            .AddSecretsProtection(settings)
            .Configure<SqliteStorageOptions>(builder.Configuration.GetSection(StorageSection))
            .AddSqliteStorage(o => (o.DataDirectory, o.InMemory) = (settings.DataDirectory ?? o.DataDirectory, settings.InMemory))
            .AddSimulatedEngine()
            .AddReplicationGrains()
            .AddStorageHealth()
            .AddReadiness<SiloHealthCheck>("silo");
        return builder;
    }

    /// <summary>Maps what a silo shows of itself: health, and the dashboard when it is on.</summary>
    public static WebApplication MapSilo(this WebApplication app)
    {
        app.MapHealth();
        if (app.Services.GetRequiredService<SiloSettings>().Dashboard)
        {
            app.MapOrleansDashboard(DashboardPath);
        }

        return app;
    }

    private static void AddNode(this ISiloBuilder silo, SiloSettings settings, IConfiguration configuration)
    {
        var (siloPort, gatewayPort) = LoopbackPorts.TwoFree();
        silo.UseLocalhostClustering(siloPort, gatewayPort);
        silo.AddReminders();
        silo.Services.AddOptions<ReminderOptions>().Configure<IOptions<ReplicationOptions>>(TuneReminders);
        if (TelemetryRegistration.IsExportWanted(configuration))
        {
            silo.AddActivityPropagation();
        }

        if (settings.Dashboard)
        {
            silo.AddDashboard();
        }
    }

    // Orleans refuses periods below its own minimum, which is meant for reminders that carry the pace; ours only wake. Reminders are loaded half a
    // period before they tick: registering one costs a row, and most walks are over before it costs a timer too.
    private static void TuneReminders(ReminderOptions reminders, IOptions<ReplicationOptions> replications)
    {
        var period = replications.Value.ReminderPeriod;
        reminders.MinimumReminderPeriod = period < reminders.MinimumReminderPeriod ? period : reminders.MinimumReminderPeriod;
        reminders.RefreshReminderListPeriod = period / 2;
        reminders.ReminderLoadingWindow = period / 2;
    }

    private static Dictionary<string, string?> Overrides(SiloSettings settings)
    {
        var overrides = new Dictionary<string, string?> { [$"{ReplicationOptions.Section}:TimeScale"] = settings.TimeScale.ToString() };
        if (settings.Seed is { } seed)
        {
            overrides["DmsOrleans:Simulation:Seed"] = seed.ToString(CultureInfo.InvariantCulture);
        }

        if (settings.CapacityPoolUnits is { } units)
        {
            overrides[$"{ReplicationOptions.Section}:{nameof(ReplicationOptions.CapacityPoolUnits)}"] = units.ToString(CultureInfo.InvariantCulture);
        }

        if (settings.PollSafe)
        {
            overrides[$"{ReplicationOptions.Section}:{nameof(ReplicationOptions.PollSafe)}"] = bool.TrueString;
        }

        return overrides;
    }

    // One clock for everything of ours and for Orleans' reminders, which a clock set back would otherwise silence.
    private static IServiceCollection AddSteadyTime(this IServiceCollection services)
    {
        services.TryAddKeyedSingleton(SteadyTime.SystemClock, TimeProvider.System);
        services.AddSingleton(s => new SteadyTimeProvider(s.GetRequiredKeyedService<TimeProvider>(SteadyTime.SystemClock)));
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(s => s.GetRequiredService<SteadyTimeProvider>()));
        return services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SteadyTime>();
    }

    private static IServiceCollection AddSecretsProtection(this IServiceCollection services, SiloSettings settings)
    {
        if (settings.InMemory)
        {
            return services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        }

        services.AddDataProtection().SetApplicationName("DmsOrleans").PersistKeysToFileSystem(KeyDirectory(settings.DataDirectory!));
        return services;
    }

    // The keys are as secret as what they encrypt: nobody but the owner of the process may read them.
    private static DirectoryInfo KeyDirectory(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "keys");
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
