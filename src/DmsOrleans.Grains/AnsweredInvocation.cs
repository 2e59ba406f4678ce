using DmsOrleans.Replications;

namespace DmsOrleans;

/// <summary>A command that was carried out, kept in the state it changed: whoever did not hear the answer asks again, and is answered the same.</summary>
[GenerateSerializer, Immutable, Alias("dms.AnsweredInvocation")]
internal sealed record AnsweredInvocation
{
    /// <summary>Of <see cref="Invocation.Id"/>.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Of <see cref="Invocation.Digest"/>.</summary>
    [Id(1)]
    public required string Digest { get; init; }

    /// <summary>When it was carried out.</summary>
    [Id(2)]
    public required DateTimeOffset At { get; init; }

    /// <summary>What the answer told of a replication, without its spec; null when the answer tells nothing that changes by itself.</summary>
    [Id(3)]
    public ReplicationState? Replication { get; init; }
}

/// <summary>The last commands of a grain that came with an <see cref="Invocation"/>.</summary>
internal static class AnsweredInvocations
{
    // A client gives up after a few attempts within a minute; a day is for one that was asleep. Eight commands bound what every write carries.
    private const int Most = 8;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>The present command, when it was carried out before; else null.</summary>
    public static AnsweredInvocation? FindCurrent(this IReadOnlyList<AnsweredInvocation>? answered, DateTimeOffset now) =>
        answered is not null && Invocation.Current is { } current
            ? answered.FirstOrDefault(a => a.Id == current.Id && a.Digest == current.Digest && a.At + Kept > now)
            : null;

    /// <summary>With the present command, when it can be repeated; old ones go.</summary>
    public static IReadOnlyList<AnsweredInvocation>? WithCurrent(this IReadOnlyList<AnsweredInvocation>? answered, DateTimeOffset now, ReplicationState? replication = null)
    {
        if (Invocation.Current is not { } current)
        {
            return answered;
        }

        var others = (answered ?? []).Where(a => a.At + Kept > now && (a.Id != current.Id || a.Digest != current.Digest)).TakeLast(Most - 1);
        return [.. others, new AnsweredInvocation { Id = current.Id, Digest = current.Digest, At = now, Replication = replication }];
    }
}
