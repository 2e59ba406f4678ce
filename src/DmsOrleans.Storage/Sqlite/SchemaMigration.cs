using System.Globalization;
using Microsoft.Data.Sqlite;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>Brings a file to this release's schema: the numbered files of <c>Schema/</c>, in order, each in a transaction of its own.</summary>
internal static class SchemaMigration
{
    private const string Folder = ".Sqlite.Schema.";

    /// <summary>The schema this release writes.</summary>
    public static int Latest => Steps().Max(step => step.Version);

    /// <summary>Applies what the file lacks; does nothing when it lacks nothing.</summary>
    /// <exception cref="StorageCannotOpenException">The file is a newer release's, or not ours.</exception>
    public static void Apply(SqliteConnection connection, string path)
    {
        var version = (int)Scalar(connection, "PRAGMA user_version");
        if (version > Latest)
        {
            throw new StorageCannotOpenException(
                $"'{path}' was written by a newer release (schema {version}; this release knows {Latest}). Run that release, or restore an older backup.");
        }

        if (version == 0 && Scalar(connection, "SELECT COUNT(*) FROM sqlite_schema") > 0)
        {
            throw new StorageCannotOpenException($"'{path}' is a SQLite file of some other program. Choose another data directory.");
        }

        foreach (var step in Steps().Where(step => step.Version > version).OrderBy(step => step.Version))
        {
            SqliteFile.Run(connection, string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; {step.Sql}; PRAGMA user_version = {step.Version}; COMMIT"));
        }
    }

    private static IEnumerable<(int Version, string Sql)> Steps()
    {
        var assembly = typeof(SchemaMigration).Assembly;
        foreach (var name in assembly.GetManifestResourceNames())
        {
            var at = name.IndexOf(Folder, StringComparison.Ordinal);
            if (at < 0)
            {
                continue;
            }

            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (int.Parse(name.AsSpan(at + Folder.Length, 4), CultureInfo.InvariantCulture), reader.ReadToEnd());
        }
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        return statement.ExecuteInt64() ?? 0;
    }
}
