using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>The writing connection with its prepared statements. Used by one thread.</summary>
internal sealed class WriteSession : IDisposable
{
    private const int MostWordsRemembered = 10_000;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, long> _words = new(StringComparer.Ordinal);
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _clock;
    private readonly SqliteStatement _word;

    public WriteSession(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _clock = Prepare("INSERT INTO clock (id, last_commit) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET last_commit = MAX(last_commit, excluded.last_commit)");
        _word = Prepare("INSERT INTO word (text) VALUES (?1) ON CONFLICT (text) DO UPDATE SET text = excluded.text RETURNING id");
        States = new StateTables(this);
        Reminders = new ReminderRows(this);
    }

    /// <summary>States, specs, references, history.</summary>
    public StateTables States { get; }

    /// <summary>Reminders.</summary>
    public ReminderRows Reminders { get; }

    public SqliteStatement Prepare(string sql) => new(_connection, sql);

    public void Begin() => _begin.Execute();

    /// <summary>Makes the transaction durable.</summary>
    public void Commit(DateTimeOffset now)
    {
        _clock.Bind(1, now.UtcTicks).Execute();
        _commit.Execute();
    }

    /// <summary>Forgets the transaction, if SQLite has not done so already.</summary>
    public void Rollback()
    {
        _words.Clear();   // words the transaction had added are gone
        if (raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
        {
            SqliteFile.Run(_connection, "ROLLBACK");
        }
    }

    /// <summary>The number of a word, added when it is new.</summary>
    public long Word(string text)
    {
        if (_words.TryGetValue(text, out var id))
        {
            return id;
        }

        if (_words.Count == MostWordsRemembered)
        {
            _words.Clear();
        }

        id = _word.Bind(1, text).ExecuteInt64()!.Value;
        _words.Add(text, id);
        return id;
    }

    public void Dispose()
    {
        States.Dispose();
        Reminders.Dispose();
        foreach (var statement in new[] { _begin, _commit, _clock, _word })
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}
