using DmsOrleans.Cli.Api;

namespace DmsOrleans.Cli.Load;

/// <summary>What a history must show, from what the load was told by the service.</summary>
/// <param name="Starts">Acknowledged StartReplication calls.</param>
/// <param name="Stops">Acknowledged StopReplication calls.</param>
/// <param name="End">The status the replication must have come to.</param>
/// <param name="Listed">What the last listing said: sequence number and status; null when it was not listed.</param>
internal sealed record WalkExpectation(int Starts, int Stops, string End, (long Sequence, string Status)? Listed = null);

/// <summary>One thing that is wrong with a walk.</summary>
/// <param name="Rule">The rule that is broken: legal, gap, skip, repeat, cause, run, lost, twice, stuck, or list.</param>
/// <param name="Text">What was seen and what was expected.</param>
internal readonly record struct WalkProblem(string Rule, string Text);

/// <summary>Judges a history by itself, without asking the node what it meant.</summary>
internal static class WalkChecker
{
    /// <summary>Everything that is wrong with it; empty when it is a legal walk to its end.</summary>
    public static IReadOnlyList<WalkProblem> Check(IReadOnlyList<TransitionItem> history, WalkExpectation expected)
    {
        var problems = new List<WalkProblem>();
        if (history.Count == 0)
        {
            problems.Add(new WalkProblem("lost", "an acknowledged creation has no history"));
            return problems;
        }

        TransitionItem? before = null;
        foreach (var step in history)
        {
            problems.AddRange(CheckSequence(before, step));
            problems.AddRange(CheckEdge(before, step));
            before = step;
        }

        problems.AddRange(CheckModifications(history));
        problems.AddRange(CheckCommands(history, "start-requested", expected.Starts));
        problems.AddRange(CheckCommands(history, "stop-requested", expected.Stops));
        problems.AddRange(CheckEnd(history, expected));
        return problems;
    }

    private static IEnumerable<WalkProblem> CheckSequence(TransitionItem? before, TransitionItem step)
    {
        var next = (before?.Sequence ?? 0) + 1;
        if (step.Sequence > next)
        {
            yield return new WalkProblem("gap", $"sequence {next} is missing before {step.Sequence}");
        }
        else if (step.Sequence < next)
        {
            yield return new WalkProblem("repeat", $"sequence {step.Sequence} comes again after {next - 1}");
        }

        var run = (before?.Run ?? 0) + (step.Cause == "start-requested" ? 1 : 0);
        if (step.Run != run)
        {
            yield return new WalkProblem("run", $"step {step.Sequence} belongs to run {step.Run}, expected {run}");
        }
    }

    private static IEnumerable<WalkProblem> CheckEdge(TransitionItem? before, TransitionItem step)
    {
        if (step.From != before?.To)
        {
            yield return new WalkProblem("skip", $"step {step.Sequence} leaves {step.From ?? "nothing"}, but {before?.To ?? "nothing"} was reached");
        }

        if (!WalkRules.IsEdge(step.From, step.To) || (WalkRules.IsShortCut(step.From, step.To) && step.Run < 2))
        {
            yield return new WalkProblem("legal", $"step {step.Sequence} goes from {step.From ?? "nothing"} to {step.To}, which is not a step of the walk");
        }
        else if (!WalkRules.Explains(step.Cause, step.From, step.To))
        {
            yield return new WalkProblem("cause", $"step {step.Sequence}, {step.From ?? "nothing"} to {step.To}, is explained by '{step.Cause}'");
        }
    }

    // A modification ends where it began; the table of single steps cannot say that.
    private static IEnumerable<WalkProblem> CheckModifications(IReadOnlyList<TransitionItem> history)
    {
        for (var i = 1; i < history.Count; i++)
        {
            if (history[i].From == "modifying" && history[i - 1].From != history[i].To)
            {
                yield return new WalkProblem("legal", $"step {history[i].Sequence} ends a modification in {history[i].To}, begun in {history[i - 1].From}");
            }
        }
    }

    private static IEnumerable<WalkProblem> CheckCommands(IReadOnlyList<TransitionItem> history, string cause, int acknowledged)
    {
        var stored = history.Count(t => t.Cause == cause);
        if (stored < acknowledged)
        {
            yield return new WalkProblem("lost", $"{acknowledged} x {cause} acknowledged, {stored} stored");
        }
        else if (stored > acknowledged)
        {
            yield return new WalkProblem("twice", $"{acknowledged} x {cause} acknowledged, {stored} stored");
        }
    }

    private static IEnumerable<WalkProblem> CheckEnd(IReadOnlyList<TransitionItem> history, WalkExpectation expected)
    {
        var last = history[^1];
        if (last.To != expected.End)
        {
            var why = last.To == "failed" && last.Details is { } details ? $" ({details})" : "";
            yield return new WalkProblem(last.To == "failed" ? "failed" : "stuck", $"came to {last.To}{why} at step {last.Sequence}, expected {expected.End}");
        }

        if (expected.Listed is var (sequence, status) && history.FirstOrDefault(t => t.Sequence == sequence)?.To != status)
        {
            yield return new WalkProblem("list", $"was listed as {status} at step {sequence}, which its history does not say");
        }
    }
}
