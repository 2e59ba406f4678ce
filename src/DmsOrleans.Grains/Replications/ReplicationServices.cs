using DmsOrleans.Assessments;
using DmsOrleans.Capacity;
using DmsOrleans.Endpoints;
using DmsOrleans.Engines;
using DmsOrleans.WakeUps;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace DmsOrleans.Replications;

/// <summary>What every replication of a silo uses, once per silo: an activation holds one reference instead of ten.</summary>
internal sealed class ReplicationServices(
    IReplicationEngine engine,
    ReplicationSchedule schedule,
    ReplicationSteps steps,
    ReplicationViews views,
    ReplicationRules rules,
    ReplicationMetrics metrics,
    AssessmentRuns assessments,
    EndpointReader endpoints,
    CapacityPool capacity,
    WakeQueue wakeQueue,
    TimeProvider time,
    IOptions<ReplicationOptions> options,
    IOptions<MaintenanceOptions> maintenance,
    ILocalSiloDetails silo)
{
    public IReplicationEngine Engine { get; } = engine;

    public ReplicationSchedule Schedule { get; } = schedule;

    /// <summary><see cref="ReplicationSchedule.DueOf"/>, made into a delegate once.</summary>
    public Func<string, ReplicationState, DateTimeOffset?> DueOf { get; } = schedule.DueOf;

    public ReplicationSteps Steps { get; } = steps;

    public ReplicationViews Views { get; } = views;

    public ReplicationRules Rules { get; } = rules;

    public ReplicationMetrics Metrics { get; } = metrics;

    public AssessmentRuns Assessments { get; } = assessments;

    public EndpointReader Endpoints { get; } = endpoints;

    public CapacityPool Capacity { get; } = capacity;

    public WakeQueue WakeQueue { get; } = wakeQueue;

    public TimeProvider Time { get; } = time;

    public ReplicationOptions Options { get; } = options.Value;

    public MaintenanceOptions Maintenance { get; } = maintenance.Value;

    public string SiloName { get; } = silo.Name;
}
