using System.Collections.Concurrent;
using DmsOrleans.Cli.Api;

namespace DmsOrleans.Cli.Load;

/// <summary>Reads a whole history, page by page.</summary>
internal static class HistoryReader
{
    /// <summary>All its steps, in order.</summary>
    public static async Task<IReadOnlyList<TransitionItem>> ReadAsync(DmsClient client, string arn, CancellationToken cancellationToken)
    {
        var first = await client.GetAsync(Paths.History(arn, 0, 1000), ApiJson.Default.HistoryItem, cancellationToken);
        if (!first.More)
        {
            return first.Transitions;
        }

        var all = first.Transitions.ToList();
        for (var page = first; page.More;)
        {
            page = await client.GetAsync(Paths.History(arn, all[^1].Sequence, 1000), ApiJson.Default.HistoryItem, cancellationToken);
            all.AddRange(page.Transitions);
        }

        return all;
    }
}

/// <summary>A replication whose walk is not as it must be.</summary>
/// <param name="Arn">Its ARN, or its identifier when its creation was refused.</param>
/// <param name="Rule">The rule that is broken.</param>
/// <param name="Text">How.</param>
internal sealed record Offence(string Arn, string Rule, string Text);

/// <summary>What reading every history back has shown.</summary>
/// <param name="Complete">Whether every history was read; without that there is no verdict.</param>
/// <param name="Read">Histories read.</param>
/// <param name="Transitions">Steps in them.</param>
/// <param name="Span">From the first step to the last of those that are on the way to the end.</param>
/// <param name="Times">Phases, planned and actual.</param>
/// <param name="Offences">What is wrong; empty when nothing is.</param>
internal sealed record Verdict(bool Complete, int Read, long Transitions, TimeSpan Span, PhaseTimes Times, IReadOnlyList<Offence> Offences)
{
    /// <summary>Whether every walk is legal, none lost, none stuck.</summary>
    public bool Passed => Complete && Offences.Count == 0;
}

/// <summary>Reads every history of a load back and checks it.</summary>
internal sealed class Judge(DmsClient client, int concurrency)
{
    private readonly PhaseTimes times = new();
    private readonly ConcurrentBag<Offence> offences = [];
    private readonly Lock spanLock = new();
    private DateTimeOffset first = DateTimeOffset.MaxValue;
    private DateTimeOffset last = DateTimeOffset.MinValue;
    private long transitions;
    private int read;

    /// <summary>Histories read so far.</summary>
    public int Read => Volatile.Read(ref read);

    /// <summary>Judges the whole fleet; <paramref name="progressed"/> is called after each history.</summary>
    public async Task<Verdict> JudgeAsync(LoadFleet fleet, Action progressed, CancellationToken cancellationToken)
    {
        foreach (var missing in fleet.Replications.Where(r => r.Arn is null))
        {
            offences.Add(new Offence(missing.Identifier, "refused", missing.Refusal ?? "was not created before the time was up"));
        }

        var callback = new Lock();
        await Parallel.ForEachAsync(
            fleet.Replications.Where(r => r.Arn is not null),
            new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken },
            async (replication, token) =>
            {
                await JudgeAsync(replication, token);
                lock (callback)
                {
                    progressed();
                }
            });
        return Result(complete: true);
    }

    /// <summary>What is known when the judging was cut short.</summary>
    public Verdict Interrupted() => Result(complete: false);

    private async Task JudgeAsync(LoadReplication replication, CancellationToken cancellationToken)
    {
        var arn = replication.Arn!;
        if (replication.Refusal is { } refusal)
        {
            offences.Add(new Offence(arn, "refused", refusal));
        }

        IReadOnlyList<TransitionItem> history;
        try
        {
            history = await HistoryReader.ReadAsync(client, arn, cancellationToken);
        }
        catch (ConsoleException unread) when (unread is ServiceException or ConnectionException)
        {
            offences.Add(new Offence(arn, "lost", $"its history could not be read: {unread.Message}"));
            return;
        }

        var expected = new WalkExpectation(replication.Starts, replication.Stops, replication.End, replication.Listed);
        foreach (var problem in WalkChecker.Check(history, expected))
        {
            offences.Add(new Offence(arn, problem.Rule, problem.Text));
        }

        times.Add(history);
        Count(history);
    }

    // Deprovisioning follows at leisure after the end; counting its span would flatter nobody.
    private void Count(IReadOnlyList<TransitionItem> history)
    {
        var walked = history.Where(t => t.From != t.To).ToList();
        lock (spanLock)
        {
            read++;
            transitions += history.Count;
            if (walked.Count > 0)
            {
                first = walked[0].At < first ? walked[0].At : first;
                last = walked[^1].At > last ? walked[^1].At : last;
            }
        }
    }

    private Verdict Result(bool complete) => new(
        complete, read, transitions, last > first ? last - first : TimeSpan.Zero, times,
        [.. offences.OrderBy(o => o.Arn, StringComparer.Ordinal).ThenBy(o => o.Rule, StringComparer.Ordinal)]);
}
