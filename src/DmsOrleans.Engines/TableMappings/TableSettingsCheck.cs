using System.Globalization;
using System.Text.Json;
using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>Checks the structure of a table-settings rule.</summary>
internal static class TableSettingsCheck
{
    private const int MaxRangeColumns = 10;
    private static readonly string[] ParallelLoads = ["partitions-auto", "subpartitions-auto", "partitions-list", "ranges", "none"];
    private static readonly string[] LobModes = ["limited", "unlimited", "none"];

    /// <summary>Adds what is wrong with the rule.</summary>
    public static void Check(JsonMembers rule, List<string> faults)
    {
        var locator = rule.Object("object-locator");
        var schema = locator?.RequiredText("schema-name");
        var table = locator?.RequiredText("table-name");
        if (locator is null || IsWild(schema) || IsWild(table))
        {
            faults.Add("Exact schema and table name required when using table settings rule.");
        }

        var load = rule.Object("parallel-load");
        var lobs = rule.Object("lob-settings");
        if (!rule.Has("parallel-load") && !rule.Has("lob-settings"))
        {
            faults.Add("parallel-load or lob-settings is required.");
        }

        CheckParallelLoad(load, faults);
        CheckLobs(lobs, faults);
    }

    private static void CheckWholeNumber(JsonMembers members, string name, List<string> faults)
    {
        if (members.Any(name) is { } given && !(long.TryParse(given.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
        {
            faults.Add($"{members.PathOf(name)} must be a whole number greater than 0.");
        }
    }

    private static bool IsWild(string? name) => name is null || name.Contains('%', StringComparison.Ordinal);

    private static void CheckParallelLoad(JsonMembers? load, List<string> faults)
    {
        switch (load?.OneOf("type", ParallelLoads, required: true))
        {
            case "partitions-list" when load.Items("partitions") is not { Count: > 0 } && load.Items("subpartitions") is not { Count: > 0 }:
                faults.Add($"{load.PathOf("partitions")} or {load.PathOf("subpartitions")} is required with the type partitions-list.");
                break;
            case "ranges":
                CheckRanges(load, faults);
                break;
        }

        if (load is not null)
        {
            OtherRulesCheck.CheckStrings(load, "partitions", faults);
            OtherRulesCheck.CheckStrings(load, "subpartitions", faults);
            OtherRulesCheck.CheckStrings(load, "columns", faults);
            CheckWholeNumber(load, "number-of-partitions", faults);
            CheckWholeNumber(load, "max-records-skip-per-page", faults);
            CheckWholeNumber(load, "batch-size", faults);
        }
    }

    private static void CheckRanges(JsonMembers load, List<string> faults)
    {
        var columns = load.Items("columns")?.Count ?? 0;
        if (columns is 0 or > MaxRangeColumns)
        {
            faults.Add($"{load.PathOf("columns")} must name 1 to {MaxRangeColumns} columns; it names {columns}.");
        }

        var boundaries = load.Items("boundaries") ?? [];
        if (boundaries.Count == 0)
        {
            faults.Add($"{load.PathOf("boundaries")} is required with the type ranges.");
        }

        for (var i = 0; i < boundaries.Count; i++)
        {
            if (boundaries[i].ValueKind != JsonValueKind.Array || boundaries[i].GetArrayLength() != columns)
            {
                faults.Add($"{load.PathOf("boundaries")}[{i}] must be an array with a value for each of the {columns} columns.");
            }
        }
    }

    private static void CheckLobs(JsonMembers? lobs, List<string> faults)
    {
        if (lobs?.OneOf("mode", LobModes, required: true) == "limited" && (!lobs.Has("bulk-max-size") || lobs.Any("bulk-max-size")?.ToString() == "0"))
        {
            faults.Add($"{lobs.PathOf("bulk-max-size")} must be more than 0 (KB) with the mode limited.");
        }
        else if (lobs?.Any("bulk-max-size") is { } size && !(int.TryParse(size.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            faults.Add($"{lobs.PathOf("bulk-max-size")} must be a whole number (KB).");
        }
    }
}
