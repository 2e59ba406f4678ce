using System.Text.Json;
using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>Checks the structure of a selection rule's filters.</summary>
internal static class FilterCheck
{
    private static readonly string[] Operators = ["lte", "ste", "gte", "eq", "noteq", "between", "notbetween", "null", "notnull"];
    private static readonly string[] Negative = ["noteq", "notbetween", "notnull"];

    /// <summary>Adds what is wrong with <c>filters</c>; <paramref name="allowed"/> tells whether the rule may have any.</summary>
    public static void Check(JsonMembers rule, bool allowed, List<string> faults)
    {
        var filters = rule.Items("filters");
        if (filters is not { Count: > 0 })
        {
            return;
        }

        if (!allowed)
        {
            faults.Add("filters may only be used with the action include and exact schema and table names.");
        }

        for (var i = 0; i < filters.Count; i++)
        {
            CheckFilter(filters[i], $"filters[{i}]", faults);
        }
    }

    private static void CheckFilter(JsonElement element, string path, List<string> faults)
    {
        if (JsonMembers.Of(element, path, faults) is not { } filter)
        {
            return;
        }

        _ = filter.OneOf("filter-type", ["source"], required: true);
        _ = filter.RequiredText("column-name");
        var conditions = filter.Items("filter-conditions");
        if (conditions is not { Count: > 0 })
        {
            faults.Add($"{filter.PathOf("filter-conditions")} must hold at least one condition.");
            return;
        }

        var negative = 0;
        for (var i = 0; i < conditions.Count; i++)
        {
            negative += CheckCondition(conditions[i], $"{path}.filter-conditions[{i}]", faults) is { } used && Negative.Contains(used) ? 1 : 0;
        }

        if (negative > 1)
        {
            faults.Add($"{path} has {negative} conditions with a negative operator; at most one is allowed.");
        }
    }

    private static string? CheckCondition(JsonElement element, string path, List<string> faults)
    {
        if (JsonMembers.Of(element, path, faults) is not { } condition)
        {
            return null;
        }

        var used = condition.OneOf("filter-operator", Operators, required: true);
        string[] needed = used switch
        {
            null or "null" or "notnull" => [],
            "between" or "notbetween" => ["start-value", "end-value"],
            _ => ["value"],
        };
        foreach (var name in needed)
        {
            if (condition.Any(name) is not { } value)
            {
                faults.Add($"{condition.PathOf(name)} is required with the operator {used}.");
            }
            else if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
            {
                faults.Add($"{condition.PathOf(name)} must be a string or a number.");
            }
        }

        return used;
    }
}
