using System.Text.Json;

namespace DmsOrleans.Engines.Json;

/// <summary>
/// The members of one JSON object, read by name and kind. A member of the wrong kind adds a fault and reads as absent, and so does
/// null without a fault; after the last read <see cref="RefuseOthers"/> adds a fault for each member nobody asked for.
/// </summary>
internal sealed class JsonMembers
{
    private readonly JsonElement element;
    private readonly string path;
    private readonly List<string> faults;
    private readonly List<string> known = [];

    private JsonMembers(JsonElement element, string path, List<string> faults)
    {
        this.element = element;
        this.path = path;
        this.faults = faults;
    }

    /// <summary>The members of <paramref name="element"/>; a fault and null when it is not an object.</summary>
    public static JsonMembers? Of(JsonElement element, string path, List<string> faults)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            return new JsonMembers(element, path, faults);
        }

        faults.Add($"{(path.Length == 0 ? "The JSON" : path)} must be an object, not {Describe(element)}.");
        return null;
    }

    /// <summary>The names in the object, as written.</summary>
    public IEnumerable<string> Names => element.EnumerateObject().Select(member => member.Name);

    /// <summary>The full name of a member, for faults.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Whether the member is there and not null.</summary>
    public bool Has(string name) => TryGet(name, out _);

    /// <summary>A string.</summary>
    public string? Text(string name) => Read(name, "a string", JsonValueKind.String)?.GetString();

    /// <summary>A string that must be there and not be empty.</summary>
    public string? RequiredText(string name)
    {
        if (!TryGet(name, out _))
        {
            faults.Add($"{PathOf(name)} is required.");
            return null;
        }

        var text = Text(name);
        if (text is { Length: 0 })
        {
            faults.Add($"{PathOf(name)} must not be empty.");
        }

        return text;
    }

    /// <summary>A string out of a closed list; absent is null, anything else a fault.</summary>
    public string? OneOf(string name, IReadOnlyList<string> allowed, bool required = false)
    {
        var text = required ? RequiredText(name) : Text(name);
        if (text is null || allowed.Contains(text))
        {
            return text;
        }

        faults.Add($"{PathOf(name)} is '{text}'; it must be one of {string.Join(", ", allowed)}.");
        return null;
    }

    /// <summary>A number.</summary>
    public double? Number(string name) =>
        Read(name, "a number", JsonValueKind.Number) is { } value && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>A whole number.</summary>
    public long? Integer(string name)
    {
        if (Read(name, "a whole number", JsonValueKind.Number) is not { } value)
        {
            return null;
        }

        if (value.TryGetInt64(out var integer))
        {
            return integer;
        }

        faults.Add($"{PathOf(name)} must be a whole number of at most 64 bits.");
        return null;
    }

    /// <summary>True or false.</summary>
    public bool? Flag(string name) => Read(name, "true or false", JsonValueKind.True, JsonValueKind.False)?.GetBoolean();

    /// <summary>An object.</summary>
    public JsonMembers? Object(string name) =>
        Read(name, "an object", JsonValueKind.Object) is { } value ? new JsonMembers(value, PathOf(name), faults) : null;

    /// <summary>An array's items; null when absent.</summary>
    public IReadOnlyList<JsonElement>? Items(string name) => Read(name, "an array", JsonValueKind.Array)?.EnumerateArray().ToArray();

    /// <summary>The member whatever its kind; null when absent.</summary>
    public JsonElement? Any(string name) => TryGet(name, out var value) ? value : null;

    /// <summary>Adds a fault for each member that was never asked for, with the names that are known here.</summary>
    public void RefuseOthers()
    {
        foreach (var name in Names.Where(name => !known.Contains(name)))
        {
            faults.Add($"{PathOf(name)} is not known; the members here are {string.Join(", ", known.Distinct())}.");
        }
    }

    private JsonElement? Read(string name, string expected, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (kinds.Contains(value.ValueKind))
        {
            return value;
        }

        faults.Add($"{PathOf(name)} must be {expected}, not {Describe(value)}.");
        return null;
    }

    private bool TryGet(string name, out JsonElement value)
    {
        known.Add(name);
        return element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
