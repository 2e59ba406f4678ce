using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>The writing connection with its prepared statements. Used by one thread.</summary>
internal sealed class WriteSession : IDisposable
{
    private const int MostWordsRemembered = 10_000;

    private readonly SqliteConnection connection;
    private readonly Dictionary<string, long> words = new(StringComparer.Ordinal);
    private readonly SqliteStatement begin;
    private readonly SqliteStatement commit;
    private readonly SqliteStatement clock;
    private readonly SqliteStatement word;

    public WriteSession(SqliteConnection connection)
    {
        this.connection = connection;
        begin = Prepare("BEGIN IMMEDIATE");
        commit = Prepare("COMMIT");
        clock = Prepare("INSERT INTO clock (id, last_commit) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET last_commit = MAX(last_commit, excluded.last_commit)");
        word = Prepare("INSERT INTO word (text) VALUES (?1) ON CONFLICT (text) DO UPDATE SET text = excluded.text RETURNING id");
        States = new StateTables(this);
        Reminders = new ReminderRows(this);
        Departed = new DepartedRows(this);
    }

    /// <summary>States, specs, references, history.</summary>
    public StateTables States { get; }

    /// <summary>Removed states with a history.</summary>
    public DepartedRows Departed { get; }

    /// <summary>Reminders.</summary>
    public ReminderRows Reminders { get; }

    public SqliteStatement Prepare(string sql) => new(connection, sql);

    public void Begin() => begin.Execute();

    /// <summary>Makes the transaction durable.</summary>
    public void Commit(DateTimeOffset now)
    {
        clock.Bind(1, now.UtcTicks).Execute();
        commit.Execute();
    }

    /// <summary>Forgets the transaction, if SQLite has not done so already.</summary>
    public void Rollback()
    {
        words.Clear();   // words the transaction had added are gone
        if (raw.sqlite3_get_autocommit(connection.Handle!) == 0)
        {
            SqliteFile.Run(connection, "ROLLBACK");
        }
    }

    /// <summary>The number of a word, added when it is new.</summary>
    public long Word(string text)
    {
        if (words.TryGetValue(text, out var id))
        {
            return id;
        }

        if (words.Count == MostWordsRemembered)
        {
            words.Clear();
        }

        id = word.Bind(1, text).ExecuteInt64()!.Value;
        words.Add(text, id);
        return id;
    }

    public void Dispose()
    {
        States.Dispose();
        Reminders.Dispose();
        Departed.Dispose();
        foreach (var statement in new[] { begin, commit, clock, word })
        {
            statement.Dispose();
        }

        connection.Dispose();
    }
}
