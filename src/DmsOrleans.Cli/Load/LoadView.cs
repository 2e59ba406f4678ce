using System.Globalization;
using DmsOrleans.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DmsOrleans.Cli.Load;

/// <summary>Shows a load while it goes on: bars that are redrawn on a terminal, a line a second on a pipe.</summary>
internal sealed class LoadView(IAnsiConsole console, TextWriter plain, bool screen)
{
    private const int BarWidth = 40;
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);
    private LoadSnapshot? before;
    private TimeSpan nextLine;
    private (double Commands, double Transitions) rates;

    /// <summary>Runs a body that reports snapshots, and shows them; the screen is left with the last one.</summary>
    public async Task<T> ShowAsync<T>(Func<Action<LoadSnapshot>, Task<T>> body)
    {
        if (!screen)
        {
            return await body(WriteLine);
        }

        return await console.Live(new Text("starting")).StartAsync(live => body(snapshot =>
        {
            Measure(snapshot);
            live.UpdateTarget(Draw(snapshot));
        }));
    }

    // Rates over the last look, smoothed so that they can be read.
    private void Measure(LoadSnapshot now)
    {
        var seconds = (now.Elapsed - (before?.Elapsed ?? TimeSpan.Zero)).TotalSeconds;
        if (seconds > 0 && now.Stage == "driving")
        {
            var weight = before is null ? 1 : Math.Min(1, seconds);
            var commands = (now.Commands - (before?.Commands ?? 0)) / seconds;
            var transitions = Math.Max(0, now.TransitionsAtLeast - (before?.TransitionsAtLeast ?? 0)) / seconds;
            rates = (rates.Commands + (weight * (commands - rates.Commands)), rates.Transitions + (weight * (transitions - rates.Transitions)));
        }

        before = now;
    }

    private void WriteLine(LoadSnapshot now)
    {
        if (now.Elapsed < nextLine)
        {
            return;
        }

        nextLine = now.Elapsed + LineInterval;
        Measure(now);
        var counts = string.Join(' ', StatusColors.All.Where(s => now.Counts.GetValueOrDefault(s) > 0).Select(s => $"{s}={now.Counts[s]}"));
        plain.WriteLine(now.Stage == "judging"
            ? $"{Clock(now)}  judging  histories={now.Judged}/{now.Replications}"
            : $"{Clock(now)}  {Figures(now)}  settled={now.Settled}/{now.Replications}  {counts}");
        plain.Flush();
    }

    private string Figures(LoadSnapshot now)
    {
        var lateness = now.Lateness is var (p50, p99) ? $"  late p50={Words.Span(p50)} p99={Words.Span(p99)}" : "";
        return $"commands={now.Commands} ({Words.Count(rates.Commands)}/s)  transitions>={now.TransitionsAtLeast} ({Words.Count(rates.Transitions)}/s)  errors={now.Errors}{lateness}";
    }

    private static string Clock(LoadSnapshot now) => string.Create(CultureInfo.InvariantCulture, $"{now.Elapsed.TotalSeconds,6:0.0}s");

    private Rows Draw(LoadSnapshot now)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true }).AddColumn(new GridColumn { NoWrap = true }).AddColumn(new GridColumn { NoWrap = true, Alignment = Justify.Right });
        foreach (var status in StatusColors.All.Where(s => s is not ("modifying" or "deleting") || now.Counts.GetValueOrDefault(s) > 0))
        {
            var count = now.Counts.GetValueOrDefault(status);
            grid.AddRow(new Text(status), Bar(count, now, StatusColors.Of(status)), new Text(Words.Count(count)));
        }

        var lines = new List<IRenderable> { grid, new Text(""), Progress(now), new Text($"{Clock(now)}  {Figures(now)}") };
        if (now.LastError is { } error)
        {
            lines.Add(new Text($"last error: {error}", new Style(Color.Red)));
        }

        return new Rows(lines);
    }

    private static Text Bar(long count, LoadSnapshot now, Color color)
    {
        var total = Math.Max(now.Replications, now.Counts.Values.DefaultIfEmpty().Max());
        var filled = count == 0 ? 0 : Math.Max(1, (int)Math.Round((double)count * BarWidth / total));
        return new Text(new string('█', filled) + new string('·', BarWidth - filled), new Style(color));
    }

    private static Text Progress(LoadSnapshot now) => now.Stage == "judging"
        ? new Text($"reading histories back: {Words.Count(now.Judged)} of {Words.Count(now.Replications)}", new Style(Color.Aqua))
        : new Text($"at their end: {Words.Count(now.Settled)} of {Words.Count(now.Replications)}", new Style(Color.Aqua));
}
