using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>The file on disk, held by this process alone; opens connections to it.</summary>
internal sealed class SqliteFile : IDisposable
{
    private const int PageBytes = 4096;
    private const string TemporaryPrefix = "dms-in-memory-";

    private readonly SqliteStorageOptions options;
    private readonly DirectoryInfo directory;
    private readonly FileStream claim;

    private SqliteFile(SqliteStorageOptions options, DirectoryInfo directory, FileStream @lock)
    {
        (this.options, this.directory, claim) = (options, directory, @lock);
        Path = System.IO.Path.Combine(directory.FullName, "dms.db");
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Claims the data directory, creating it when missing.</summary>
    /// <exception cref="StorageCannotOpenException">It cannot be created, or another process holds it.</exception>
    public static SqliteFile Claim(SqliteStorageOptions options)
    {
        if (options.InMemory)
        {
            DeleteLeftovers();
        }

        var path = options.InMemory
            ? System.IO.Path.Combine(System.IO.Path.GetTempPath(), TemporaryPrefix + Guid.NewGuid().ToString("N"))
            : System.IO.Path.GetFullPath(options.DataDirectory);
        try
        {
            var directory = options.InMemory && !OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
                : Directory.CreateDirectory(path);
            return new SqliteFile(options, directory, TryLock(path)
                ?? throw new StorageCannotOpenException($"The data directory '{path}' is in use by another node. Stop that node, or choose another directory."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageCannotOpenException($"The data directory '{path}' cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The connection that writes.</summary>
    public SqliteConnection OpenForWriting()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        try
        {
            Run(connection, $"PRAGMA page_size = {PageBytes}");
            Run(connection, "PRAGMA journal_mode = WAL");
            Run(connection, $"PRAGMA synchronous = {(int)(options.InMemory ? SqliteSynchronous.Off : options.Synchronous)}");
            Run(connection, $"PRAGMA wal_autocheckpoint = {options.CheckpointBytes / PageBytes}");
            Run(connection, $"PRAGMA journal_size_limit = {options.CheckpointBytes}");
            Run(connection, "PRAGMA foreign_keys = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection that reads what is committed. The file has to exist.</summary>
    public SqliteConnection OpenForReading()
    {
        var connection = Open(SqliteOpenMode.ReadWrite);   // a read-only connection could not recover the log of a crashed writer
        Run(connection, "PRAGMA query_only = ON");
        return connection;
    }

    /// <summary>Runs statements that bind nothing.</summary>
    public static void Run(SqliteConnection connection, string sql)
    {
        var code = raw.sqlite3_exec(connection.Handle!, sql);
        if (code != raw.SQLITE_OK)
        {
            throw new SqliteException($"SQLite error {code}: {raw.sqlite3_errmsg(connection.Handle!).utf8_to_string()}", code & 0xFF, code);
        }
    }

    /// <summary>Gives the directory up; a temporary one is deleted. Every connection has to be closed.</summary>
    public void Dispose()
    {
        claim.Dispose();
        if (options.InMemory)
        {
            try
            {
                directory.Delete(recursive: true);
            }
            catch (IOException) when (!Directory.Exists(directory.FullName))
            {
                // A node that starts just now clears away what it finds unlocked.
            }
        }
    }

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            _ = raw.sqlite3_busy_timeout(connection.Handle!, (int)options.BusyTimeout.TotalMilliseconds);
            Run(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size = {-options.CacheBytes / 1024}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static FileStream? TryLock(string directory)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(directory, "dms.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    private static void DeleteLeftovers()
    {
        foreach (var directory in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), TemporaryPrefix + "*"))
        {
            try
            {
                using var claimed = TryLock(directory);
                if (claimed is not null)
                {
                    Directory.Delete(directory, recursive: true);
                }
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                continue;   // another user's, or being deleted by its owner right now: not ours to clear away
            }
        }
    }
}
