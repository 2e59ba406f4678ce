using System.Globalization;
using System.Text.Json;
using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>Reads a transformation rule and checks what its action needs (user guide, "Transformation rules and actions").</summary>
internal static class TransformationReader
{
    private static readonly string[] Targets = ["schema", "table", "column", "table-tablespace", "index-tablespace"];

    private static readonly string[] ColumnActions =
    [
        "add-column", "include-column", "remove-column", "change-data-type", "add-before-image-columns",
        "data-masking-digits-mask", "data-masking-digits-randomize", "data-masking-hash-mask",
    ];

    private static readonly string[] Actions =
    [
        "rename", "convert-lowercase", "convert-uppercase", "add-prefix", "remove-prefix", "replace-prefix", "add-suffix", "remove-suffix", "replace-suffix",
        "define-primary-key", .. ColumnActions,
    ];

    private static readonly string[] PrimaryKeyOrigins = ["primary-key", "unique-index"];
    private static readonly string[] ColumnFilters = ["pk-only", "non-lob", "all"];
    private static readonly string[] Sizes = ["precision", "scale", "length"];

    private static readonly string[] DataTypes =
    [
        "bytes", "date", "time", "datetime", "int1", "int2", "int4", "int8", "uint1", "uint2", "uint4", "uint8", "numeric", "real4", "real8",
        "string", "wstring", "blob", "clob", "nclob", "boolean", "set", "list", "map", "tuple",
    ];

    /// <summary>The rule; null, and what is wrong with it, when it is wrong.</summary>
    public static TransformationRule? Read(JsonMembers rule, string id, List<string> faults)
    {
        var target = rule.OneOf("rule-target", Targets, required: true);
        var action = rule.OneOf("rule-action", Actions, required: true);
        if (action is not null && target is not null && !Applies(action, target))
        {
            faults.Add($"rule-action {action} applies to the rule-target {(action == "define-primary-key" ? "table" : "column")} only.");
        }

        var locator = ObjectLocator.Of(rule, "schema-name", faults);
        var schema = PatternOf(locator, "schema-name", target is not "table-tablespace" and not "index-tablespace", faults);
        var table = PatternOf(locator, "table-name", target is "table" or "column", faults);
        var makesColumns = action is "add-column" or "add-before-image-columns";
        var column = PatternOf(locator, "column-name", target == "column" && !makesColumns, faults);
        if (target is "table-tablespace" or "index-tablespace")
        {
            _ = PatternOf(locator, $"{target}-name", true, faults);
        }

        CheckMembers(rule, action, faults);
        if (action == "define-primary-key" && (schema is { HasAnyRun: true } || table is { HasAnyRun: true }))
        {
            faults.Add("rule-action define-primary-key needs an object-locator without wildcards.");
        }

        var read = new TransformationRule(id, target ?? "", action ?? "", schema, table, column, rule.Text("value"), rule.Text("old-value"), rule.Text("expression"));
        return faults.Count == 0 ? read : null;
    }

    private static bool Applies(string action, string target) =>
        action == "define-primary-key" ? target == "table" : target == "column" || !ColumnActions.Contains(action);

    private static NamePattern? PatternOf(JsonMembers? locator, string name, bool required, List<string> faults) =>
        locator is null ? null : ObjectLocator.Pattern(locator, name, required, faults);

    private static void CheckMembers(JsonMembers rule, string? action, List<string> faults)
    {
        foreach (var name in NeededBy(action).Where(name => !rule.Has(name)))
        {
            faults.Add($"{name} is required with the rule-action {action}.");
        }

        switch (action)
        {
            case "rename" when string.IsNullOrEmpty(rule.Text("value")) && string.IsNullOrEmpty(rule.Text("expression")):
                faults.Add("value or expression is required with the rule-action rename.");
                break;
            case "data-masking-digits-mask" when rule.Text("value") is { } mask && !(mask.Length == 1 && mask[0] is > ' ' and <= '~'):
                faults.Add("value must be one printable ASCII character, no blank, with the rule-action data-masking-digits-mask.");
                break;
        }

        CheckDataType(rule.Object("data-type"), faults);
        CheckPrimaryKey(rule.Object("primary-key-def"), faults);
        CheckBeforeImage(rule.Object("before-image-def"), faults);
    }

    private static string[] NeededBy(string? action) => action switch
    {
        "add-prefix" or "remove-prefix" or "add-suffix" or "remove-suffix" or "data-masking-digits-mask" => ["value"],
        "replace-prefix" or "replace-suffix" => ["value", "old-value"],
        "add-column" => ["value", "expression", "data-type"],
        "change-data-type" => ["data-type"],
        "define-primary-key" => ["primary-key-def"],
        "add-before-image-columns" => ["before-image-def"],
        _ => [],
    };

    private static void CheckDataType(JsonMembers? type, List<string> faults)
    {
        _ = type?.OneOf("type", DataTypes, required: true);
        foreach (var name in Sizes.Where(name => type?.Any(name) is { } given && !IsWholeNumber(given)))
        {
            faults.Add($"{type!.PathOf(name)} must be a whole number.");
        }
    }

    private static bool IsWholeNumber(JsonElement given) =>
        int.TryParse(given.ValueKind == JsonValueKind.String ? given.GetString() : given.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static void CheckPrimaryKey(JsonMembers? key, List<string> faults)
    {
        _ = key?.RequiredText("name");
        _ = key?.OneOf("origin", PrimaryKeyOrigins);
        if (key is not null && !(key.Items("columns") is { Count: > 0 } columns && columns.All(c => c.ValueKind == JsonValueKind.String && c.GetString()!.Length > 0)))
        {
            faults.Add($"{key.PathOf("columns")} must name at least one column.");
        }
    }

    private static void CheckBeforeImage(JsonMembers? image, List<string> faults)
    {
        _ = image?.OneOf("column-filter", ColumnFilters);
        if (image?.Text("column-prefix") is "" && string.IsNullOrEmpty(image.Text("column-suffix")))
        {
            faults.Add($"{image.PathOf("column-prefix")} or {image.PathOf("column-suffix")} is required: before-image columns need names of their own.");
        }
    }
}
