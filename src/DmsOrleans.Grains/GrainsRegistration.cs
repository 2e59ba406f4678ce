using DmsOrleans.Assessments;
using DmsOrleans.Capacity;
using DmsOrleans.Endpoints;
using DmsOrleans.Engines;
using DmsOrleans.Events;
using DmsOrleans.Records;
using DmsOrleans.Replications;
using DmsOrleans.SubnetGroups;
using DmsOrleans.WakeUps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DmsOrleans;

/// <summary>Registers what the grains use.</summary>
public static class GrainsRegistration
{
    /// <summary>
    /// The services of replications and endpoints. Needs an <see cref="IReplicationEngine"/>, a store (<see cref="Storage.IStateStore"/>, and its reminder table
    /// under <see cref="Storage.StoredReminders.Key"/>), a <see cref="TimeProvider"/> that does not step back, and Data Protection from the host. Called after <c>UseOrleans</c>: hosted services start in
    /// the order they were added, and these call grains.
    /// </summary>
    public static IServiceCollection AddReplicationGrains(this IServiceCollection services)
    {
        services.AddOptions<ReplicationOptions>().BindConfiguration(ReplicationOptions.Section).ValidateDataAnnotations()
            .Validate(o => TimeScale.TryParse(o.TimeScale, out _), $"{ReplicationOptions.Section}:TimeScale must be a number greater than 0, or 'infinite'.")
            .Validate(o => o.Autoscaling is { LowerUtilization: >= 0 } a && a.LowerUtilization < a.UpperUtilization, $"{ReplicationOptions.Section}:Autoscaling:LowerUtilization must be between 0 and UpperUtilization.")
            .ValidateOnStart();
        services.AddRecords();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(s => new ReplicationSchedule(s.GetRequiredService<IReplicationEngine>(), s.GetRequiredService<IOptions<ReplicationOptions>>().Value));
        services.AddSingleton<ReplicationSteps>().AddSingleton<ReplicationViews>().AddSingleton<ReplicationRules>().AddSingleton<ReplicationMetrics>();
        services.AddSingleton<ReplicationServices>().AddSingleton<AssessmentRuns>();
        services.AddSingleton<SecretProtector>().AddSingleton<EndpointReader>();
        services.AddEndpointProbes();
        services.AddSingleton<CapacityPool>().AddSingleton<ILifecycleParticipant<ISiloLifecycle>, CapacityLedger>();
        services.AddSingleton<WakeQueue>().AddHostedService(s => s.GetRequiredService<WakeQueue>());
        services.Replace(ServiceDescriptor.Singleton<IReminderTable, DeadlineReminders>());
        services.AddEvents();
        services.AddHostedService<Sweeper>().AddHostedService<ReplicationCensus>();
        return services;
    }

    // Stored records with rules, and what is counted and announced about all resources.
    private static IServiceCollection AddRecords(this IServiceCollection services)
    {
        services.AddOptions<QuotaOptions>().BindConfiguration(QuotaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<NetworkOptions>().BindConfiguration(NetworkOptions.Section);
        services.AddOptions<MaintenanceOptions>().BindConfiguration(MaintenanceOptions.Section);
        return services.AddSingleton<RecordServices>().AddSingleton<Quotas>().AddSingleton<SimulatedNetwork>().AddSingleton<SubnetGroupRules>().AddSingleton<Placement>();
    }

    private static void AddEndpointProbes(this IServiceCollection services)
    {
        services.AddOptions<EndpointOptions>().BindConfiguration(EndpointOptions.Section)
            .Validate(o => o.ConnectionTestDuration >= TimeSpan.Zero && o.SchemaRefreshDuration >= TimeSpan.Zero, $"The durations of {EndpointOptions.Section} must not be negative.")
            .ValidateOnStart();
        services.AddSingleton<EndpointProber>().AddHostedService<ProbeSweeper>();
    }
}
