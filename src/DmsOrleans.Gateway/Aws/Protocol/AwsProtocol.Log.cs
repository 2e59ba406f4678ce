using Microsoft.Extensions.Logging;

namespace DmsOrleans.Gateway.Aws.Protocol;

internal sealed partial class AwsProtocol
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} could not be carried out, the client may retry (request {RequestId})")]
    private static partial void LogUnavailable(ILogger logger, Exception cause, string operation, string requestId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Operation} failed by a fault of ours (request {RequestId})")]
    private static partial void LogFault(ILogger logger, Exception cause, string operation, string requestId);
}
