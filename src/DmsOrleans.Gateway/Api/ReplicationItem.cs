using System.Text.Json;
using System.Text.Json.Serialization;
using DmsOrleans.Replications;

namespace DmsOrleans.Gateway.Api;

/// <summary>A replication as <c>/api/v1</c> shows it.</summary>
internal sealed record ReplicationItem(
    string Arn,
    string Identifier,
    string Type,
    string Status,
    int Run,
    long Sequence,
    DateTimeOffset StatusSince,
    DateTimeOffset? Due,
    string? WaitingOn,
    string? StopReason,
    IReadOnlyList<string> FailureMessages,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    ProvisionItem? Provision,
    ReplicationStats? Stats)
{
    /// <summary>The item of a view.</summary>
    public static ReplicationItem Of(ReplicationView view) => new(
        view.Arn,
        view.Config.Identifier,
        view.Config.Type.ToWire(),
        view.Status,
        view.Run,
        view.Sequence,
        view.StatusSince,
        view.Due,
        view.WaitingOn,
        view.StopReason,
        view.FailureMessages,
        view.CreatedAt,
        view.UpdatedAt,
        view.Provision is { } provision ? new ProvisionItem(provision.State, provision.CapacityUnits, provision.Reason) : null,
        view.Stats);
}

/// <summary>The capacity of a replication.</summary>
internal sealed record ProvisionItem(string State, int CapacityUnits, string? Reason);

/// <summary>A page of replications.</summary>
internal sealed record ReplicationItems(IEnumerable<ReplicationItem> Items, string? Next);

/// <summary>How many replications there are.</summary>
internal sealed record CountsItem(long Total, IReadOnlyDictionary<string, long> ByStatus);

/// <summary>Part of the history of a replication.</summary>
internal sealed record HistoryItem(string Arn, IEnumerable<TransitionItem> Transitions, bool More);

/// <summary>A stored step.</summary>
internal sealed record TransitionItem(
    long Sequence, int Run, string? From, string To, string Cause, DateTimeOffset At, DateTimeOffset? Planned, string? Details)
{
    /// <summary>The item of a transition.</summary>
    public static TransitionItem Of(Transition t) => new(t.Sequence, t.Run, t.From?.ToWire(), t.To.ToWire(), t.Cause, t.At, t.Planned, t.Details);
}

/// <summary>How the items are written: camelCase, times in UTC with a Z.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(ReplicationItem))]
[JsonSerializable(typeof(ReplicationItems))]
[JsonSerializable(typeof(CountsItem))]
[JsonSerializable(typeof(HistoryItem))]
[JsonSerializable(typeof(LogItem))]
internal sealed partial class ApiJson : JsonSerializerContext;

/// <summary>ISO-8601 in UTC, to the tick.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
}
