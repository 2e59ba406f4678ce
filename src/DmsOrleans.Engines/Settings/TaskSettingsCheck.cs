using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Engines.Json;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Settings;

/// <summary>Checks sent task settings against the kinds of the default document, and the words and ranges of the user guide.</summary>
internal static class TaskSettingsCheck
{
    private const string Prefix = "Invalid task settings json: ";
    private const string ReadOnly = "Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be ";

    /// <summary>All that is wrong with members by themselves, or null.</summary>
    /// <param name="sent">What a user sent.</param>
    /// <param name="schema">What members may be.</param>
    /// <param name="shown">The document last answered, whose read-only members may come back; null for a new config.</param>
    public static string? FaultOf(string sent, TaskSettingsSchema schema, string? shown)
    {
        if (JsonText.TryParse(sent, out var fault) is not { } root)
        {
            return $"{Prefix}{fault}.";
        }

        var faults = new List<string>();
        if (JsonMembers.Of(root, "", faults) is not null)
        {
            if (SetsReadOnly(root, schema, shown))
            {
                return $"{ReadOnly}{(shown is null ? "set on create." : "modified.")}";
            }

            foreach (var section in root.EnumerateObject())
            {
                CheckSection(section, schema, faults);
            }
        }

        return faults.Count == 0 ? null : $"{Prefix}{Parsed.TextOf(faults)}";
    }

    /// <summary>What is wrong with members of a completed document that go together; null when nothing is.</summary>
    public static string? FaultOfWhole(JsonObject document, ReplicationType type)
    {
        if (IsTrue(document["Logging"], "EnableLogContext") && !IsTrue(document["Logging"], "EnableLogging"))
        {
            // As the service says it (Terraform's provider repeats it).
            return $"{Prefix}The parameter Logging.EnableLogContext is not allowed when Logging.EnableLogging is not set to true.";
        }

        string[] schedule = ["ResyncSchedule", "MaxResyncTime"];
        return !IsTrue(document["ResyncSettings"], "EnableResync") ? null
            : type.HasCdc() && Array.Find(schedule, m => document["ResyncSettings"]![m] is null) is { } missing
                ? $"{Prefix}ResyncSettings.{missing} is required when ResyncSettings.EnableResync is true and the replication type is {type.ToWire()}."
            : !type.HasCdc() && Array.Find(schedule, m => document["ResyncSettings"]![m] is not null) is { } given
                ? $"{Prefix}ResyncSettings.{given} cannot be set for the replication type {type.ToWire()}."
            : null;
    }

    private static bool IsTrue(JsonNode? section, string member) => section?[member] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static bool SetsReadOnly(JsonElement root, TaskSettingsSchema schema, string? shown)
    {
        var known = JsonText.TryParse(shown, out _);
        return root.EnumerateObject().Where(section => section.Value.ValueKind == JsonValueKind.Object).Any(section =>
            section.Value.EnumerateObject().Any(member =>
                member.Value.ValueKind != JsonValueKind.Null && schema.IsReadOnly($"{section.Name}.{member.Name}")
                && !(known?.GetProperty(section.Name).GetProperty(member.Name) is { } value && JsonElement.DeepEquals(value, member.Value))));
    }

    private static void CheckSection(JsonProperty section, TaskSettingsSchema schema, List<string> faults)
    {
        if (schema.Section(section.Name) is { } standard)
        {
            Check(section.Name, standard, section.Value, schema, faults);
        }
        else
        {
            faults.Add($"{section.Name} is not a section; the sections are {string.Join(", ", schema.SectionNames)}.");
        }
    }

    private static void Check(string path, JsonElement standard, JsonElement sent, TaskSettingsSchema schema, List<string> faults)
    {
        var kind = standard.ValueKind == JsonValueKind.Null ? schema.KindOf(path) : KindOf(standard);
        if (sent.ValueKind == JsonValueKind.Null || kind is null)
        {
            return;
        }

        if (kind != KindOf(sent))
        {
            faults.Add($"{path} must be {kind}, not {KindOf(sent)}.");
        }
        else if (standard.ValueKind == JsonValueKind.Array)
        {
            CheckComponents(path, standard, sent, schema, faults);
        }
        else if (standard.ValueKind == JsonValueKind.Object)
        {
            CheckMembers(path, standard, sent, schema, faults);
        }
        else
        {
            CheckValue(path, sent, schema, faults);
        }
    }

    private static void CheckMembers(string path, JsonElement standard, JsonElement sent, TaskSettingsSchema schema, List<string> faults)
    {
        foreach (var member in sent.EnumerateObject())
        {
            if (standard.TryGetProperty(member.Name, out var inner))
            {
                Check($"{path}.{member.Name}", inner, member.Value, schema, faults);
            }
            else
            {
                faults.Add($"{path}.{member.Name} is not known; the members of {path} are {string.Join(", ", standard.EnumerateObject().Select(m => m.Name))}.");
            }
        }

        var spellings = TaskSettingsDocument.TimeslotSpellings.Where(spelling => sent.TryGetProperty(spelling, out var value) && value.ValueKind != JsonValueKind.Null).ToList();
        if (spellings.Count > 1 && !JsonElement.DeepEquals(sent.GetProperty(spellings[0]), sent.GetProperty(spellings[1])))
        {
            faults.Add($"{path}.{spellings[0]} and {path}.{spellings[1]} are one setting and must have the same value.");
        }
    }

    private static void CheckValue(string path, JsonElement sent, TaskSettingsSchema schema, List<string> faults)
    {
        if (sent.ValueKind == JsonValueKind.String && schema.WordsOf(path) is { } words && !words.Contains(sent.GetString()))
        {
            faults.Add($"{path} is '{sent.GetString()}'; it must be one of {string.Join(", ", words)}.");
        }

        var (least, most) = schema.RangeOf(path);
        if (sent.ValueKind == JsonValueKind.Number && !(sent.TryGetInt64(out var number) && number >= least && number <= most))
        {
            faults.Add($"{path} is {sent.GetRawText()}; it must be a whole number from {least} to {most}.");
        }
    }

    private static void CheckComponents(string path, JsonElement standard, JsonElement sent, TaskSettingsSchema schema, List<string> faults)
    {
        var known = standard.EnumerateArray().Select(c => c.GetProperty("Id").GetString()!).ToList();
        var items = sent.EnumerateArray().ToList();
        for (var i = 0; i < items.Count; i++)
        {
            if (JsonMembers.Of(items[i], $"{path}[{i}]", faults) is { } component)
            {
                _ = component.OneOf("Id", known, required: true);
                _ = component.OneOf("Severity", schema.WordsOf($"{path}.Severity")!, required: true);
                component.RefuseOthers();
            }
        }
    }

    private static string KindOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "null",
    };
}
