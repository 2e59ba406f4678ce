using DmsOrleans.Replications;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>
/// The table mappings of a replication. Selection rules are carried out; transformation, table-settings, object-mapping, validation
/// and post-processing rules are recognised and their structure is checked.
/// </summary>
public sealed class TableMappingRules
{
    /// <summary>More rules are refused.</summary>
    public const int MaxRules = 500;

    internal TableMappingRules(IReadOnlyList<SelectionRule> selection)
    {
        Selection = selection;
    }

    /// <summary>The selection rules, in the order of the document.</summary>
    public IReadOnlyList<SelectionRule> Selection { get; }

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
}

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
    /// <summary>Whether the rule speaks of the table.</summary>
    public bool Matches(TableName table) => TableType != "view" && Schema.Matches(table.Schema) && Table.Matches(table.Table);
}
