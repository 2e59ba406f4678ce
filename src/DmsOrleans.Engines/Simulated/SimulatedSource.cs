using System.Globalization;
using DmsOrleans.Engines.TableMappings;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Simulated;

/// <summary>
/// The tables a profile's source may have, and which of them some table mappings select. Shared by all replications with the same profile and
/// mappings; which tables exist for one replication, and their figures, are drawn by <see cref="Match"/>.
/// </summary>
internal sealed class SimulatedSource
{
    private readonly SourceTable[] tables;
    private readonly SimulationOptions options;

    private SimulatedSource(string? fault, IEnumerable<SourceTable> tables, SimulationOptions options)
    {
        Fault = fault;
        this.tables = [.. tables.OrderBy(t => t.Name.Schema, StringComparer.Ordinal).ThenBy(t => t.Name.Table, StringComparer.Ordinal)];
        this.options = options;
        Schemas = [.. this.tables.Select(t => t.Name.Schema).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What is wrong with the table mappings; null when nothing is.</summary>
    public string? Fault { get; }

    /// <summary>The schemas of all tables that may exist, in ordinal order.</summary>
    public IReadOnlyList<string> Schemas { get; }

    /// <summary>The source of <paramref name="profile"/> seen through <paramref name="mappings"/>.</summary>
    public static SimulatedSource Of(string mappings, SimulationProfile profile)
    {
        var parsed = TableMappingRules.Parse(mappings);
        if (parsed.Value is not { } rules)
        {
            return new SimulatedSource(parsed.FaultText, [], profile.Options);
        }

        var tables = profile.Options.Tables is { } listed
            ? listed.Select(t => SourceTable.Listed(t, rules))
            : SourceCatalog.Generate(profile.Options.GeneratedTables, rules);
        return new SimulatedSource(null, tables, profile.Options);
    }

    /// <summary>The tables that exist for one replication and are selected, in the order of their names.</summary>
    /// <param name="draw">The replication's.</param>
    /// <param name="listed">How many exist, selected or not.</param>
    public List<MatchedTable> Match(Draw draw, out int listed)
    {
        var matched = new List<MatchedTable>(Math.Min(tables.Length, 16));
        var generated = options.GeneratedTables;
        var (schema, count) = (0UL, 0L);
        listed = 0;
        foreach (var table in tables)
        {
            if (table.Schema != schema)
            {
                schema = table.Schema;
                count = draw.Split(schema).Split(Purpose.TableCount).Between(generated.MinTables, generated.MaxTables);
            }

            if (table.Ordinal >= count && !table.AlwaysExists)
            {
                continue;
            }

            listed++;
            if (table.LoadOrder is { } order)
            {
                matched.Add(new MatchedTable(table.Name, order, table.Figures ?? TableFigures.Of(generated, draw.Split(table.Hash))));
            }
        }

        return matched;
    }

    /// <summary>What the matched tables amount to.</summary>
    public static SourceMetadata Sum(List<MatchedTable> matched, int listed)
    {
        var (rows, bytes, lobs, changes) = (0.0, 0.0, 0.0, 0.0);
        foreach (var table in matched)
        {
            var size = (double)table.Figures.Rows * table.Figures.RowBytes;
            rows += table.Figures.Rows;
            bytes += size;
            lobs += size * table.Figures.LobShare;
            changes += table.Figures.ChangesPerSecond;
        }

        return new SourceMetadata
        {
            TablesListed = listed,
            TablesMatched = matched.Count,
            Rows = Whole(rows),
            Bytes = Whole(bytes),
            LobShare = bytes > 0 ? lobs / bytes : 0,
            ChangesPerSecond = changes,
        };
    }

    /// <summary>The whole part, at most what a long can hold.</summary>
    public static long Whole(double value) => value >= long.MaxValue ? long.MaxValue : (long)value;
}

/// <summary>A table that the source may have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">Where its schema's draw branches off.</param>
/// <param name="Hash">Where its own draws branch off.</param>
/// <param name="Ordinal">It exists when the schema has more tables than this.</param>
/// <param name="AlwaysExists">Or it exists whatever the schema has.</param>
/// <param name="LoadOrder">Null when the mappings do not select it.</param>
/// <param name="Figures">Its figures when they are given, not drawn.</param>
internal sealed record SourceTable(TableName Name, ulong Schema, ulong Hash, int Ordinal, bool AlwaysExists, int? LoadOrder, TableFigures? Figures)
{
    /// <summary>A table of the profile's list.</summary>
    public static SourceTable Listed(TableSimulation table, TableMappingRules rules)
    {
        var name = new TableName(table.Schema, table.Table);
        return Named(name, rules) with { Figures = TableFigures.Of(table) };
    }

    /// <summary>A table that exists because something names it.</summary>
    public static SourceTable Named(TableName name, TableMappingRules rules) =>
        new(name, Draw.Hash(name.Schema), Draw.Hash(name.ToString()), int.MaxValue, true, rules.LoadOrderOf(name), null);
}

/// <summary>The generated tables of a profile, and those that the mappings of one replication name.</summary>
internal static class SourceCatalog
{
    /// <summary>All that may exist.</summary>
    public static IEnumerable<SourceTable> Generate(GeneratedTablesSimulation options, TableMappingRules rules)
    {
        var names = TableNames(options);
        var schemas = Enumerable.Range(1, options.Schemas).Select(i => i == 1 ? "public" : Numbered("schema_", i, options.Schemas)).ToList();
        var named = options.FollowMappings ? Follow(rules, schemas, names.Take(options.MinTables).ToList()) : [];
        var generated =
            from schema in schemas
            from ordinal in Enumerable.Range(0, names.Count)
            let name = new TableName(schema, names[ordinal])
            where !named.Contains(name)
            select SourceTable.Named(name, rules) with { AlwaysExists = false, Ordinal = ordinal };
        return generated.Concat(named.Select(name => SourceTable.Named(name, rules))).ToList();
    }

    /// <summary>Adds a schema and a table for each rule that would find none among those that surely exist.</summary>
    private static HashSet<TableName> Follow(TableMappingRules rules, List<string> schemas, List<string> sure)
    {
        var named = new HashSet<TableName>();
        foreach (var rule in rules.Selection.Where(rule => rule.Action != SelectionAction.Exclude && rule.TableType != "view"))
        {
            var schema = schemas.Find(rule.Schema.Matches);
            if (schema is null)
            {
                schemas.Add(schema = rule.Schema.Example("1"));
            }

            if (!sure.Exists(rule.Table.Matches))
            {
                named.Add(new TableName(schema, rule.Table.Example("1")));
            }
        }

        return named;
    }

    private static List<string> TableNames(GeneratedTablesSimulation options) =>
        [.. Enumerable.Range(1, options.MaxTables).Select(i => Numbered("table_", i, Math.Max(100, options.MaxTables)))];

    /// <summary>Padded, so that names sort as numbers do.</summary>
    private static string Numbered(string prefix, int number, int most) =>
        prefix + number.ToString(CultureInfo.InvariantCulture).PadLeft(most.ToString(CultureInfo.InvariantCulture).Length, '0');
}

/// <summary>A table of one replication's source.</summary>
internal readonly record struct MatchedTable(TableName Name, int LoadOrder, TableFigures Figures);

/// <summary>The figures of a table; rates per simulated second.</summary>
internal sealed record TableFigures(long Rows, long RowBytes, double LobShare, double Inserts, double Updates, double Deletes, bool FailLoad, bool HasPrimaryKey = true, bool Missing = false, long MismatchedRows = 0, long SuspendedRows = 0)
{
    public double ChangesPerSecond => Inserts + Updates + Deletes;

    public static TableFigures Of(TableSimulation table) => table.Missing ? new(0, table.RowBytes, 0, 0, 0, 0, false, table.HasPrimaryKey, true) : new(
        table.Rows, table.RowBytes, table.LobShare, table.InsertsPerSecond, table.UpdatesPerSecond, table.DeletesPerSecond, table.FailLoad, table.HasPrimaryKey, false, table.MismatchedRows, table.SuspendedRows);

    public static TableFigures Of(GeneratedTablesSimulation options, Draw draw) => new(
        draw.Split(Purpose.Rows).BetweenByMagnitude(options.MinRows, options.MaxRows),
        draw.Split(Purpose.RowBytes).Between(options.MinRowBytes, options.MaxRowBytes),
        draw.Split(Purpose.LobShare).Unit * options.MaxLobShare,
        draw.Split(Purpose.Inserts).Unit * options.MaxInsertsPerSecond,
        draw.Split(Purpose.Updates).Unit * options.MaxUpdatesPerSecond,
        draw.Split(Purpose.Deletes).Unit * options.MaxDeletesPerSecond,
        draw.Split(Purpose.FailLoad).Happens(options.FailLoadProbability));
}
