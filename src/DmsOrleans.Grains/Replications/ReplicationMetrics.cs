using System.Diagnostics.Metrics;

namespace DmsOrleans.Replications;

/// <summary>What this silo reports of its replications, on the meter <see cref="Telemetry.Name"/>. Tags are bounded: statuses and causes only.</summary>
internal sealed class ReplicationMetrics
{
    private readonly Counter<long> transitions;
    private readonly Histogram<double> lateness;
    private readonly Counter<long> sweeperFinds;
    private readonly Counter<long> refusals;

    public ReplicationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Telemetry.Name);
        transitions = meter.CreateCounter<long>("dms.replication.transitions", "{transition}", "Stored transitions, by the status entered.");
        lateness = meter.CreateHistogram<double>("dms.replication.lateness", "s", "From the planned end of a phase to the decision of the next transition.");
        sweeperFinds = meter.CreateCounter<long>("dms.sweeper.finds", "{replication}", "Overdue replications the sweeper found.");
        refusals = meter.CreateCounter<long>("dms.replication.refusals", "{command}", "Commands refused, by fault.");
    }

    public void Stored(Transition transition)
    {
        transitions.Add(1, new KeyValuePair<string, object?>("status", transition.To.ToWire()));
        if (transition.Planned is { } planned)
        {
            lateness.Record((transition.At - planned).TotalSeconds);
        }
    }

    public void SweeperFound(int count) => sweeperFinds.Add(count);

    public void Refused(Fault fault) => refusals.Add(1, new KeyValuePair<string, object?>("fault", fault.ToString()));
}
