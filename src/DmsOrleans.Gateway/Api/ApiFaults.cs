using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Gateway.Api;

/// <summary>Turns what a handler throws into a problem, logged once.</summary>
internal sealed partial class ApiFaults(ILogger<ApiFaults> logger) : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception failure) when (!context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            var (path, requestId) = (context.HttpContext.Request.Path.Value!, context.HttpContext.TraceIdentifier);
            if (Unavailable.Covers(failure))
            {
                LogUnavailable(logger, failure, path, requestId);
                return ApiProblem.Unavailable();
            }

            LogFault(logger, failure, path, requestId);
            return ApiProblem.Fault(requestId);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} could not be answered, the client may retry (request {RequestId})")]
    private static partial void LogUnavailable(ILogger logger, Exception cause, string path, string requestId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed by a fault of ours (request {RequestId})")]
    private static partial void LogFault(ILogger logger, Exception cause, string path, string requestId);
}
