using System.Text;

namespace DmsOrleans.Tests.Hosting;

/// <summary>As much of the protobuf wire format as it takes to find a field by its number.</summary>
internal static class ProtobufFields
{
    /// <summary>The length-delimited fields of a message that have this number, in order.</summary>
    public static IEnumerable<byte[]> Of(byte[] message, int number)
    {
        for (var at = 0; at < message.Length;)
        {
            var (tag, afterTag) = Varint(message, at);
            var (start, length) = (tag & 7) switch
            {
                0 => (Varint(message, afterTag).Next, 0),
                1 => (afterTag, 8),
                2 => Delimited(message, afterTag),
                5 => (afterTag, 4),
                _ => throw new InvalidDataException($"Wire type {tag & 7} at {at}."),
            };
            at = start + length;
            if (tag >> 3 == (ulong)number && (tag & 7) == 2)
            {
                yield return message[start..at];
            }
        }
    }

    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IEnumerable<ExportedSpan> Spans(byte[] request) =>
        from resource in Of(request, 1)
        from scope in Of(resource, 2)
        let source = Of(scope, 1).SelectMany(s => Of(s, 1)).Select(Encoding.UTF8.GetString).FirstOrDefault("")
        from span in Of(scope, 2)
        select new ExportedSpan(
            Convert.ToHexStringLower(Of(span, 1).Single()),
            Convert.ToHexStringLower(Of(span, 2).Single()),
            Convert.ToHexStringLower(Of(span, 4).FirstOrDefault([])),
            source,
            Encoding.UTF8.GetString(Of(span, 5).Single()));

    private static (int Start, int Length) Delimited(byte[] message, int at)
    {
        var (length, start) = Varint(message, at);
        return (start, (int)length);
    }

    private static (ulong Value, int Next) Varint(byte[] message, int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(message[at] & 0x7F) << shift;
            if (message[at++] < 0x80)
            {
                return (value, at);
            }
        }
    }
}

/// <summary>What identifies a span. Ids in lower-case hexadecimal; no parent is empty.</summary>
internal sealed record ExportedSpan(string TraceId, string SpanId, string ParentId, string Source, string Name);
