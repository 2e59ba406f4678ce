using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Engines.Json;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Settings;

/// <summary>
/// The task settings document (<c>ReplicationSettings</c>). A config keeps what was sent, less what is the default anyway, and the version of the
/// defaults it was created under: small in the store and in memory, completed on the way out, and not changed by a later release's defaults.
/// </summary>
public static class TaskSettings
{
    /// <summary>The defaults that new configs are created under. Earlier versions stay in the assembly as long as configs may name them.</summary>
    public const int NewestDefaults = 1;

    // A completed document has some 5,000 characters; the key is usually far smaller.
    private const int DocumentCharacters = 5_000;
    private const string NoLogDestination = "\"CloudWatchLogGroup\":null,\"CloudWatchLogStream\":null";
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly BoundedCache<Key, string> Documents = new(16_000_000);
    private static readonly BoundedCache<Key, TaskSettingsValues> Values = new(4_000_000);
    private static readonly BoundedCache<string, Verdict> Verdicts = new(4_000_000);

    /// <summary>
    /// The full document the service answers: the defaults of the config's type, with what was sent put over them member by member, and log
    /// components by their Id.
    /// </summary>
    /// <param name="spec">The config.</param>
    /// <param name="loggingResource">The last part of its ARN once it has run, for the log group and stream that the service names when logging is enabled; null before.</param>
    public static string Complete(ReplicationSpec spec, string? loggingResource = null)
    {
        var key = Key.Of(spec);
        var document = Documents.Get(key, key.Length + DocumentCharacters, 0, static (k, _) => Completed(k).ToJsonString(Plain));
        return loggingResource is null || !Read(spec).EnableLogging ? document : document.Replace(
            NoLogDestination,
            $"\"CloudWatchLogGroup\":\"dms-serverless-replication-{loggingResource}\",\"CloudWatchLogStream\":\"dms-serverless-serv-res-id-{loggingResource}\"",
            StringComparison.Ordinal);
    }

    /// <summary>
    /// The config with <paramref name="sent"/> put over its settings, or every fault found. Objects are merged member by member, log components by
    /// their Id; null puts a member back to its default. A blank text changes nothing.
    /// </summary>
    /// <param name="spec">The config before.</param>
    /// <param name="sent">What a user sent.</param>
    /// <param name="shown">What <see cref="Complete"/> last answered for it: its read-only members may come back unchanged. Null for a new config.</param>
    public static Parsed<ReplicationSpec> Put(ReplicationSpec spec, string? sent, string? shown = null)
    {
        if (string.IsNullOrWhiteSpace(sent))
        {
            return new(spec);
        }

        var schema = TaskSettingsSchema.Of(spec.SettingsVersion);
        if (TaskSettingsCheck.FaultOf(sent, schema, shown) is { } fault)
        {
            return new(null, [fault]);
        }

        using var document = JsonDocument.Parse(sent);
        var settings = TaskSettingsDocument.Parse(spec.ReplicationSettings);
        TaskSettingsDocument.Overlay(settings, document.RootElement, nullRemoves: true);
        settings = TaskSettingsDocument.Reduce(settings, schema);
        return new(spec with { ReplicationSettings = settings.Count == 0 ? null : settings.ToJsonString(Plain) });
    }

    /// <summary>What is wrong with the settings a user sent, each member by itself; null when nothing is.</summary>
    public static string? Validate(string? sent) => string.IsNullOrWhiteSpace(sent) ? null : Verdicts.Get(
        sent, sent.Length, 0, static (text, _) => new Verdict(TaskSettingsCheck.FaultOf(text, TaskSettingsSchema.Of(NewestDefaults), null))).Fault;

    /// <summary>What is wrong with the config's settings as a whole: members that go together, and with the replication type. Null when nothing is.</summary>
    public static string? ValidateWhole(ReplicationSpec spec) => TaskSettingsCheck.FaultOfWhole(Completed(Key.Of(spec)), spec.Type);

    /// <summary>The settings that engines act on, out of the completed document; the defaults when what is stored is wrong.</summary>
    public static TaskSettingsValues Read(ReplicationSpec spec)
    {
        var key = Key.Of(spec);
        return Values.Get(key, key.Length, 0, static (k, _) => Validate(k.Sent) is null ? ValuesOf(Completed(k)) : new TaskSettingsValues());
    }

    private static JsonObject Completed(Key key)
    {
        var schema = TaskSettingsSchema.Of(key.Version);
        var document = schema.Defaults(key.Type);
        if (JsonText.TryParse(key.Sent, out _) is { ValueKind: JsonValueKind.Object } root)
        {
            foreach (var section in root.EnumerateObject().Where(s => s.Value.ValueKind != JsonValueKind.Null && document[s.Name] is null))
            {
                document[section.Name] = schema.SectionDefaults(section.Name)?.DeepClone();
            }

            TaskSettingsDocument.Overlay(document, root, nullRemoves: false);
        }

        return document;
    }

    private static TaskSettingsValues ValuesOf(JsonObject document)
    {
        var defaults = new TaskSettingsValues();
        return new()
        {
            MaxFullLoadSubTasks = Of("FullLoadSettings", "MaxFullLoadSubTasks", defaults.MaxFullLoadSubTasks),
            StopTaskCachedChangesApplied = Of("FullLoadSettings", "StopTaskCachedChangesApplied", defaults.StopTaskCachedChangesApplied),
            StopTaskCachedChangesNotApplied = Of("FullLoadSettings", "StopTaskCachedChangesNotApplied", defaults.StopTaskCachedChangesNotApplied),
            FailOnNoTablesCaptured = Of("ErrorBehavior", "FailOnNoTablesCaptured", defaults.FailOnNoTablesCaptured),
            StopsOnTableError = Of("ErrorBehavior", "TableErrorPolicy", "") == "STOP_TASK",
            EnableLogging = Of("Logging", "EnableLogging", defaults.EnableLogging),
            EnableValidation = Of("ValidationSettings", "EnableValidation", defaults.EnableValidation),
            ValidationOnly = Of("ValidationSettings", "ValidationOnly", defaults.ValidationOnly),
        };

        T Of<T>(string section, string member, T otherwise) =>
            document[section] is JsonObject members && members[member] is JsonValue value && value.TryGetValue<T>(out var read) ? read : otherwise;
    }

    /// <summary>All that a completed document depends on.</summary>
    private readonly record struct Key(string Sent, ReplicationType Type, int? Version)
    {
        public int Length => Sent.Length;

        public static Key Of(ReplicationSpec spec) => new(spec.ReplicationSettings ?? "", spec.Type, spec.SettingsVersion);
    }

    private sealed record Verdict(string? Fault);
}
