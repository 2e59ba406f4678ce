using Microsoft.Extensions.Logging;

namespace DmsOrleans.Storage.Sqlite;

internal sealed partial class GroupCommit
{
    [LoggerMessage(1, LogLevel.Error, "The store could not write; every write is refused as unavailable until one succeeds.")]
    private partial void LogFailing(Exception error);

    [LoggerMessage(2, LogLevel.Information, "The store writes again.")]
    private partial void LogRecovered();

    [LoggerMessage(3, LogLevel.Warning, "A transaction could not be rolled back; its connection was closed.")]
    private partial void LogRollbackFailed(Exception error);
}
