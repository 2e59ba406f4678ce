using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DmsOrleans.Replications;
using DmsOrleans.Tests.Faults;
using DmsOrleans.Tests.Node;
using Microsoft.Extensions.DependencyInjection;

namespace DmsOrleans.Tests.Hosting;

/// <summary>Our instruments, as whoever listens to them sees them.</summary>
public sealed class InstrumentsTests
{
    [Fact]
    public async Task They_tell_of_transitions_lateness_statuses_commits_and_what_the_sweeper_found()
    {
        using var directory = new DataDirectory();
        await using (var first = await TestNode.StartAsync(dataDirectory: directory.Path, configuration: WakeUps(sweeper: false), services: s => s.WithoutFlushing()))
        {
            await first.CreateEndpointsAsync();
            await first.CreateAsync("resting");
            await (await first.CreateAsync("orders")).StartedAsync();
        }

        using var listener = new Measurements();
        await using var node = await TestNode.StartAsync(dataDirectory: directory.Path, configuration: WakeUps(sweeper: true), services: s => s.WithoutFlushing());
        await node.WaitForAsync("orders", "running");

        var seen = listener.Of(node);
        var walked = (await node.HistoryAsync("orders")).Skip(2).ToList();
        await Until.Holds(() => seen("dms.replication.transitions").Count == walked.Count, "a measurement for each transition");
        Assert.Equal(walked.Select(t => t.To.ToWire()), seen("dms.replication.transitions").Select(m => m.Tag));
        Assert.Equal(walked.Select(t => (t.At - t.Planned!.Value).TotalSeconds), seen("dms.replication.lateness").Select(m => m.Value));
        Assert.True(seen("dms.sweeper.finds").Sum(m => m.Value) >= 1);
        Assert.True(seen("dms.store.commit.writes").Sum(m => m.Value) >= walked.Count);
        Assert.All(seen("dms.store.commit.duration"), m => Assert.True(m.Value > 0));
        Assert.Equal(2, await CountedAsync(listener, seen));
    }

    [Fact]
    public async Task A_refused_command_is_counted_by_its_fault()
    {
        using var listener = new Measurements();
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders");
        Assert.NotNull((await grain.Stop(new())).Refusal);
        Assert.Equal([(1, nameof(Fault.InvalidResourceState))], listener.Of(node)("dms.replication.refusals"));
    }

    // How many replications the gauge showed when it was read last.
    private static async Task<double> CountedAsync(Measurements listener, Func<string, List<(double Value, string? Tag)>> seen)
    {
        await Until.Holds(() => listener.Read() && seen("dms.replications").Count > 0, "the census to have been taken");
        var before = seen("dms.replications").Count;
        listener.Read();
        return seen("dms.replications").Skip(before).Sum(m => m.Value);
    }

    private static Dictionary<string, string?> WakeUps(bool sweeper) => new()
    {
        ["DmsOrleans:Replications:UseTimer"] = "false",
        ["DmsOrleans:Replications:UseReminder"] = "false",
        ["DmsOrleans:Replications:UseSweeper"] = sweeper.ToString(),
        ["DmsOrleans:Replications:SweepInterval"] = "00:00:00.05",
        ["DmsOrleans:Replications:SweepGrace"] = "00:00:00",
    };

    /// <summary>Keeps every measurement of our meters; there is one for each node in this process.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener listener = new();
        private readonly ConcurrentQueue<(Instrument Instrument, double Value, string? Tag)> all = new();

        public Measurements()
        {
            listener.InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
            listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
            listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
            listener.Start();
        }

        /// <summary>What this node's instrument of that name measured, with the value of its tag.</summary>
        public Func<string, List<(double Value, string? Tag)>> Of(TestNode node)
        {
            var factory = node.Services.GetRequiredService<IMeterFactory>();
            return name => [.. all.Where(m => m.Instrument.Name == name && ReferenceEquals(m.Instrument.Meter.Scope, factory)).Select(m => (m.Value, m.Tag))];
        }

        /// <summary>Asks the gauges.</summary>
        public bool Read()
        {
            listener.RecordObservableInstruments();
            return true;
        }

        public void Dispose() => listener.Dispose();

        private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            all.Enqueue((instrument, value, tags.IsEmpty ? null : tags[0].Value?.ToString()));
    }
}
