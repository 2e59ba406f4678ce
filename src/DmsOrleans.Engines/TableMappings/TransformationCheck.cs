using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>Checks the structure of a transformation rule.</summary>
internal static class TransformationCheck
{
    private static readonly string[] Targets = ["schema", "table", "column", "table-tablespace", "index-tablespace"];

    private static readonly string[] Actions =
    [
        "add-column", "include-column", "remove-column", "rename", "convert-lowercase", "convert-uppercase", "add-prefix", "remove-prefix",
        "replace-prefix", "add-suffix", "remove-suffix", "replace-suffix", "define-primary-key", "change-data-type", "add-before-image-columns",
        "data-masking-digits-mask", "data-masking-digits-randomize", "data-masking-hash-mask",
    ];

    private static readonly string[] ColumnActions =
    [
        "add-column", "include-column", "remove-column", "change-data-type", "add-before-image-columns",
        "data-masking-digits-mask", "data-masking-digits-randomize", "data-masking-hash-mask",
    ];

    /// <summary>Adds what is wrong with the rule.</summary>
    public static void Check(JsonMembers rule, List<string> faults)
    {
        var target = rule.OneOf("rule-target", Targets, required: true);
        var action = rule.OneOf("rule-action", Actions, required: true);
        CheckLocator(rule, target, action, faults);
        if (action is not null && target is not null and not "column" && ColumnActions.Contains(action))
        {
            faults.Add($"rule-action {action} applies to the rule-target column only.");
        }

        if (action == "define-primary-key" && target is not null and not "table")
        {
            faults.Add("rule-action define-primary-key applies to the rule-target table only.");
        }

        foreach (var name in NeededBy(action).Where(name => !rule.Has(name)))
        {
            faults.Add($"{name} is required with the rule-action {action}.");
        }

        if (action == "rename" && !rule.Has("value") && !rule.Has("expression"))
        {
            faults.Add("value or expression is required with the rule-action rename.");
        }
    }

    private static string[] NeededBy(string? action) => action switch
    {
        "add-prefix" or "remove-prefix" or "add-suffix" or "remove-suffix" => ["value"],
        "replace-prefix" or "replace-suffix" => ["value", "old-value"],
        "add-column" => ["value", "expression", "data-type"],
        "change-data-type" => ["data-type"],
        "define-primary-key" => ["primary-key-def"],
        "add-before-image-columns" => ["before-image-def"],
        _ => [],
    };

    private static void CheckLocator(JsonMembers rule, string? target, string? action, List<string> faults)
    {
        if (rule.Object("object-locator") is not { } locator)
        {
            faults.Add("object-locator with schema-name is required.");
            return;
        }

        CheckPattern(locator, "schema-name", target is not "table-tablespace" and not "index-tablespace", faults);
        CheckPattern(locator, "table-name", target is "table" or "column", faults);
        var makesColumns = action is "add-column" or "add-before-image-columns";
        CheckPattern(locator, "column-name", target == "column" && !makesColumns, faults);
    }

    private static void CheckPattern(JsonMembers locator, string name, bool required, List<string> faults)
    {
        var text = required ? locator.RequiredText(name) : locator.Text(name);
        if (text is { Length: > 0 } && !NamePattern.TryParse(text, out _, out var fault))
        {
            faults.Add($"{locator.PathOf(name)}: {fault}");
        }
    }
}
