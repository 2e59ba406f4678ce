using System.Globalization;
using System.Text.Json;
using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>Reads table mappings, one rule at a time, and gathers the faults of all.</summary>
internal sealed class TableMappingReader
{
    private const string Prefix = "Error in mapping rules.";
    private static readonly string[] RuleTypes = ["selection", "transformation", "table-settings", "object-mapping", "validation", "post-processing"];
    private static readonly string[] SelectionActions = ["include", "exclude", "explicit"];
    private static readonly string[] TableTypes = ["table", "view", "all"];

    private readonly List<string> faults = [];
    private readonly List<SelectionRule> selection = [];
    private readonly List<TransformationRule> transformations = [];
    private readonly HashSet<string> ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>See <see cref="TableMappingRules.Parse"/>.</summary>
    public static Parsed<TableMappingRules> Read(string? json)
    {
        if (JsonText.TryParse(json, out var fault) is not { } root)
        {
            return new(null, [$"{Prefix} The table mappings are unreadable: {fault}."]);
        }

        var reader = new TableMappingReader();
        reader.ReadRules(root);
        if (reader.faults.Count > 0)
        {
            return new(null, reader.faults);
        }

        var rules = new TableMappingRules(reader.selection, reader.transformations);
        var conflicts = rules.KnownConflicts();
        return conflicts.Count == 0 ? new(rules) : new(null, [.. conflicts.Select(conflict => FaultOf(conflict.RuleId, conflict.Text))]);
    }

    private void ReadRules(JsonElement root)
    {
        var found = new List<string>();
        var members = JsonMembers.Of(root, "", found);
        var rules = members?.Items("rules");
        if (members is not null && rules is null && found.Count == 0)
        {
            found.Add("rules is required.");
        }

        if (rules is { Count: > TableMappingRules.MaxRules })
        {
            found.Add($"There are {rules.Count} rules; at most {TableMappingRules.MaxRules} are allowed.");
        }

        faults.AddRange(found.Select(fault => $"{Prefix} {fault}"));
        if (found.Count > 0 || rules is null)
        {
            return;
        }

        for (var i = 0; i < rules.Count; i++)
        {
            ReadRule(rules[i], i);
        }
    }

    private void ReadRule(JsonElement element, int index)
    {
        var found = new List<string>();
        var id = "?";
        if (JsonMembers.Of(element, $"rules[{index}]", found) is not null && JsonMembers.Of(element, "", found) is { } rule)
        {
            id = ReadId(rule, found);
            var type = rule.OneOf("rule-type", RuleTypes, required: true);
            if (rule.RequiredText("rule-name") is { } name && !names.Add(name))
            {
                found.Add($"rule-name '{name}' is used by more than one rule.");
            }

            ReadByType(type, rule, id, found);
        }

        faults.AddRange(found.Distinct().Select(fault => FaultOf(id, fault)));
    }

    // As the service words it.
    private static string FaultOf(string ruleId, string fault) => $"{Prefix} Rule with ruleId = {ruleId} failed validation. {fault}";

    private string ReadId(JsonMembers rule, List<string> found)
    {
        var given = rule.Any("rule-id");
        var id = given?.ValueKind switch
        {
            JsonValueKind.String => given.Value.GetString()!,
            JsonValueKind.Number => given.Value.GetRawText(),
            _ => "",
        };
        if (id.Length is 0 or > 20 || !id.All(char.IsAsciiDigit))
        {
            found.Add("rule-id is required and must be a number of at most 20 digits.");
            return "?";
        }

        if (!ids.Add(id))
        {
            found.Add($"rule-id '{id}' is used by more than one rule.");
        }

        return id;
    }

    private void ReadByType(string? type, JsonMembers rule, string id, List<string> found)
    {
        switch (type)
        {
            case "selection" when ReadSelection(rule, id, found) is { } read:
                selection.Add(read);
                break;
            case "transformation" when TransformationReader.Read(rule, id, found) is { } read:
                transformations.Add(read);
                break;
            case "table-settings":
                TableSettingsCheck.Check(rule, found);
                break;
            case "object-mapping":
                OtherRulesCheck.CheckObjectMapping(rule, found);
                break;
            case "validation":
                OtherRulesCheck.CheckValidation(rule, found);
                break;
            case "post-processing":
                OtherRulesCheck.CheckTagging(rule, found);
                break;
        }
    }

    private static SelectionRule? ReadSelection(JsonMembers rule, string id, List<string> found)
    {
        var action = rule.OneOf("rule-action", SelectionActions, required: true);
        var order = ReadLoadOrder(rule, found);
        if (ObjectLocator.Of(rule, "schema-name and table-name", found) is not { } locator)
        {
            return null;
        }

        var isExplicit = action == "explicit";
        var schema = ReadPattern(locator, "schema-name", isExplicit, found);
        var table = ReadPattern(locator, "table-name", isExplicit, found);
        var tableType = locator.OneOf("table-type", TableTypes);
        FilterCheck.Check(rule, action == "include" && table is { HasAnyRun: false } && schema is { HasAnyRun: false }, found);
        if (found.Count > 0)
        {
            return null;
        }

        var read = action switch { "exclude" => SelectionAction.Exclude, "explicit" => SelectionAction.Explicit, _ => SelectionAction.Include };
        return new SelectionRule(id, read, schema!, table!, tableType ?? "table", order);
    }

    private static NamePattern? ReadPattern(JsonMembers locator, string name, bool exact, List<string> found)
    {
        var pattern = ObjectLocator.Pattern(locator, name, true, found);
        if (exact && pattern is { HasAnyRun: true })
        {
            found.Add($"{locator.PathOf(name)} is '{pattern.Text}'; a rule with the action explicit must name one table, without wildcards.");
        }

        return exact && pattern is not null ? NamePattern.Exact(pattern.Text) : pattern;
    }

    private static int ReadLoadOrder(JsonMembers rule, List<string> found)
    {
        if (rule.Any("load-order") is not { } given)
        {
            return 0;
        }

        var text = given.ValueKind == JsonValueKind.String ? given.GetString() : given.GetRawText();
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var order) && order > 0)
        {
            return order;
        }

        found.Add($"load-order must be a whole number from 1 to {int.MaxValue}.");
        return 0;
    }
}
