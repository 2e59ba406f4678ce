using System.Text.Json;
using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>Checks rules that no engine here acts on: object mapping (Kinesis, Kafka, DynamoDB), validation functions, and tags on S3 objects.</summary>
internal static class OtherRulesCheck
{
    private static readonly string[] ParameterNames = ["partition-key-type", "partition-key-name", "sort-key-name", "attribute-type", "attribute-sub-type"];

    /// <summary>Adds what is wrong with an object-mapping rule.</summary>
    public static void CheckObjectMapping(JsonMembers rule, List<string> faults)
    {
        _ = rule.OneOf("rule-action", ["map-record-to-record", "map-record-to-document"], required: true);
        CheckTable(rule, faults);
        _ = rule.Text("target-table-name");
        _ = rule.Text("kafka-target-topic");
        if (rule.Object("mapping-parameters") is not { } parameters)
        {
            return;
        }

        foreach (var name in ParameterNames)
        {
            _ = parameters.Text(name);
        }

        CheckStrings(parameters, "exclude-columns", faults);
        var attributes = parameters.Items("attribute-mappings") ?? [];
        for (var i = 0; i < attributes.Count; i++)
        {
            if (JsonMembers.Of(attributes[i], $"{parameters.PathOf("attribute-mappings")}[{i}]", faults) is { } attribute)
            {
                _ = attribute.RequiredText("target-attribute-name");
                _ = attribute.OneOf("attribute-type", ["scalar", "document"]);
                _ = attribute.Text("attribute-sub-type");
                if (!attribute.Has("value"))
                {
                    faults.Add($"{attribute.PathOf("value")} is required.");
                }
            }
        }
    }

    /// <summary>Adds what is wrong with a validation rule.</summary>
    public static void CheckValidation(JsonMembers rule, List<string> faults)
    {
        _ = rule.OneOf("rule-target", ["column"], required: true);
        _ = rule.OneOf("rule-action", ["override-validation-function"], required: true);
        if (CheckTable(rule, faults) is { } locator)
        {
            _ = ObjectLocator.Pattern(locator, "column-name", true, faults);
        }

        if (string.IsNullOrEmpty(rule.Text("source-function")) && string.IsNullOrEmpty(rule.Text("target-function")))
        {
            faults.Add("source-function or target-function is required with the rule-action override-validation-function.");
        }
    }

    /// <summary>Adds what is wrong with a post-processing rule.</summary>
    public static void CheckTagging(JsonMembers rule, List<string> faults)
    {
        _ = rule.OneOf("rule-action", ["add-tag"], required: true);
        CheckTable(rule, faults);
        if (rule.Items("tag-set") is not { Count: > 0 } tags)
        {
            faults.Add("tag-set must hold at least one tag with the rule-action add-tag.");
            return;
        }

        for (var i = 0; i < tags.Count; i++)
        {
            if (JsonMembers.Of(tags[i], $"tag-set[{i}]", faults) is { } tag)
            {
                _ = tag.RequiredText("key");
                _ = tag.Text("value");
            }
        }
    }

    /// <summary>Adds a fault when the member is there and is not an array of strings.</summary>
    public static void CheckStrings(JsonMembers members, string name, List<string> faults)
    {
        if (members.Items(name)?.Any(item => item.ValueKind != JsonValueKind.String) == true)
        {
            faults.Add($"{members.PathOf(name)} must hold strings only.");
        }
    }

    private static JsonMembers? CheckTable(JsonMembers rule, List<string> faults)
    {
        var locator = ObjectLocator.Of(rule, "schema-name and table-name", faults);
        if (locator is not null)
        {
            _ = ObjectLocator.Pattern(locator, "schema-name", true, faults);
            _ = ObjectLocator.Pattern(locator, "table-name", true, faults);
        }

        return locator;
    }
}
