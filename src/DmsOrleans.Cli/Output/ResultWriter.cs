using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace DmsOrleans.Cli.Output;

/// <summary>A cell of a table; the style is seen on a terminal only.</summary>
internal readonly record struct Cell(string Text, Color? Color = null)
{
    /// <summary>A status in its colour.</summary>
    public static Cell Status(string status) => new(status, StatusColors.Of(status));

    public static implicit operator Cell(string? text) => new(string.IsNullOrEmpty(text) ? "-" : text);
}

/// <summary>Writes results: JSON when asked, else tables, drawn on a terminal and plain columns on a pipe.</summary>
internal sealed class ResultWriter(Terminal terminal, IAnsiConsole console, bool json)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Whether JSON was asked for.</summary>
    public bool Json => json;

    /// <summary>Writes JSON, indented.</summary>
    public void WriteJson(JsonNode node) => terminal.Out.WriteLine(node.ToJsonString(Indented));

    /// <summary>Writes a line for a person.</summary>
    public void WriteLine(string line) => terminal.Out.WriteLine(line);

    /// <summary>Writes JSON, or else a table.</summary>
    public void Write(JsonNode node, string[] columns, IReadOnlyList<Cell[]> rows)
    {
        if (json)
        {
            WriteJson(node);
        }
        else
        {
            WriteTable(columns, rows);
        }
    }

    /// <summary>Writes a table. On a pipe: a header, then a line a row, columns two blanks apart.</summary>
    public void WriteTable(string[] columns, IReadOnlyList<Cell[]> rows)
    {
        if (terminal.OutIsTerminal)
        {
            console.Write(Drawn(columns, rows));
            return;
        }

        var widths = columns.Select((c, i) => rows.Select(r => r[i].Text.Length).Append(c.Length).Max()).ToArray();
        WritePlain(columns, widths);
        foreach (var row in rows)
        {
            WritePlain(row.Select(c => c.Text), widths);
        }
    }

    /// <summary>A table as a terminal shows it.</summary>
    public static Table Drawn(string[] columns, IReadOnlyList<Cell[]> rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(c => new Text(c.Text, c.Color is { } color ? new Style(color) : Style.Plain)));
        }

        return table;
    }

    private void WritePlain(IEnumerable<string> cells, int[] widths) =>
        terminal.Out.WriteLine(string.Join("  ", cells.Select((c, i) => c.PadRight(widths[i]))).TrimEnd());
}
