using System.Text.Json;
using DmsOrleans.Engines.Json;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Simulated;

/// <summary>A checked simulation: the node's options overlaid by one replication's SupplementalSettings. Immutable, shared by all replications that say the same.</summary>
public sealed class SimulationProfile
{
    /// <summary>The longest simulated time; what is planned beyond it is planned for it.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(36_525);

    /// <summary>Simulated seconds as a time, at most <see cref="Longest"/>.</summary>
    internal static TimeSpan Time(double seconds) => seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;

    private readonly PhaseProfile[] phases;

    private SimulationProfile(SimulationOptions options)
    {
        Options = options;
        phases = [.. PhaseDefaults.Phases.Select(phase => PhaseProfile.Of(phase, options.Phases.TryGetValue(phase.ToWire(), out var given) ? given : new()))];
        Sources = new BoundedCache<string, SimulatedSource>(4_000_000);
    }

    /// <summary>What it was made of. Not to be changed.</summary>
    internal SimulationOptions Options { get; }

    /// <summary>The source as seen through table mappings, by their JSON.</summary>
    internal BoundedCache<string, SimulatedSource> Sources { get; }

    /// <summary>
    /// Overlays <paramref name="node"/> with the object <c>simulation</c> in <paramref name="supplementalSettings"/>, member by member (listed tables
    /// as a whole), and checks the result. Answers every fault at once, naming the member and what would be right; never throws.
    /// </summary>
    public static Parsed<SimulationProfile> Parse(SimulationOptions node, string? supplementalSettings)
    {
        var faults = new List<string>();
        var options = node.Copy();
        if (!string.IsNullOrWhiteSpace(supplementalSettings))
        {
            Overlay(options, supplementalSettings, faults);
        }

        SimulationCheck.Check(options, faults);
        return faults.Count == 0 ? new(new SimulationProfile(options)) : new(null, faults);
    }

    /// <summary>A start phase.</summary>
    internal ref readonly PhaseProfile PhaseOf(ReplicationStatus phase) => ref phases[phase - ReplicationStatus.Initializing];

    private static void Overlay(SimulationOptions options, string supplementalSettings, List<string> faults)
    {
        if (JsonText.TryParse(supplementalSettings, out var fault) is not { } root)
        {
            faults.Add($"SupplementalSettings: {fault}.");
        }
        else if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add("SupplementalSettings must be a JSON object.");
        }
        else if (root.TryGetProperty("simulation", out var simulation) && JsonMembers.Of(simulation, "simulation", faults) is { } members)
        {
            SimulationReader.Overlay(options, members, faults);
        }
    }
}

/// <summary>A start phase, ready to be drawn from.</summary>
internal readonly record struct PhaseProfile(TimeSpan Least, TimeSpan Most, double HangProbability, double FailureProbability, StepFailure Failure)
{
    public static PhaseProfile Of(ReplicationStatus phase, PhaseSimulation given)
    {
        var (least, most) = PhaseDefaults.Range(phase, given);
        var failure = new StepFailure(given.FailureMessage ?? $"The simulation profile let the phase {phase.ToWire()} fail.", given.FailureRecoverable);
        return new PhaseProfile(Seconds(least * given.Slowdown), Seconds(most * given.Slowdown), given.HangProbability, given.FailureProbability, failure);
    }

    /// <summary>How long it lasts for this draw; <see cref="TimeSpan.MaxValue"/> when it hangs.</summary>
    public TimeSpan Duration(Draw draw) =>
        draw.Split(Purpose.Hang).Happens(HangProbability) ? TimeSpan.MaxValue
        : Least + ((Most - Least) * draw.Split(Purpose.Duration).Unit);

    private static TimeSpan Seconds(double seconds) =>
        seconds < SimulationProfile.Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : SimulationProfile.Longest;
}

/// <summary>How long AWS takes for each phase, as users have reported it.</summary>
internal static class PhaseDefaults
{
    /// <summary>The start phases, in the order of the walk.</summary>
    public static IReadOnlyList<ReplicationStatus> Phases { get; } = [.. ReplicationStatuses.All.Where(status => status.IsStartPhase())];

    /// <summary>Seconds, from and to.</summary>
    public static (double Least, double Most) Range(ReplicationStatus phase, PhaseSimulation given)
    {
        var (least, most) = phase switch
        {
            ReplicationStatus.Initializing => (120, 300),
            ReplicationStatus.PreparingMetadataResources => (900, 1_200),
            ReplicationStatus.TestingConnection => (120, 300),
            ReplicationStatus.FetchingMetadata => (30, 300),
            ReplicationStatus.CalculatingCapacity => (60, 120),
            ReplicationStatus.ProvisioningCapacity => (900, 1_200),
            _ => (60, 120),
        };
        return (given.Seconds ?? given.MinSeconds ?? least, given.Seconds ?? given.MaxSeconds ?? most);
    }
}
