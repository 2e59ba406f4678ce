using System.Globalization;
using DmsOrleans.Cli.Output;
using Spectre.Console;

namespace DmsOrleans.Cli.Load;

/// <summary>The report as a person reads it.</summary>
internal static class LoadReportView
{
    /// <summary>Writes it.</summary>
    public static void Write(ResultWriter results, IAnsiConsole console, LoadReport report)
    {
        results.WriteLine("");
        results.WriteTable(["milliseconds", "count", "p50", "p99", "max"],
        [
            .. report.Commands.Select(c => Row(c.Key, c.Value)),
            Row("lateness, all phases", report.Lateness),
        ]);
        if (report.Phases.Count > 0)
        {
            results.WriteTable(["phase", "count", "planned p50", "actual p50", "actual p99", "late p50", "late p99", "late max"], [.. report.Phases.Select(Row)]);
        }

        results.WriteTable(["figure", "value"], [.. Figures(report)]);
        WriteVerdict(results, console, report);
    }

    private static Cell[] Row(string name, Percentiles p) => [name, Words.Count(p.Count), Ms(p.P50), Ms(p.P99), Ms(p.Max)];

    private static Cell[] Row(PhaseReport p) =>
    [
        Cell.Status(p.Status), Words.Count(p.Lateness.Count), Ms(p.Planned.P50), Ms(p.Actual.P50), Ms(p.Actual.P99),
        Ms(p.Lateness.P50), Ms(p.Lateness.P99), Ms(p.Lateness.Max),
    ];

    private static IEnumerable<Cell[]> Figures(LoadReport report)
    {
        var whose = report.ProcessIncludesNode ? "this process, node included" : "this process, without the node";
        yield return ["node", report.Node];
        yield return ["replications", $"{Words.Count(report.Asked.Replications)} ({report.Asked.Type}, seed {report.Asked.Seed}), named {report.Asked.NamePrefix}-*"];
        yield return ["ends", string.Join(", ", report.Ends.Select(e => $"{e.Key} {Words.Count(e.Value)}"))];
        yield return ["driven in", Words.Span(TimeSpan.FromSeconds(report.DroveSeconds))];
        yield return ["commands", $"{Words.Count(report.Commands.Values.Sum(c => c.Count))} ({Words.Count(report.CommandsPerSecond)}/s), {report.Errors} errors"];
        yield return ["transitions", $"{Words.Count(report.Transitions)} ({Words.Count(report.TransitionsPerSecond)}/s)"];
        yield return ["CPU", string.Create(CultureInfo.InvariantCulture, $"{report.CpuSeconds:0.0} s ({whose})")];
        yield return ["peak memory", string.Create(CultureInfo.InvariantCulture, $"{report.PeakMemoryBytes / 1048576.0:0} MB ({whose})")];
        if (report.Early > 0)
        {
            yield return ["before their time", $"{Words.Count(report.Early)} steps"];
        }
    }

    private static void WriteVerdict(ResultWriter results, IAnsiConsole console, LoadReport report)
    {
        const int Shown = 20;
        var verdict = report.Verdict;
        var (words, color) = verdict.Passed switch
        {
            true => ($"VERDICT: passed. {Words.Count(verdict.HistoriesRead)} histories read back: every walk legal, none lost, none stuck.", Color.Green),
            false => ($"VERDICT: FAILED. {verdict.Offences} offences in {Words.Count(verdict.HistoriesRead)} histories read back:", Color.Red),
            null => ($"VERDICT: none; {(report.Interrupted ? "interrupted" : "cut short")} with {Words.Count(verdict.HistoriesRead)} histories read back.", Color.Yellow),
        };
        console.Write(new Text(words + "\n", new Style(color)));
        foreach (var offence in verdict.FirstOffences.Take(Shown))
        {
            results.WriteLine($"  {offence.Arn}  [{offence.Rule}] {offence.Text}");
        }

        if (verdict.Offences > Shown)
        {
            results.WriteLine($"  ... and {verdict.Offences - Shown} more; --report keeps the first {LoadReports.MostOffences}.");
        }
    }

    private static string Ms(double ms) => ms.ToString(ms < 100 ? "0.00" : "N0", CultureInfo.InvariantCulture);
}
