using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DmsOrleans.Cli.Load;

/// <summary>What a load found, as <c>report.json</c> holds it. Times in milliseconds unless the name says otherwise.</summary>
internal sealed record LoadReport
{
    /// <summary><c>embedded</c>, or the address of the node.</summary>
    public required string Node { get; init; }

    /// <summary>What was asked.</summary>
    public required LoadAsked Asked { get; init; }

    /// <summary>Whether it was ended before its end.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>From the first request to the last end, in seconds.</summary>
    public required double DroveSeconds { get; init; }

    /// <summary>Reading every history back, in seconds.</summary>
    public required double JudgedSeconds { get; init; }

    /// <summary>Latency by operation; an operation that was never sent is left out.</summary>
    public required IReadOnlyDictionary<string, Percentiles> Commands { get; init; }

    /// <summary>Commands answered, by the time it took to drive.</summary>
    public required double CommandsPerSecond { get; init; }

    /// <summary>Attempts without an answer, and refusals.</summary>
    public required long Errors { get; init; }

    /// <summary>Steps in all histories.</summary>
    public required long Transitions { get; init; }

    /// <summary>Those, by the time between the first and the last step of a walk.</summary>
    public required double TransitionsPerSecond { get; init; }

    /// <summary>In the order of the walk.</summary>
    public required IReadOnlyList<PhaseReport> Phases { get; init; }

    /// <summary>How late deadlines were answered, over all phases.</summary>
    public required Percentiles Lateness { get; init; }

    /// <summary>Steps taken before their deadline.</summary>
    public required long Early { get; init; }

    /// <summary>CPU time of this process, in seconds.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Most memory this process held.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>Whether the two figures above contain the node.</summary>
    public required bool ProcessIncludesNode { get; init; }

    /// <summary>Where the replications of the load are.</summary>
    public required IReadOnlyDictionary<string, int> Ends { get; init; }

    /// <summary>The verdict.</summary>
    public required VerdictReport Verdict { get; init; }
}

/// <summary>What was asked of a load. <c>TimeScale</c> is null when the node has its own.</summary>
internal sealed record LoadAsked(
    int Replications, string Type, int Seed, int Rate, int Concurrency, string? TimeScale, double? StopAfterSeconds, double TimeoutSeconds, string NamePrefix);

/// <summary>A distribution, in milliseconds.</summary>
internal sealed record Percentiles(long Count, double P50, double P99, double Max)
{
    /// <summary>Reads a histogram.</summary>
    public static Percentiles Of(LatencyHistogram histogram) =>
        new(histogram.Count, Ms(histogram.Percentile(50)), Ms(histogram.Percentile(99)), Ms(histogram.Max));

    private static double Ms(TimeSpan span) => Math.Round(span.TotalMilliseconds, 3);
}

/// <summary>Time in a phase against its plan.</summary>
internal sealed record PhaseReport(string Status, Percentiles Planned, Percentiles Actual, Percentiles Lateness);

/// <summary>The verdict: null when the histories were not all read.</summary>
internal sealed record VerdictReport(bool? Passed, int HistoriesRead, int Offences, IReadOnlyList<Offence> FirstOffences);

/// <summary>What the process used.</summary>
internal readonly record struct ProcessCost(TimeSpan Cpu, long PeakBytes)
{
    /// <summary>What this process has used up to now.</summary>
    public static ProcessCost UpToNow()
    {
        using var process = Process.GetCurrentProcess();
        return new ProcessCost(process.TotalProcessorTime, process.PeakWorkingSet64);
    }
}

/// <summary>Makes the report of an outcome.</summary>
internal static class LoadReports
{
    /// <summary>Offences that a report spells out; the rest is counted.</summary>
    public const int MostOffences = 100;

    // Quotes and arrows in messages stay as they are.
    private static readonly ReportJson Readable = new(
        new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The report.</summary>
    public static LoadReport Of(LoadOutcome outcome, LoadOptions options, string node, TimeScale? scale, bool interrupted, ProcessCost before, ProcessCost after)
    {
        var verdict = outcome.Verdict;
        return new LoadReport
        {
            Node = node,
            Asked = new LoadAsked(options.Replications, options.Type, options.Seed, options.Rate, options.Concurrency, scale?.ToString(),
                options.StopAfter?.TotalSeconds, options.Timeout.TotalSeconds, outcome.Fleet.Name),
            Interrupted = interrupted,
            DroveSeconds = Math.Round(outcome.Drove.TotalSeconds, 3),
            JudgedSeconds = Math.Round(outcome.Judged.TotalSeconds, 3),
            Commands = CommandsOf(outcome.Commands),
            CommandsPerSecond = PerSecond(outcome.Commands.Answered, outcome.Drove),
            Errors = outcome.Commands.Errors,
            Transitions = verdict.Transitions,
            TransitionsPerSecond = PerSecond(verdict.Transitions, verdict.Span),
            Phases = PhasesOf(verdict.Times),
            Lateness = Percentiles.Of(verdict.Times.Lateness),
            Early = verdict.Times.Early,
            CpuSeconds = Math.Round((after.Cpu - before.Cpu).TotalSeconds, 3),
            PeakMemoryBytes = after.PeakBytes,
            ProcessIncludesNode = scale is not null,
            Ends = outcome.Fleet.Replications.CountBy(r => r.Listed?.Status ?? (r.Arn is null ? "not created" : "not listed")).ToDictionary(),
            Verdict = new VerdictReport(
                verdict.Complete ? verdict.Passed : null, verdict.Read, verdict.Offences.Count, [.. verdict.Offences.Take(MostOffences)]),
        };
    }

    /// <summary>The report as JSON text.</summary>
    public static string ToJson(LoadReport report) => JsonSerializer.Serialize(report, Readable.LoadReport);

    private static Dictionary<string, Percentiles> CommandsOf(LoadCommands commands) =>
        new[] { ("CreateReplicationConfig", commands.Create), ("StartReplication", commands.Start), ("StopReplication", commands.Stop) }
            .Where(c => c.Item2.Count > 0).ToDictionary(c => c.Item1, c => Percentiles.Of(c.Item2));

    private static IReadOnlyList<PhaseReport> PhasesOf(PhaseTimes times) =>
    [
        .. Output.StatusColors.All.Where(times.Phases.ContainsKey).Select(s => (Status: s, Time: times.Phases[s]))
            .Select(p => new PhaseReport(p.Status, Percentiles.Of(p.Time.Planned), Percentiles.Of(p.Time.Actual), Percentiles.Of(p.Time.Lateness))),
    ];

    private static double PerSecond(long count, TimeSpan span) => span > TimeSpan.Zero ? Math.Round(count / span.TotalSeconds, 1) : 0;
}

/// <summary>Writes the report without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
