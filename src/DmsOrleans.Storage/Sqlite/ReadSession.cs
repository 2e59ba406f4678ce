using Microsoft.Data.Sqlite;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>A reading connection. Used by one thread at a time.</summary>
internal sealed class ReadSession : IDisposable
{
    private const int MostWordsRemembered = 1_000;

    private readonly SqliteConnection connection;
    private readonly Dictionary<string, long> words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteStatement> prepared = new(StringComparer.Ordinal);
    private readonly SqliteStatement begin;
    private readonly SqliteStatement end;

    public ReadSession(SqliteConnection connection)
    {
        this.connection = connection;
        begin = new SqliteStatement(connection, "BEGIN");
        end = new SqliteStatement(connection, "COMMIT");
    }

    /// <summary>From here on questions are answered from one snapshot, taken by the first of them.</summary>
    public void Begin() => begin.Execute();

    /// <summary>Ends the snapshot.</summary>
    public void End()
    {
        foreach (var statement in prepared.Values)
        {
            statement.Reset();
        }

        end.Execute();
    }

    /// <summary>A statement that is kept prepared: for texts of which there are few.</summary>
    public SqliteStatement Prepared(string sql)
    {
        if (prepared.TryGetValue(sql, out var statement))
        {
            statement.Reset();   // the question before may have left it in the middle
            return statement;
        }

        statement = new SqliteStatement(connection, sql);
        prepared.Add(sql, statement);
        return statement;
    }

    /// <summary>A statement for this once; the caller disposes it.</summary>
    public SqliteStatement Once(string sql) => new(connection, sql);

    /// <summary>The number of a word; null when nothing stored uses it.</summary>
    public long? Word(string text)
    {
        if (words.TryGetValue(text, out var known))
        {
            return known;
        }

        var id = Prepared("SELECT id FROM word WHERE text = ?1").Bind(1, text).ExecuteInt64();
        if (id is { } found)
        {
            if (words.Count == MostWordsRemembered)
            {
                words.Clear();
            }

            words.Add(text, found);   // a word that was committed stays
        }

        return id;
    }

    public void Dispose()
    {
        foreach (var statement in prepared.Values)
        {
            statement.Dispose();
        }

        begin.Dispose();
        end.Dispose();
        connection.Dispose();
    }
}
