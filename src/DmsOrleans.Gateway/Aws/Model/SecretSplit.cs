using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DmsOrleans.Gateway.Aws.Model;

/// <summary>
/// Parts a request into what may be shown and what is secret, by the model's own marks: both are JSON objects of the request's
/// shape. Members the model does not know are in neither.
/// </summary>
/// <param name="Plain">The members that are no secret; null when there are none.</param>
/// <param name="Secret">The secret members; null when there are none.</param>
internal readonly record struct SecretSplit(string? Plain, string? Secret)
{
    /// <summary>Splits <paramref name="request"/> without its members <paramref name="except"/>.</summary>
    public static SecretSplit Of(AwsShape shape, JsonElement request, IReadOnlySet<string> except) =>
        new(Write(shape, request, except, secret: false), Write(shape, request, except, secret: true));

    private static string? Write(AwsShape shape, JsonElement request, IReadOnlySet<string> except, bool secret)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        var any = false;
        foreach (var given in request.EnumerateObject())
        {
            if (!except.Contains(given.Name) && Belongs(shape, given, secret, out var member))
            {
                any = true;
                json.WritePropertyName(given.Name);
                WriteValue(json, member, given.Value, secret);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return any ? Encoding.UTF8.GetString(buffer.WrittenSpan) : null;
    }

    private static void WriteValue(Utf8JsonWriter json, AwsShape shape, JsonElement value, bool secret)
    {
        if (shape.Type != AwsType.Structure)
        {
            value.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        foreach (var given in value.EnumerateObject())
        {
            if (Belongs(shape, given, secret, out var member))
            {
                json.WritePropertyName(given.Name);
                WriteValue(json, member, given.Value, secret);
            }
        }

        json.WriteEndObject();
    }

    // A structure is on both sides, without its secrets or with nothing else; anything else that holds a secret is secret whole.
    private static bool Belongs(AwsShape shape, JsonProperty given, bool secret, out AwsShape member)
    {
        if (given.Value.ValueKind == JsonValueKind.Null || !shape.Members.TryGetValue(given.Name, out member!))
        {
            member = shape;
            return false;
        }

        return secret ? Has(member, given.Value) : !member.HoldsSecret || member.Type == AwsType.Structure;
    }

    private static bool Has(AwsShape shape, JsonElement value) =>
        shape.Type != AwsType.Structure
            ? shape.HoldsSecret
            : value.EnumerateObject().Any(given =>
                given.Value.ValueKind != JsonValueKind.Null && shape.Members.TryGetValue(given.Name, out var member) && Has(member, given.Value));
}
