using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Engines.Json;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Settings;

/// <summary>How sent members go over a settings document, and what of them is worth keeping.</summary>
internal static class TaskSettingsDocument
{
    private const string Components = "LogComponents";
    private const string ControlTables = "ControlTablesSettings";

    /// <summary>The service answers both spellings of this setting.</summary>
    public static readonly string[] TimeslotSpellings = ["HistoryTimeslotInMinutes", "historyTimeslotInMinutes"];

    /// <summary>A stored document; an empty one when nothing is stored.</summary>
    public static JsonObject Parse(string? stored) =>
        JsonText.TryParse(stored, out _) is { ValueKind: JsonValueKind.Object } root ? JsonObject.Create(root)! : [];

    /// <summary>Puts sent members over those of a document. Null takes a member out, or is passed over.</summary>
    public static void Overlay(JsonObject document, JsonElement sent, bool nullRemoves)
    {
        foreach (var section in sent.EnumerateObject())
        {
            Put(document, section, nullRemoves);
        }

        if (sent.TryGetProperty(ControlTables, out var control) && control.ValueKind == JsonValueKind.Object && document[ControlTables] is JsonObject members)
        {
            SpellBothWays(members, control);
        }
    }

    /// <summary>What is left when all is taken out that is the default under every type, in the order of the defaults. Sections that are null or absent by default stay, as being set is itself a setting.</summary>
    public static JsonObject Reduce(JsonObject document, TaskSettingsSchema schema)
    {
        var defaults = Enum.GetValues<ReplicationType>().Select(schema.Defaults).ToList();
        var reduced = new JsonObject();
        foreach (var name in schema.SectionNames.Where(name => document[name] is not null))
        {
            var isOptional = defaults.Exists(d => d[name] is null);
            var standards = defaults.Select(d => d[name] ?? schema.SectionDefaults(name)).ToList();
            if (Reduced(document[name]!, standards, name, schema) is { } kept)
            {
                reduced[name] = kept;
            }
            else if (isOptional)
            {
                reduced[name] = new JsonObject();
            }
        }

        return reduced;
    }

    // Null when the value is the default in every one of the documents.
    private static JsonNode? Reduced(JsonNode value, List<JsonNode?> defaults, string path, TaskSettingsSchema schema)
    {
        if (value is JsonArray components && defaults[0] is JsonArray standard)
        {
            // Components not kept have the default severity.
            JsonNode[] changed = [.. components.Where(c => !standard.Any(s => JsonNode.DeepEquals(c, s))).Select(c => c!.DeepClone())];
            return changed.Length == 0 ? null : new JsonArray(changed);
        }

        if (value is not JsonObject members || !defaults.TrueForAll(d => d is JsonObject))
        {
            return schema.IsReadOnly(path) || defaults.TrueForAll(d => JsonNode.DeepEquals(value, d)) ? null : value.DeepClone();
        }

        var kept = new JsonObject();
        foreach (var (name, _) in defaults[0]!.AsObject().Where(member => members[member.Key] is not null))
        {
            if (Reduced(members[name]!, [.. defaults.Select(d => d![name])], $"{path}.{name}", schema) is { } inner)
            {
                kept[name] = inner;
            }
        }

        return kept.Count == 0 ? null : kept;
    }

    private static void Put(JsonObject onto, JsonProperty sent, bool nullRemoves)
    {
        switch (sent.Value.ValueKind)
        {
            case JsonValueKind.Null:
                _ = nullRemoves && onto.Remove(sent.Name);
                break;
            case JsonValueKind.Object:
                if (onto[sent.Name] is not JsonObject inner)
                {
                    onto[sent.Name] = inner = [];
                }

                foreach (var member in sent.Value.EnumerateObject())
                {
                    Put(inner, member, nullRemoves);
                }

                break;
            case JsonValueKind.Array when sent.Name == Components && onto[sent.Name] is JsonArray components:
                PutComponents(components, sent.Value);
                break;
            default:
                onto[sent.Name] = JsonNode.Parse(sent.Value.GetRawText());
                break;
        }
    }

    private static void PutComponents(JsonArray components, JsonElement sent)
    {
        foreach (var component in JsonArray.Create(sent)!.OfType<JsonObject>())
        {
            if (components.OfType<JsonObject>().FirstOrDefault(c => JsonNode.DeepEquals(c["Id"], component["Id"])) is { } known)
            {
                known["Severity"] = component["Severity"]?.DeepClone();
            }
            else
            {
                components.Add(component.DeepClone());
            }
        }
    }

    private static void SpellBothWays(JsonObject members, JsonElement sent)
    {
        if (Array.Find(TimeslotSpellings, spelling => sent.TryGetProperty(spelling, out _)) is { } given)
        {
            foreach (var other in TimeslotSpellings.Where(spelling => spelling != given))
            {
                if (members[given] is { } value)
                {
                    members[other] = value.DeepClone();
                }
                else
                {
                    members.Remove(other);
                }
            }
        }
    }
}
