using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Settings;

/// <summary>
/// One version of the defaults, and what members may be: the resource <c>task-settings.N.json</c>. Paths are section and member with a dot
/// between. A version that configs were created under is never edited; a change of the defaults is a file with the next number.
/// </summary>
internal sealed class TaskSettingsSchema
{
    private static readonly ConcurrentDictionary<int, TaskSettingsSchema> Versions = new();
    private readonly JsonElement standard;
    private readonly JsonElement sections;
    private readonly JsonElement types;
    private readonly Dictionary<string, string[]> words;
    private readonly Dictionary<string, long[]> ranges;
    private readonly Dictionary<string, string> kinds;
    private readonly HashSet<string> readOnly;

    private TaskSettingsSchema(JsonElement file)
    {
        standard = file.GetProperty("defaults");
        sections = file.GetProperty("sections");
        types = file.GetProperty("types");
        words = file.GetProperty("words").Deserialize<Dictionary<string, string[]>>()!;
        ranges = file.GetProperty("ranges").Deserialize<Dictionary<string, long[]>>()!;
        kinds = file.GetProperty("kinds").Deserialize<Dictionary<string, string>>()!;
        readOnly = file.GetProperty("readOnly").Deserialize<HashSet<string>>()!;
        SectionNames = [.. standard.EnumerateObject().Concat(sections.EnumerateObject()).Select(section => section.Name).Distinct()];
    }

    /// <summary>All sections, in the document's order.</summary>
    public IReadOnlyList<string> SectionNames { get; }

    /// <summary>The version; the first for configs stored before there were versions.</summary>
    public static TaskSettingsSchema Of(int? version) => Versions.GetOrAdd(version ?? 1, static number => new(Load($"task-settings.{number}.json")));

    /// <summary>A new document with the defaults of a type.</summary>
    public JsonObject Defaults(ReplicationType type)
    {
        var document = JsonObject.Create(standard)!;
        if (types.TryGetProperty(type.ToWire(), out var differences))
        {
            Differ(document, differences);
        }

        return document;
    }

    /// <summary>What a section that is null or absent by default is filled up with once something in it is sent; null for one without fixed members.</summary>
    public JsonObject? SectionDefaults(string section) =>
        (sections.TryGetProperty(section, out var members) || standard.TryGetProperty(section, out members)) && members.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(members) : null;

    /// <summary>The section's default, whatever it is; null when there is no such section.</summary>
    public JsonElement? Section(string name) =>
        sections.TryGetProperty(name, out var section) || standard.TryGetProperty(name, out section) ? section : null;

    /// <summary>Whether a user may read the member but not set it.</summary>
    public bool IsReadOnly(string path) => readOnly.Contains(path);

    /// <summary>The words that a string may be; null for any.</summary>
    public string[]? WordsOf(string path) => words.GetValueOrDefault(path);

    /// <summary>Least and most of a number.</summary>
    public (long Least, long Most) RangeOf(string path) => ranges.TryGetValue(path, out var range) ? (range[0], range[1]) : (0, int.MaxValue);

    /// <summary>The kind of a member whose default is null, in words; null for any kind.</summary>
    public string? KindOf(string path) => kinds.GetValueOrDefault(path);

    private static void Differ(JsonObject document, JsonElement differences)
    {
        foreach (var member in differences.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                Differ(document[member.Name]!.AsObject(), member.Value);
            }
            else
            {
                document[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }
        }
    }

    private static JsonElement Load(string name)
    {
        using var stream = typeof(TaskSettingsSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly: a config was created by a later release.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
