using System.Globalization;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>
/// The table mappings of a replication. Selection rules and the names that transformation rules make are carried out; of all other rules the structure is
/// checked. The text has at most 2,000,000 characters, a name pattern 255, and matching reads a name once.
/// </summary>
public sealed class TableMappingRules
{
    /// <summary>More rules are refused.</summary>
    public const int MaxRules = 1_000;

    // Pattern characters times name characters that a search for conflicts may take: well under a second.
    private const long MaxConflictSteps = 50_000_000;

    internal TableMappingRules(IReadOnlyList<SelectionRule> selection, IEnumerable<TransformationRule> transformations)
    {
        Selection = selection;
        Transformations = [.. transformations.OrderBy(rule => UInt128.Parse(rule.RuleId, NumberStyles.None, CultureInfo.InvariantCulture))];
    }

    /// <summary>The selection rules, in the order of the document.</summary>
    public IReadOnlyList<SelectionRule> Selection { get; }

    /// <summary>The transformation rules, lowest number first.</summary>
    public IReadOnlyList<TransformationRule> Transformations { get; }

    /// <summary>Reads <c>{"rules":[…]}</c>. Answers every fault at once, in the service's words where they are known; never throws.</summary>
    public static Parsed<TableMappingRules> Parse(string? json) => TableMappingReader.Read(json);

    /// <summary>Whether some rule includes the table and none excludes it.</summary>
    public bool Selects(TableName table) => LoadOrderOf(table) is not null;

    /// <summary>The highest load order of the rules that include the table, 0 when they give none; null when the table is not selected.</summary>
    public int? LoadOrderOf(TableName table)
    {
        int? order = null;
        foreach (var rule in Selection)
        {
            if (!rule.Matches(table))
            {
                continue;
            }

            if (rule.Action == SelectionAction.Exclude)
            {
                return null;
            }

            order = Math.Max(order ?? 0, rule.LoadOrder);
        }

        return order;
    }

    /// <summary>What a table of the source is called at the target; null when an expression decides it.</summary>
    public TableName? TargetOf(TableName table)
    {
        var schema = RenamingOf("schema", table) is { } schemaRule ? schemaRule.Renamed(table.Schema) : table.Schema;
        var name = RenamingOf("table", table) is { } tableRule ? tableRule.Renamed(table.Table) : table.Table;
        return schema is null || name is null ? null : new TableName(schema, name);
    }

    /// <summary>Tables of the source that would go to one table of the target, which the service forbids.</summary>
    public IReadOnlyList<MappingConflict> ConflictsAmong(IEnumerable<TableName> tables) =>
    [
        .. from table in tables.Distinct()
           let target = TargetOf(table)
           where target is not null
           group table by target.Value into same
           where same.Skip(1).Any()
           select new MappingConflict(RuleBehind(same), $"The tables {string.Join(" and ", same.Take(2))} cannot both go to the table {same.Key} of the target."),
    ];

    // As far as it can be known without the source: among the tables that the selection rules name.
    internal IReadOnlyList<MappingConflict> KnownConflicts()
    {
        List<TableName> named = Transformations.Any(rule => rule.Renames)
            ? [.. Selection.Where(rule => rule.NamesOneTable).Select(rule => new TableName(rule.Schema.Example(""), rule.Table.Example("")))] : [];
        var names = named.Sum(name => (long)name.Schema.Length + name.Table.Length);
        var patterns = Selection.Sum(rule => (long)rule.Schema.Text.Length + rule.Table.Text.Length)
            + Transformations.Sum(rule => (long)(rule.Schema?.Text.Length ?? 0) + (rule.Table?.Text.Length ?? 0));
        return names * patterns > MaxConflictSteps ? [] : ConflictsAmong(named.Where(Selects));
    }

    private TransformationRule? RenamingOf(string target, TableName table) =>
        Transformations.FirstOrDefault(rule => rule.Target == target && rule.Renames && rule.Matches(table));

    private string RuleBehind(IEnumerable<TableName> tables) =>
        tables.Reverse().Select(table => RenamingOf("table", table) ?? RenamingOf("schema", table)).First(rule => rule is not null)!.RuleId;
}

/// <summary>Two tables of the source that would be one table of the target.</summary>
/// <param name="RuleId">The transformation rule that makes the name.</param>
/// <param name="Text">Which tables.</param>
public sealed record MappingConflict(string RuleId, string Text);

/// <summary>What a selection rule does with the tables it matches.</summary>
public enum SelectionAction
{
    /// <summary><c>include</c>.</summary>
    Include,

    /// <summary><c>exclude</c>.</summary>
    Exclude,

    /// <summary><c>explicit</c>: one table, its name without wildcards.</summary>
    Explicit,
}

/// <summary>A selection rule.</summary>
/// <param name="RuleId">Its number, as written.</param>
/// <param name="Action">What it does.</param>
/// <param name="Schema">Which schemas.</param>
/// <param name="Table">Which tables.</param>
/// <param name="TableType"><c>table</c>, <c>view</c> or <c>all</c>; a rule for views matches no table.</param>
/// <param name="LoadOrder">Higher loads first; 0 when not given.</param>
public sealed record SelectionRule(string RuleId, SelectionAction Action, NamePattern Schema, NamePattern Table, string TableType, int LoadOrder)
{
    /// <summary>Whether the rule takes one table that it names, as far as <c>_</c> in a name stands for itself.</summary>
    public bool NamesOneTable => Action != SelectionAction.Exclude && Schema is { HasAnyRun: false } && Table is { HasAnyRun: false };

    /// <summary>Whether the rule speaks of the table.</summary>
    public bool Matches(TableName table) => TableType != "view" && Schema.Matches(table.Schema) && Table.Matches(table.Table);
}
