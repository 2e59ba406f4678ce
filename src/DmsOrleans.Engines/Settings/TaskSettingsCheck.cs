using System.Text.Json;
using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.Settings;

/// <summary>Checks sent task settings against the kinds of the default document, and the lists and limits of the user guide.</summary>
internal static class TaskSettingsCheck
{
    private const string ReadOnlyLogs = "Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be set on create.";
    private static readonly string[] DataPolicies = ["IGNORE_RECORD", "LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"];
    private static readonly string[] EscalationPolicies = ["LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"];
    private static readonly string[] Severities = ["ERROR", "WARNING", "INFO", "DEFAULT", "DEBUG", "DETAILED_DEBUG"];

    private static readonly Dictionary<string, string[]> Words = new(StringComparer.Ordinal)
    {
        ["FullLoadSettings.TargetTablePrepMode"] = ["DO_NOTHING", "DROP_AND_CREATE", "TRUNCATE_BEFORE_LOAD"],
        ["ErrorBehavior.DataErrorPolicy"] = DataPolicies,
        ["ErrorBehavior.DataTruncationErrorPolicy"] = DataPolicies,
        ["ErrorBehavior.DataErrorEscalationPolicy"] = ["SUSPEND_TABLE", "STOP_TASK"],
        ["ErrorBehavior.TableErrorPolicy"] = ["SUSPEND_TABLE", "STOP_TASK"],
        ["ErrorBehavior.TableErrorEscalationPolicy"] = ["STOP_TASK"],
        ["ErrorBehavior.ApplyErrorDeletePolicy"] = DataPolicies,
        ["ErrorBehavior.ApplyErrorInsertPolicy"] = [.. DataPolicies, "INSERT_RECORD"],
        ["ErrorBehavior.ApplyErrorUpdatePolicy"] = [.. DataPolicies, "UPDATE_RECORD"],
        ["ErrorBehavior.ApplyErrorEscalationPolicy"] = EscalationPolicies,
        ["ErrorBehavior.EventErrorPolicy"] = ["IGNORE", "STOP_TASK"],
        ["BeforeImageSettings.ColumnFilter"] = ["pk-only", "non-lob", "all"],
    };

    private static readonly Dictionary<string, (long Least, long Most)> Limits = new(StringComparer.Ordinal)
    {
        ["FullLoadSettings.MaxFullLoadSubTasks"] = (1, 49),
        ["FullLoadSettings.CommitRate"] = (1, 50_000),
        ["ChangeProcessingTuning.StatementCacheSize"] = (0, 200),
        ["StreamBufferSettings.CtrlStreamBufferSizeInMB"] = (1, 8),
    };

    /// <summary>All that is wrong, or null.</summary>
    public static string? FaultOf(string sent)
    {
        if (JsonText.TryParse(sent, out var fault) is not { } root)
        {
            return $"Invalid task settings json: {fault}.";
        }

        var faults = new List<string>();
        if (JsonMembers.Of(root, "", faults) is not null)
        {
            foreach (var section in root.EnumerateObject())
            {
                CheckSection(section, faults);
            }
        }

        if (SetsLogDestination(root))
        {
            return ReadOnlyLogs;
        }

        return faults.Count == 0 ? null : $"Invalid task settings json: {string.Join(" ", faults)}";
    }

    private static bool SetsLogDestination(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("Logging", out var logging)
        && logging.ValueKind == JsonValueKind.Object
        && logging.EnumerateObject().Any(m => m.Name is "CloudWatchLogGroup" or "CloudWatchLogStream" && m.Value.ValueKind != JsonValueKind.Null);

    private static void CheckSection(JsonProperty section, List<string> faults)
    {
        var known = TaskSettingsDocument.Standard.TryGetProperty(section.Name, out var standard);
        if (TaskSettingsDocument.Optional.TryGetProperty(section.Name, out var optional))
        {
            (known, standard) = (true, optional);
        }

        if (known)
        {
            Check(section.Name, standard, section.Value, faults);
            return;
        }

        var names = TaskSettingsDocument.Standard.EnumerateObject().Concat(TaskSettingsDocument.Optional.EnumerateObject()).Select(m => m.Name);
        faults.Add($"{section.Name} is not a section; the sections are {string.Join(", ", names.Distinct())}.");
    }

    private static void Check(string path, JsonElement standard, JsonElement sent, List<string> faults)
    {
        if (sent.ValueKind == JsonValueKind.Null || standard.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (KindOf(standard) != KindOf(sent))
        {
            faults.Add($"{path} must be {KindOf(standard)}, not {KindOf(sent)}.");
        }
        else if (path == "Logging.LogComponents")
        {
            CheckComponents(sent, faults);
        }
        else if (sent.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in sent.EnumerateObject())
            {
                if (standard.TryGetProperty(member.Name, out var inner))
                {
                    Check($"{path}.{member.Name}", inner, member.Value, faults);
                }
            }
        }
        else
        {
            CheckValue(path, sent, faults);
        }
    }

    private static void CheckValue(string path, JsonElement sent, List<string> faults)
    {
        if (sent.ValueKind == JsonValueKind.String && Words.TryGetValue(path, out var words) && !words.Contains(sent.GetString()))
        {
            faults.Add($"{path} is '{sent.GetString()}'; it must be one of {string.Join(", ", words)}.");
        }

        if (sent.ValueKind == JsonValueKind.Number && Limits.TryGetValue(path, out var limits)
            && !(sent.TryGetInt64(out var number) && number >= limits.Least && number <= limits.Most))
        {
            faults.Add($"{path} is {sent.GetRawText()}; it must be a whole number from {limits.Least} to {limits.Most}.");
        }
    }

    private static void CheckComponents(JsonElement sent, List<string> faults)
    {
        var known = TaskSettingsDocument.Standard.GetProperty("Logging").GetProperty("LogComponents").EnumerateArray().Select(c => c.GetProperty("Id").GetString()!).ToList();
        var severities = Severities.Select(severity => $"LOGGER_SEVERITY_{severity}").ToList();
        var items = sent.EnumerateArray().ToList();
        for (var i = 0; i < items.Count; i++)
        {
            if (JsonMembers.Of(items[i], $"Logging.LogComponents[{i}]", faults) is { } component)
            {
                _ = component.OneOf("Id", known, required: true);
                _ = component.OneOf("Severity", severities, required: true);
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
