using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DmsOrleans.Storage;

/// <summary>What the store reports of itself, under <see cref="Telemetry.Name"/>.</summary>
internal sealed class StorageMeters
{
    private readonly Histogram<int> batchSize;
    private readonly Histogram<double> commitSeconds;
    private readonly Counter<long> refused;
    private readonly Counter<long> failed;

    public StorageMeters(IMeterFactory meters, Func<int> queueLength)
    {
        var meter = meters.Create(Telemetry.Name);
        batchSize = meter.CreateHistogram<int>("dms.store.commit.writes", "{write}", "Writes that shared a commit.");
        commitSeconds = meter.CreateHistogram<double>("dms.store.commit.duration", "s", "From taking a batch to its being durable.");
        refused = meter.CreateCounter<long>("dms.store.writes.refused", "{write}", "Writes that conflicted or broke a rule of the store, by exception.");
        failed = meter.CreateCounter<long>("dms.store.writes.failed", "{write}", "Writes that failed because the store was not available.");
        meter.CreateObservableGauge("dms.store.queue.length", queueLength, "{write}", "Writes that wait for their batch.");
    }

    public void Committed(int writes, TimeSpan took)
    {
        batchSize.Record(writes);
        commitSeconds.Record(took.TotalSeconds);
    }

    public void Refused(Exception refusal) => refused.Add(1, new KeyValuePair<string, object?>("error.type", refusal.GetType().Name));

    public void Failed(int writes) => failed.Add(writes);

    /// <summary>A span around a write; null, and free, when nobody traces the caller.</summary>
    public static Activity? StartWrite(string kind) =>
        Activity.Current is null ? null : Telemetry.Source.StartActivity("store.commit")?.SetTag("dms.store.kind", kind);
}
