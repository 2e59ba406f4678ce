using System.Diagnostics;
using DmsOrleans.Gateway.Aws.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>AWS JSON 1.1: from the bytes of a request to a checked <see cref="AwsCall"/>, and from the reply back to bytes.</summary>
internal sealed partial class AwsProtocol(AwsOperations operations, IGrainFactory grains, IOptions<GatewayOptions> options, ILogger<AwsProtocol> logger)
{
    private readonly int maxBodyBytes = options.Value.MaxBodyBytes;

    /// <summary>Answers one <c>POST /</c>. Whatever the bytes, the answer is a result or an error in the protocol's shape.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var requestId = NewRequestId();
        try
        {
            AwsResponse.Put(http.Response, await AnswerAsync(http), requestId);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is left to answer
        }
        catch (Exception failure)
        {
            AwsResponse.Put(http.Response, ErrorOf(failure, http, requestId), requestId);
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>A name for one request, which the client sees and the log has.</summary>
    public static string NewRequestId() => Guid.NewGuid().ToString();

    private async ValueTask<AwsReply> AnswerAsync(HttpContext http)
    {
        if (!operations.TryFind(http.Request.Headers["X-Amz-Target"], out var found, out var unknown))
        {
            return unknown!;
        }

        Activity.Current?.SetTag("rpc.method", found.Operation.Name);
        var (document, unreadable) = await AwsRequestBody.ReadAsync(http.Request, maxBodyBytes, http.RequestAborted);
        if (document is null)
        {
            return unreadable!;
        }

        using (document)
        {
            if (RequestCheck.Of(found.Operation.Input, document.RootElement) is { } fault)
            {
                return new AwsError(fault.Code, fault.Message);
            }

            var scope = AwsCredentialScope.Of(http.Request.Headers.Authorization);
            return await found.Handler(new AwsCall(found.Operation, scope, new AwsInput(document.RootElement), grains));
        }
    }

    private AwsError ErrorOf(Exception failure, HttpContext http, string requestId)
    {
        var target = AwsError.Shown(http.Request.Headers["X-Amz-Target"]);
        if (Unavailable.Covers(failure))
        {
            LogUnavailable(logger, failure, target, requestId);
            return new AwsError("ServiceUnavailableException", Unavailable.Message, StatusCodes.Status503ServiceUnavailable);
        }

        LogFault(logger, failure, target, requestId);
        return new AwsError("InternalFailure", $"The request failed by a fault of the service; its log has the cause under {requestId}.", StatusCodes.Status500InternalServerError);
    }
}
