using Microsoft.Extensions.Logging;

namespace DmsOrleans.Replications;

internal sealed partial class ReplicationGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Identifier} run {Run}: {From} -> {To} ({Cause}, transition {Sequence})")]
    private static partial void LogTransition(ILogger logger, string identifier, int run, ReplicationStatus? from, ReplicationStatus to, string cause, long sequence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store did not confirm transition {Sequence} of {Arn}; the activation gives way to a fresh one")]
    private static partial void LogUnconfirmed(ILogger logger, Exception exception, string arn, long sequence);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Arn} deleted")]
    private static partial void LogDeleted(ILogger logger, string arn);
}
