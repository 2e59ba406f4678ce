using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DmsOrleans.Storage;

/// <summary>What the store reports of itself, under <see cref="Telemetry.Name"/>.</summary>
internal sealed class StorageMeters
{
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _commitSeconds;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _failed;

    public StorageMeters(IMeterFactory meters, Func<int> queueLength)
    {
        var meter = meters.Create(Telemetry.Name);
        _batchSize = meter.CreateHistogram<int>("dms.store.commit.writes", "{write}", "Writes that shared a commit.");
        _commitSeconds = meter.CreateHistogram<double>("dms.store.commit.duration", "s", "From taking a batch to its being durable.");
        _refused = meter.CreateCounter<long>("dms.store.writes.refused", "{write}", "Writes that conflicted or broke a rule of the store, by exception.");
        _failed = meter.CreateCounter<long>("dms.store.writes.failed", "{write}", "Writes that failed because the store was not available.");
        meter.CreateObservableGauge("dms.store.queue.length", queueLength, "{write}", "Writes that wait for their batch.");
    }

    public void Committed(int writes, TimeSpan took)
    {
        _batchSize.Record(writes);
        _commitSeconds.Record(took.TotalSeconds);
    }

    public void Refused(Exception refusal) => _refused.Add(1, new KeyValuePair<string, object?>("error.type", refusal.GetType().Name));

    public void Failed(int writes) => _failed.Add(writes);

    /// <summary>A span around a write; null, and free, when nobody traces the caller.</summary>
    public static Activity? StartWrite(string kind) =>
        Activity.Current is null ? null : Telemetry.Source.StartActivity("store.commit")?.SetTag("dms.store.kind", kind);
}
