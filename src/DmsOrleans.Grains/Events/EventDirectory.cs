using System.Globalization;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Orleans.Concurrency;

namespace DmsOrleans.Events;

/// <summary>Answers from the store; nothing is activated.</summary>
[StatelessWorker, Reentrant, GrainType("event-directory")]
internal sealed class EventDirectory(IStateStore store, TimeProvider time) : Grain, IEventDirectory
{
    private const int MaxPage = 1_000;
    private const int MostReads = 20;
    private const int DefaultMinutes = 60;

    /// <inheritdoc/>
    public async Task<Answer<EventPage>> List(EventQuery query)
    {
        var (from, until, badTimes) = Times(query);
        if ((badTimes ?? EventSources.CheckType(query.SourceType) ?? EventSources.CheckCategories(query.SourceType, query.Categories)) is { } refusal)
        {
            return refusal;
        }

        if (!EventCursor.TryParse(query.Cursor, out var start))
        {
            return new EventPage([], null, CursorAccepted: false);
        }

        return query.SourceType is null or EventSources.ReplicationConfig
            ? await ReadAsync(query, Histories(query.Scope, query.SourceIdentifier) with { Scope = query.Scope.ToString(), From = from, Until = until }, start)
            : new EventPage([], null);
    }

    /// <inheritdoc/>
    public async Task<LogPage?> Log(LogQuery query)
    {
        var limit = Math.Clamp(query.Limit, 1, MaxPage);
        var question = Histories(query.Scope, query.Id) with { Limit = MaxPage };
        if ((await store.TransitionsAsync(question with { Limit = 1 }, CancellationToken.None)).Items is not [var first])
        {
            return null;
        }

        var entries = new List<LogEntry>();
        for (question = question with { After = query.After }; entries.Count <= limit;)
        {
            var page = await store.TransitionsAsync(question, CancellationToken.None);
            entries.AddRange(page.Items.Select(s => (s, Line: OrchestratorLog.LineOf(s.Transition))).Where(l => l.Line is not null).Select(l => new LogEntry(l.s.Position, l.s.Transition.At, l.Line!)));
            if (!page.More)
            {
                break;
            }

            question = question with { After = page.Through };
        }

        var arn = new Arn(first.Key);
        return new LogPage(arn.Value, OrchestratorLog.GroupOf(arn), OrchestratorLog.StreamOf(arn), [.. entries.Take(limit)], entries.Count > limit);
    }

    /// <inheritdoc/>
    public async Task<EventSubscriptionPage> Subscriptions(EventSubscriptionQuery query)
    {
        var page = await store.ListAsync<EventSubscriptionState>(
            new()
            {
                Kind = EventSubscriptionState.Kind,
                Scope = query.Scope?.ToString(),
                Keys = query.Arns,
                Names = query.Names,
                Cursor = query.Cursor,
                Limit = Math.Clamp(query.Limit, 1, MaxPage),
            },
            CancellationToken.None);
        return new([.. page.Items.Select(i => i.State.View(i.Key, "active"))], page.Next, page.CursorAccepted);
    }

    private static TransitionQuery Histories(AwsScope scope, string? source)
    {
        var isArn = Arn.IsWellFormed(source, Arn.ReplicationConfigKind);
        return new() { Kind = ReplicationState.Kind, Scope = isArn ? null : scope.ToString(), Key = isArn ? source : null, Name = isArn ? null : source };
    }

    // A transition may be several events, so a page may end in the midst of one. A page that took too much reading ends early, with a cursor.
    private async Task<EventPage> ReadAsync(EventQuery query, TransitionQuery question, EventCursor start)
    {
        var limit = Math.Clamp(query.Limit, 1, MaxPage);
        var found = new List<EventView>();
        question = question with { After = Math.Max(0, start.Position - 1), Limit = limit + 1 };
        for (var reads = 0; reads < MostReads; reads++)
        {
            var page = await store.TransitionsAsync(question, CancellationToken.None);
            foreach (var (stored, notice, index) in page.Items.SelectMany(s => ReplicationEvents.Of(s.Transition).Select((n, i) => (s, n, i))))
            {
                if ((stored.Position == start.Position && index < start.Index) || query.Categories?.Contains(notice.Category, StringComparer.OrdinalIgnoreCase) == false)
                {
                    continue;
                }

                if (found.Count == limit)
                {
                    return new(found, new EventCursor(stored.Position, index).ToString());
                }

                found.Add(new(stored.Name, notice.Message, notice.Category, stored.Transition.At));
            }

            if (!page.More)
            {
                return new(found, null);
            }

            question = question with { After = page.Through };
        }

        return new(found, new EventCursor(question.After + 1, 0).ToString());
    }

    private (DateTimeOffset From, DateTimeOffset Until, Refusal? Refusal) Times(EventQuery query)
    {
        var refusal =
            query is { StartTime: not null, EndTime: not null, DurationMinutes: not null } ? Refusal.InvalidCombination("The parameters StartTime and EndTime together exclude Duration.")
            : query.StartTime > query.EndTime ? Refusal.InvalidValue("The parameter StartTime must not be after EndTime.")
            : query.DurationMinutes < 1 ? Refusal.InvalidValue("The parameter Duration must be at least 1 minute.")
            : null;
        var now = time.GetUtcNow();
        var until = query.EndTime ?? (query is { StartTime: { } start, DurationMinutes: { } minutes } ? Shifted(start, minutes) : now);
        return (query.StartTime ?? Shifted(until, -(query.DurationMinutes ?? DefaultMinutes)), until, refusal);
    }

    private static DateTimeOffset Shifted(DateTimeOffset at, int minutes)
    {
        var ticks = at.UtcTicks + (minutes * TimeSpan.TicksPerMinute);
        return new(Math.Clamp(ticks, DateTimeOffset.MinValue.UtcTicks, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
    }

    /// <summary>The event a page begins with: a transition, and which of its events.</summary>
    private readonly record struct EventCursor(long Position, int Index)
    {
        private const string Mark = "dmse1-";

        public static bool TryParse(string? text, out EventCursor cursor)
        {
            cursor = default;
            if (text is null)
            {
                return true;
            }

            var parts = text.Split('-');
            if (text.StartsWith(Mark, StringComparison.Ordinal) && parts.Length == 3
                && long.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var position) && position > 0
                && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                cursor = new(position, index);
                return true;
            }

            return false;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mark}{Position:x}-{Index}");
    }
}
