using System.Diagnostics.Metrics;
using DmsOrleans.Cli.Load;
using DmsOrleans.Storage;

namespace DmsOrleans.Benchmarks;

/// <summary>Counts what the node reports on its meter, from now on.</summary>
internal sealed class MeterReadings : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string awaitedStatus;
    private readonly int awaitedCount;
    private long transitions;
    private long commits;
    private int entered;

    /// <summary><see cref="Reached"/> completes when <paramref name="count"/> transitions entered <paramref name="status"/>.</summary>
    public MeterReadings(string status, int count)
    {
        (awaitedStatus, awaitedCount) = (status, count);
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == Telemetry.Name)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(OnCount);
        listener.SetMeasurementEventCallback<int>((instrument, _, _, _) => Interlocked.Add(ref commits, instrument.Name == "dms.store.commit.writes" ? 1 : 0));
        listener.SetMeasurementEventCallback<double>(OnValue);
        listener.Start();
    }

    public Task Reached => reached.Task;

    public long Transitions => Interlocked.Read(ref transitions);

    public long Commits => Interlocked.Read(ref commits);

    /// <summary>From the planned end of each phase to the decision of the next transition.</summary>
    public LatencyHistogram Lateness { get; } = new();

    public void Dispose() => listener.Dispose();

    private void OnCount(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name != "dms.replication.transitions")
        {
            return;
        }

        Interlocked.Add(ref transitions, value);
        if ((string?)tags[0].Value == awaitedStatus && Interlocked.Increment(ref entered) == awaitedCount)
        {
            reached.TrySetResult();
        }
    }

    private void OnValue(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == "dms.replication.lateness")
        {
            Lateness.Record(TimeSpan.FromSeconds(value));
        }
    }
}
