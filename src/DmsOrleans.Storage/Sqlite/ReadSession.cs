using Microsoft.Data.Sqlite;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>A reading connection. Used by one thread at a time.</summary>
internal sealed class ReadSession : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteStatement> prepared = new(StringComparer.Ordinal);
    private readonly SqliteStatement begin;
    private readonly SqliteStatement end;

    public ReadSession(SqliteConnection connection)
    {
        this.connection = connection;
        begin = new SqliteStatement(connection, "BEGIN");
        end = new SqliteStatement(connection, "COMMIT");
    }

    /// <summary>Answers from one snapshot, taken now.</summary>
    public T InTransaction<T>(Func<ReadSession, T> question)
    {
        begin.Execute();
        try
        {
            return question(this);
        }
        finally
        {
            foreach (var statement in prepared.Values)
            {
                statement.Reset();
            }

            end.Execute();
        }
    }

    /// <summary>A statement that is kept prepared: for texts of which there are few.</summary>
    public SqliteStatement Prepared(string sql)
    {
        if (!prepared.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(connection, sql);
            prepared.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>A statement for this once; the caller disposes it.</summary>
    public SqliteStatement Once(string sql) => new(connection, sql);

    /// <summary>The number of a word; null when nothing stored uses it.</summary>
    public long? Word(string text)
    {
        var statement = Prepared("SELECT id FROM word WHERE text = ?1");
        return statement.Bind(1, text).ExecuteInt64();
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
