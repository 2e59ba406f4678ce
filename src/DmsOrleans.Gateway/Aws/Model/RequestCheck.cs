using System.Text.Json;

namespace DmsOrleans.Gateway.Aws.Model;

/// <summary>
/// Checks a request against the model: the one place where types, required members, words of enumerations and lengths are
/// looked at. Members the model does not know are ignored, and a null member counts as not given, as the service does.
/// </summary>
internal static class RequestCheck
{
    /// <summary>The first fault of <paramref name="request"/>, or null. Values are never repeated in it: they may be secret.</summary>
    public static RequestFault? Of(AwsShape shape, JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object)
        {
            return RequestFault.WrongType("", "an object");
        }

        return Structure(shape, request, checkWords: true);
    }

    private static RequestFault? Structure(AwsShape shape, JsonElement value, bool checkWords)
    {
        foreach (var given in value.EnumerateObject())
        {
            if (given.Value.ValueKind != JsonValueKind.Null
                && shape.Members.TryGetValue(given.Name, out var member)
                && Value(member, given.Value, checkWords) is { } fault)
            {
                return fault.Within(given.Name);
            }
        }

        foreach (var name in shape.Required)
        {
            if (!value.TryGetProperty(name, out var given) || IsBlank(given))
            {
                return RequestFault.Missing(name);
            }
        }

        return null;
    }

    private static RequestFault? Value(AwsShape shape, JsonElement value, bool checkWords) => shape.Type switch
    {
        // The words inside settings objects are not checked: the service takes other spellings there (SSE_S3 for sse-s3).
        AwsType.Structure => value.ValueKind == JsonValueKind.Object ? Structure(shape, value, checkWords: false) : RequestFault.WrongType("", "an object"),
        AwsType.List => value.ValueKind == JsonValueKind.Array ? List(shape, value) : RequestFault.WrongType("", "a list"),
        AwsType.String => value.ValueKind == JsonValueKind.String ? Text(shape, value, checkWords) : RequestFault.WrongType("", "a string"),
        AwsType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : RequestFault.WrongType("", "a boolean"),
        AwsType.Blob => value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out _) ? null : RequestFault.WrongType("", "a text in base64"),
        _ => value.ValueKind == JsonValueKind.Number ? Number(shape, value) : RequestFault.WrongType("", Named(shape.Type)),
    };

    private static RequestFault? List(AwsShape shape, JsonElement value)
    {
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (Value(shape.Element!, element, checkWords: false) is { } fault)
            {
                return fault.Within($"[{index}]");
            }

            index++;
        }

        return null;
    }

    private static RequestFault? Text(AwsShape shape, JsonElement value, bool checkWords)
    {
        var text = value.GetString()!;
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return RequestFault.BadValue("must not contain the character U+0000");
        }

        if (shape.MaxLength is { } max && text.Length > max)
        {
            return RequestFault.BadValue($"must have at most {max} characters");
        }

        return checkWords && shape.Words.Count > 0 && !HasUnlistedWords(shape) && !shape.Words.Contains(text, WordComparison(shape))
            ? RequestFault.BadValue($"must be one of: {string.Join(", ", shape.Words)}")
            : null;
    }

    // The model lists one source type of events, its own text more.
    private static bool HasUnlistedWords(AwsShape shape) => shape.Name == "SourceType";

    // Endpoint types are answered in upper case, so clients send them back that way.
    private static StringComparer WordComparison(AwsShape shape) =>
        shape.Name == "ReplicationEndpointTypeValue" ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private static RequestFault? Number(AwsShape shape, JsonElement value)
    {
        var fits = shape.Type switch
        {
            AwsType.Integer => value.TryGetInt32(out _),
            AwsType.Long => value.TryGetInt64(out _),
            AwsType.Timestamp => EpochTime.TryRead(value, out _),
            _ => value.TryGetDouble(out var number) && double.IsFinite(number),
        };
        return fits ? null : RequestFault.WrongType("", Named(shape.Type));
    }

    private static string Named(AwsType type) => type switch
    {
        AwsType.Integer => "a 32-bit integer",
        AwsType.Long => "a 64-bit integer",
        AwsType.Timestamp => "a time in epoch seconds",
        _ => "a number",
    };

    private static bool IsBlank(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString()));
}

/// <summary>What is wrong with a request, and where.</summary>
/// <param name="Code">The error code on the wire.</param>
/// <param name="Path">The member, for example <c>ComputeConfig.MaxCapacityUnits</c>; empty for the request itself.</param>
/// <param name="Problem">What it must be.</param>
internal sealed record RequestFault(string Code, string Path, string Problem)
{
    /// <summary>The member has another type than the model says.</summary>
    public static RequestFault WrongType(string path, string expected) => new("SerializationException", path, $"must be {expected}");

    /// <summary>A required member is not there, or blank.</summary>
    public static RequestFault Missing(string path) => new("InvalidParameterValueException", path, "must be provided and must not be blank");

    /// <summary>The type is right, the value is not.</summary>
    public static RequestFault BadValue(string problem) => new("InvalidParameterValueException", "", problem);

    /// <summary>The same fault seen from the enclosing value.</summary>
    public RequestFault Within(string outer) =>
        this with { Path = Path.Length == 0 ? outer : Path[0] == '[' ? outer + Path : $"{outer}.{Path}" };

    /// <summary>For the client.</summary>
    public string Message => Path.Length == 0 ? $"The request {Problem}." : $"The parameter {Path} {Problem}.";
}
