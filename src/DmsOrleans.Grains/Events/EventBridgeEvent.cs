using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DmsOrleans.Storage;

namespace DmsOrleans.Events;

/// <summary>An event in EventBridge's shape (AWS DMS User Guide, "Working with Amazon EventBridge events and notifications").</summary>
internal sealed record EventBridgeEvent(
    string Version,
    Guid Id,
    [property: JsonPropertyName("detail-type")] string DetailType,
    string Source,
    string Account,
    string Time,
    string Region,
    IReadOnlyList<string> Resources,
    EventBridgeDetail Detail)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The event that <paramref name="notice"/> tells of.</summary>
    /// <param name="stored">The transition.</param>
    /// <param name="notice">One of its events.</param>
    /// <param name="index">Which one.</param>
    public static EventBridgeEvent Of(StoredTransition stored, Notice notice, int index)
    {
        var scope = new Arn(stored.Key).Scope;
        var time = stored.Transition.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var link = $"https://console.aws.amazon.com/dms/v2/home?region={scope.Region}#replicationDetails/{stored.Name}";
        var detail = new EventBridgeDetail("REPLICATION", CategoryOf(notice), notice.Type, notice.Id, link, notice.Message);
        return new("0", IdOf(stored, index), "DMS Replication State Change", "aws.dms", scope.Account, time, scope.Region, [stored.Key], detail);
    }

    /// <summary>As it is sent.</summary>
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    // Made from what it tells of: sent again, it is recognised by its id.
    private static Guid IdOf(StoredTransition stored, int index)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{stored.Key}/{stored.Position}/{stored.Transition.At.UtcTicks}/{index}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((BinaryPrimitives.ReadUInt16BigEndian(hash[6..]) & 0x0FFF) | 0x8000));   // version 8: a hash of our own
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    // "state change" is StateChange there.
    private static string CategoryOf(Notice notice) => string.Concat(notice.Category.Split(' ').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}

/// <summary>The part of the event that is DMS's own.</summary>
internal sealed record EventBridgeDetail(string Type, string Category, string EventType, string? EventId, string ResourceLink, string DetailMessage);
