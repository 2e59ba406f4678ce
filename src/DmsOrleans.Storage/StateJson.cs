using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DmsOrleans.Storage;

/// <summary>How states are written: JSON in UTF-8, enums by name, so that a stored state can be read and queried without this program.</summary>
internal static class StateJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,   // never embedded in HTML, and half the size for non-Latin text
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,   // half of a state's members are null most of the time
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static byte[] Write(object value, Type type) => JsonSerializer.SerializeToUtf8Bytes(value, type, Options);

    /// <summary>Reads a state and, when it has one, its spec; null for a stored null.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> state, ReadOnlySpan<byte> spec)
    {
        var value = JsonSerializer.Deserialize<T>(state, Options);
        if (value is ISpecState withSpec)
        {
            withSpec.Spec = spec.IsEmpty ? null : JsonSerializer.Deserialize(spec, withSpec.SpecType, Options);
        }

        return value;
    }
}
