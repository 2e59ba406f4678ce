using System.Globalization;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>A transformation rule.</summary>
/// <param name="RuleId">Its number, as written. Of several rules for one object the lowest number counts.</param>
/// <param name="Target"><c>schema</c>, <c>table</c>, <c>column</c>, <c>table-tablespace</c> or <c>index-tablespace</c>.</param>
/// <param name="Action">The rule-action, as written.</param>
/// <param name="Schema">Which schemas; null for all.</param>
/// <param name="Table">Which tables; null for all.</param>
/// <param name="Column">Which columns; null for rules that are not about existing columns.</param>
/// <param name="Value">New name or affix; null when not given.</param>
/// <param name="OldValue">The affix to replace; null when not given.</param>
/// <param name="Expression">An SQLite expression; null when not given.</param>
public sealed record TransformationRule(
    string RuleId, string Target, string Action, NamePattern? Schema, NamePattern? Table, NamePattern? Column, string? Value, string? OldValue, string? Expression)
{
    /// <summary>Whether the rule gives its object another name.</summary>
    public bool Renames => Action is "rename" or "convert-lowercase" or "convert-uppercase"
        or "add-prefix" or "remove-prefix" or "replace-prefix" or "add-suffix" or "remove-suffix" or "replace-suffix";

    /// <summary>Whether the rule speaks of the table, its schema, or something in it.</summary>
    public bool Matches(TableName table) => Schema?.Matches(table.Schema) != false && Table?.Matches(table.Table) != false;

    /// <summary>The name after the rule; null when an expression decides it. A name that would become empty stays.</summary>
    public string? Renamed(string name)
    {
        var renamed = Action switch
        {
            "rename" => Value,
            "convert-lowercase" => name.ToLower(CultureInfo.InvariantCulture),
            "convert-uppercase" => name.ToUpper(CultureInfo.InvariantCulture),
            "add-prefix" => Value + name,
            "add-suffix" => name + Value,
            "remove-prefix" => WithPrefix(name, Value, ""),
            "replace-prefix" => WithPrefix(name, OldValue, Value),
            "remove-suffix" => WithSuffix(name, Value, ""),
            "replace-suffix" => WithSuffix(name, OldValue, Value),
            _ => name,
        };
        return renamed is "" ? name : renamed;
    }

    private static string WithPrefix(string name, string? old, string? prefix) =>
        old is { Length: > 0 } && name.StartsWith(old, StringComparison.Ordinal) ? prefix + name[old.Length..] : name;

    private static string WithSuffix(string name, string? old, string? suffix) =>
        old is { Length: > 0 } && name.EndsWith(old, StringComparison.Ordinal) ? name[..^old.Length] + suffix : name;
}
