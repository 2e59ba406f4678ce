using Microsoft.Extensions.Logging;

namespace DmsOrleans.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    [LoggerMessage(11, LogLevel.Information, "The store {Path} was opened, schema {Schema}.")]
    private partial void LogOpened(string path, int schema);

    [LoggerMessage(12, LogLevel.Information, "The store {Path} was closed.")]
    private partial void LogClosed(string path);
}
