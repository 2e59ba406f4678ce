using System.Text.Json;
using System.Text.Json.Serialization;

namespace DmsOrleans.Cli.Api;

/// <summary>A replication as <c>/api/v1/replications</c> tells it.</summary>
internal sealed record ReplicationItem
{
    public required string Arn { get; init; }

    public required string Identifier { get; init; }

    public string? Type { get; init; }

    public required string Status { get; init; }

    public int Run { get; init; }

    public long Sequence { get; init; }

    public DateTimeOffset? StatusSince { get; init; }

    public DateTimeOffset? Due { get; init; }

    public string? WaitingOn { get; init; }

    public string? StopReason { get; init; }

    public IReadOnlyList<string>? FailureMessages { get; init; }

    public ProvisionItem? Provision { get; init; }

    public StatsItem? Stats { get; init; }
}

/// <summary>The capacity a replication holds or waits for.</summary>
internal sealed record ProvisionItem(string? State, int? CapacityUnits, string? Reason);

/// <summary>The statistics the console shows.</summary>
internal sealed record StatsItem(int? FullLoadProgressPercent, int? TablesLoaded, int? TablesLoading, int? TablesQueued, int? TablesErrored);

/// <summary>A page of replications; null <paramref name="Next"/> on the last.</summary>
internal sealed record ReplicationItemPage(IReadOnlyList<ReplicationItem> Items, string? Next);

/// <summary>The little of a replication that following thousands of them takes.</summary>
internal sealed record ReplicationGlance(string Arn, string Status, long Sequence, string? StopReason);

/// <summary>A page of glances, read from the same answer as <see cref="ReplicationItemPage"/>.</summary>
internal sealed record ReplicationGlancePage(IReadOnlyList<ReplicationGlance> Items, string? Next);

/// <summary>How many replications have each status.</summary>
internal sealed record CountsItem(long Total, IReadOnlyDictionary<string, long> ByStatus);

/// <summary>One stored step. <c>Planned</c> is the deadline it answered; null for a command.</summary>
internal sealed record TransitionItem(
    long Sequence, int Run, string? From, string To, string Cause, DateTimeOffset At, DateTimeOffset? Planned, string? Details = null);

/// <summary>Part of a history.</summary>
internal sealed record HistoryItem(string Arn, IReadOnlyList<TransitionItem> Transitions, bool More);

/// <summary>RFC 9457, with the fault's name when the gateway gives one.</summary>
internal sealed record ProblemItem(string? Type, string? Title, string? Detail, string? Code);

/// <summary>Reads the answers of <c>/api/v1</c> without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ReplicationItem))]
[JsonSerializable(typeof(ReplicationItemPage))]
[JsonSerializable(typeof(ReplicationGlancePage))]
[JsonSerializable(typeof(CountsItem))]
[JsonSerializable(typeof(HistoryItem))]
[JsonSerializable(typeof(ProblemItem))]
internal sealed partial class ApiJson : JsonSerializerContext;
