using System.Text.Json;
using DmsOrleans.Replications;
using DmsOrleans.Tests.Clients;
using DmsOrleans.Tests.Node;
using Microsoft.Data.Sqlite;

namespace DmsOrleans.Tests.Fixtures;

/// <summary>Data directories as releases left them, with what each of them said of its replications.</summary>
internal static class EarlierRelease
{
    /// <summary>Where those of this repository lie: one directory for each release.</summary>
    public static string Root { get; } = Path.Combine(Needs.Repository, "tests", "DmsOrleans.Tests", "Fixtures", "releases");

    /// <summary>Copies one, so that a node may open it.</summary>
    public static void CopyTo(DataDirectory directory, string release)
    {
        var from = Path.Combine(Root, release);
        Directory.CreateDirectory(Path.Combine(directory.Path, "keys"));
        File.Copy(Path.Combine(from, "dms.db"), directory.Database);
        foreach (var key in Directory.GetFiles(Path.Combine(from, "keys")))
        {
            File.Copy(key, Path.Combine(directory.Path, "keys", Path.GetFileName(key)));
        }
    }

    /// <summary>What the release answered, by the replication's identifier.</summary>
    public static Dictionary<string, Said> SaidBy(string release) =>
        JsonSerializer.Deserialize<Dictionary<string, Said>>(File.ReadAllText(Path.Combine(Root, release, "said.json")))!;

    /// <summary>What a node answers now.</summary>
    public static async Task<Said> SayAsync(TestNode node, string identifier)
    {
        var view = await node.ViewAsync(identifier);
        return new(view.Status, view.StopReason, view.Provision?.State, view.FailureMessages, [.. (await node.HistoryAsync(identifier)).Select(Line)]);
    }

    /// <summary>Runs SQL on a data directory that no node has open.</summary>
    public static void Run(DataDirectory directory, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = directory.Database, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Line(Transition t) =>
        FormattableString.Invariant($"{t.Sequence} run {t.Run}: {t.From?.ToWire()} -> {t.To.ToWire()}, {t.Cause}, at {t.At:O}, planned {t.Planned:O}");
}

/// <summary>The parts of a view that no time changes, and the history.</summary>
internal sealed record Said(string Status, string? StopReason, string? Provision, IReadOnlyList<string>? FailureMessages, IReadOnlyList<string> History);
