using Microsoft.Data.Sqlite;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>A reading connection. Used by one thread at a time.</summary>
internal sealed class ReadSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteStatement> _prepared = new(StringComparer.Ordinal);
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;

    public ReadSession(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new SqliteStatement(connection, "BEGIN");
        _end = new SqliteStatement(connection, "COMMIT");
    }

    /// <summary>Answers from one snapshot, taken now.</summary>
    public T InTransaction<T>(Func<ReadSession, T> question)
    {
        _begin.Execute();
        try
        {
            return question(this);
        }
        finally
        {
            foreach (var statement in _prepared.Values)
            {
                statement.Reset();
            }

            _end.Execute();
        }
    }

    /// <summary>A statement that is kept prepared: for texts of which there are few.</summary>
    public SqliteStatement Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(_connection, sql);
            _prepared.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>A statement for this once; the caller disposes it.</summary>
    public SqliteStatement Once(string sql) => new(_connection, sql);

    /// <summary>The number of a word; null when nothing stored uses it.</summary>
    public long? Word(string text)
    {
        var statement = Prepared("SELECT id FROM word WHERE text = ?1");
        return statement.Bind(1, text).ExecuteInt64();
    }

    public void Dispose()
    {
        foreach (var statement in _prepared.Values)
        {
            statement.Dispose();
        }

        _begin.Dispose();
        _end.Dispose();
        _connection.Dispose();
    }
}
