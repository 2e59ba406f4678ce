using System.Text.Json;

namespace DmsOrleans.Engines.Json;

/// <summary>Reads JSON that a user wrote. Nothing a user can write makes it throw.</summary>
internal static class JsonText
{
    /// <summary>Longer texts are refused before they are looked at.</summary>
    public const int MaxCharacters = 2_000_000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>The text's root element, or what is wrong with the text. The element stays valid: it is not pooled.</summary>
    public static JsonElement? TryParse(string? text, out string? fault)
    {
        fault = text switch
        {
            null => "there is no JSON",
            { Length: > MaxCharacters } => $"the JSON has {text.Length} characters; at most {MaxCharacters} are read",
            _ => null,
        };
        if (fault is not null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text!, Strict);
            var root = document.RootElement.Clone();
            ReadStrings(root);
            return root;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // ArgumentException and InvalidOperationException are how halves of surrogate pairs come out, raw and escaped.
            fault = e is JsonException ? $"not valid JSON: {e.Message}" : "not valid JSON: it holds half of a surrogate pair";
            return null;
        }
    }

    /// <summary>Escaped text is only checked when it is read: read it here, where a fault can be answered.</summary>
    private static void ReadStrings(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    ReadStrings(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadStrings(member.Value);
                }

                break;
        }
    }
}
