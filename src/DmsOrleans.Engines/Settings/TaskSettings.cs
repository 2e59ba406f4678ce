using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Engines.Json;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Settings;

/// <summary>The task settings document (<c>ReplicationSettings</c>): its defaults, its completion, its checks.</summary>
public static class TaskSettings
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly TaskSettingsValues DefaultValues = new();
    private static readonly BoundedCache<(string Sent, ReplicationType Type), string> Documents = new(8_000_000);
    private static readonly BoundedCache<string, TaskSettingsValues> Values = new(4_000_000);
    private static readonly BoundedCache<string, Verdict> Verdicts = new(4_000_000);

    /// <summary>
    /// The full document the service answers: its defaults for the type, with what was sent put over them member by member, and log components
    /// by their Id. Null members change nothing. What <see cref="Validate"/> refuses is not completed: the defaults are answered.
    /// </summary>
    public static string Complete(string? sent, ReplicationType type) =>
        Documents.Get((sent ?? "", type), sent?.Length ?? 0, 0, static (key, none) =>
        {
            var document = TaskSettingsDocument.Defaults(key.Type);
            if (Validate(key.Sent) is null && JsonText.TryParse(key.Sent, out _) is { } root)
            {
                TaskSettingsDocument.Merge(document, root);
            }

            return document.ToJsonString(Plain);
        });

    /// <summary>
    /// What is wrong with the settings a user sent, all of it, or null. Sections that do not exist and values of a wrong kind or out of
    /// range are refused by name; members that this release does not know, inside a known section, are kept as they are.
    /// </summary>
    public static string? Validate(string? sent) =>
        string.IsNullOrWhiteSpace(sent) ? null
        : Verdicts.Get(sent, sent.Length, 0, static (text, _) => new Verdict(TaskSettingsCheck.FaultOf(text))).Fault;

    /// <summary>The settings that engines act on; defaults where <paramref name="sent"/> says nothing or is wrong.</summary>
    public static TaskSettingsValues Read(string? sent) =>
        string.IsNullOrWhiteSpace(sent) ? DefaultValues : Values.Get(sent, sent.Length, 0, static (text, _) => Parse(text));

    private static TaskSettingsValues Parse(string sent)
    {
        if (Validate(sent) is not null || JsonText.TryParse(sent, out _) is not { } root || JsonMembers.Of(root, "", []) is not { } members)
        {
            return DefaultValues;
        }

        var load = members.Object("FullLoadSettings");
        var errors = members.Object("ErrorBehavior");
        var validation = members.Object("ValidationSettings");
        return new TaskSettingsValues
        {
            EnableValidation = validation?.Flag("EnableValidation") ?? false,
            ValidationOnly = (validation?.Flag("EnableValidation") ?? false) && (validation?.Flag("ValidationOnly") ?? false),
            MaxFullLoadSubTasks = (int)(load?.Integer("MaxFullLoadSubTasks") ?? DefaultValues.MaxFullLoadSubTasks),
            StopTaskCachedChangesApplied = load?.Flag("StopTaskCachedChangesApplied") ?? false,
            StopTaskCachedChangesNotApplied = load?.Flag("StopTaskCachedChangesNotApplied") ?? false,
            FailOnNoTablesCaptured = errors?.Flag("FailOnNoTablesCaptured") ?? true,
            StopsOnTableError = errors?.Text("TableErrorPolicy") == "STOP_TASK",
        };
    }

    private sealed record Verdict(string? Fault);
}

/// <summary>The default document, and how sent members go over it.</summary>
internal static class TaskSettingsDocument
{
    /// <summary>The defaults the service always answers.</summary>
    public static JsonElement Standard { get; } = Load("task-settings.json");

    /// <summary>The defaults of sections that are absent or null until something in them is sent.</summary>
    public static JsonElement Optional { get; } = Load("task-settings.optional.json");

    /// <summary>The defaults for a type.</summary>
    public static JsonObject Defaults(ReplicationType type)
    {
        var document = JsonObject.Create(Standard)!;
        if (type == ReplicationType.FullLoad)
        {
            document["TTSettings"] = null;
        }

        if (type == ReplicationType.Cdc)
        {
            document["FullLoadSettings"]!["TargetTablePrepMode"] = "DO_NOTHING";
        }

        return document;
    }

    /// <summary>Puts sent sections over the defaults.</summary>
    public static void Merge(JsonObject document, JsonElement sent)
    {
        foreach (var section in sent.EnumerateObject().Where(section => section.Value.ValueKind != JsonValueKind.Null))
        {
            if (document[section.Name] is null)
            {
                document[section.Name] = DefaultsOf(section.Name);
            }

            MergeMember(document, section);
        }
    }

    private static JsonObject? DefaultsOf(string section) =>
        Optional.TryGetProperty(section, out var optional) || Standard.TryGetProperty(section, out optional) ? JsonObject.Create(optional) : null;

    private static void MergeMember(JsonObject onto, JsonProperty sent)
    {
        switch (sent.Value.ValueKind)
        {
            case JsonValueKind.Null:
                break;
            case JsonValueKind.Object when onto[sent.Name] is JsonObject inner:
                foreach (var member in sent.Value.EnumerateObject())
                {
                    MergeMember(inner, member);
                }

                break;
            case JsonValueKind.Array when sent.Name == "LogComponents" && onto[sent.Name] is JsonArray components:
                MergeComponents(components, sent.Value);
                break;
            default:
                onto[sent.Name] = JsonNode.Parse(sent.Value.GetRawText());
                break;
        }
    }

    private static void MergeComponents(JsonArray components, JsonElement sent)
    {
        foreach (var component in sent.EnumerateArray())
        {
            var id = component.GetProperty("Id").GetString();
            var known = components.First(c => c!["Id"]!.GetValue<string>() == id)!;
            known["Severity"] = component.GetProperty("Severity").GetString();
        }
    }

    private static JsonElement Load(string name)
    {
        using var stream = typeof(TaskSettingsDocument).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
