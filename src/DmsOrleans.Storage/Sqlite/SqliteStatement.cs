using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>
/// A prepared statement, used by one thread. Calls SQLite directly: a command with parameter objects costs about as much again
/// as the row it writes. Errors are thrown as <see cref="SqliteException"/>.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        database = connection.Handle!;
        var code = raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement);
        if (code != raw.SQLITE_OK)
        {
            throw Error(code);
        }
    }

    /// <summary>The id of the row the connection inserted last.</summary>
    public long LastInsertedId => raw.sqlite3_last_insert_rowid(database);

    public SqliteStatement Bind(int parameter, long value) => Bound(raw.sqlite3_bind_int64(statement, parameter, value));

    public SqliteStatement Bind(int parameter, long? value) => value is { } number ? Bind(parameter, number) : BindNull(parameter);

    /// <summary>Binds UTF-8 text; SQLite takes a copy.</summary>
    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> utf8) =>
        Bound(utf8.IsEmpty ? raw.sqlite3_bind_text(statement, parameter, "") : raw.sqlite3_bind_text(statement, parameter, utf8));

    public SqliteStatement Bind(int parameter, string? text) =>
        text is null ? BindNull(parameter) : Bind(parameter, Encoding.UTF8.GetBytes(text));

    public SqliteStatement BindNull(int parameter) => Bound(raw.sqlite3_bind_null(statement, parameter));

    /// <summary>The next row, if there is one. The statement has to be <see cref="Reset"/> afterwards.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            var error = Error(code);
            _ = raw.sqlite3_reset(statement);   // repeats the code of the step
            throw error;
        }

        return false;
    }

    public void Reset() => _ = raw.sqlite3_reset(statement);   // repeats the code of the last step, which has been reported

    /// <summary>Runs the statement to its end; how many rows it changed.</summary>
    public int Execute()
    {
        while (Step())
        {
        }

        Reset();
        return raw.sqlite3_changes(database);
    }

    /// <summary>Runs the statement for the first column of its first row; null when there is no row.</summary>
    public long? ExecuteInt64()
    {
        long? value = Step() && !IsNull(0) ? Int64(0) : null;
        Reset();
        return value;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement, column));

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public void Dispose() => statement.Dispose();

    private SqliteStatement Bound(int code) => code == raw.SQLITE_OK ? this : throw Error(code);

    private SqliteException Error(int code) =>
        new($"SQLite error {code}: {raw.sqlite3_errmsg(database).utf8_to_string()}", code & 0xFF, raw.sqlite3_extended_errcode(database));
}
