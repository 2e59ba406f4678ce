using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Load;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Faults;

/// <summary>Judgements on histories, by the console's judge: it knows the law from the documentation and not from the grain.</summary>
internal static class Histories
{
    public static void AssertLegal(string identifier, IReadOnlyList<Transition> history, int starts, int stops, string end) =>
        AssertLegal(identifier, [.. history.Select(t => new TransitionItem(t.Sequence, t.Run, t.From?.ToWire(), t.To.ToWire(), t.Cause, t.At, t.Planned, t.Details))], starts, stops, end);

    public static void AssertLegal(string identifier, IReadOnlyList<TransitionItem> history, int starts, int stops, string end)
    {
        var problems = WalkChecker.Check(history, new(starts, stops, end));
        Assert.True(problems.Count == 0, $"{identifier}: {string.Join("; ", problems)}\n{string.Join("\n", history)}");
        AssertForwardInTime(identifier, [.. history.Select(t => t.At)]);
    }

    public static void AssertForwardInTime(string identifier, IReadOnlyList<DateTimeOffset> times) =>
        Assert.True(times.SequenceEqual(times.Order()), $"{identifier} went back in time: {string.Join(", ", times.Select(t => t.ToString("O", null)))}");
}
