using System.Diagnostics;
using System.Text.Json;
using DmsOrleans.Gateway.Aws.Identity;
using DmsOrleans.Gateway.Aws.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>AWS JSON 1.1: from the bytes of a request to a checked <see cref="AwsCall"/>, and from the reply back to bytes.</summary>
internal sealed partial class AwsProtocol(
    AwsOperations operations,
    IGrainFactory grains,
    AwsCallers callers,
    UsedSignatures usedSignatures,
    RequestLimits limits,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<AwsProtocol> logger)
{
    private readonly GatewayOptions options = options.Value;

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
        using var turn = await limits.EnterAsync(http.RequestAborted);
        if (!turn.IsAcquired)
        {
            return RequestLimits.RateExceeded;
        }

        var (body, unreadable) = await AwsRequestBody.ReadAsync(http.Request, options.MaxBodyBytes, options.BodyTimeout, time, http.RequestAborted);
        if (body is null)
        {
            return unreadable!;
        }

        var (caller, refused) = callers.Identify(http.Request, body);
        if (refused is not null)
        {
            return refused;
        }

        return limits.Allows(caller.Scope.Account) ? await AnswerAsync(found.Operation, found.Handler, caller, http, body) : RequestLimits.RateExceeded;
    }

    private async ValueTask<AwsReply> AnswerAsync(AwsOperation operation, AwsHandler handler, AwsCaller caller, HttpContext http, byte[] body)
    {
        if (operation.IsCommand && caller.ReadOnly)
        {
            return new AwsError("AccessDeniedFault", $"The access key is not authorized to perform dms:{operation.Name}: it is read-only.");
        }

        var (document, malformed) = AwsRequestBody.Parse(body);
        if (document is null)
        {
            return malformed!;
        }

        if (RequestCheck.Of(operation.Input, document.RootElement) is { } fault)
        {
            document.Dispose();
            return new AwsError(fault.Code, fault.Message);
        }

        var invocation = operation.IsCommand ? InvocationOf(http.Request, operation, body) : null;
        if (operation.IsCommand && Replayed(caller, invocation) is { } replayed)
        {
            document.Dispose();
            return replayed;
        }

        var call = new AwsCall(operation, caller.Scope, new AwsInput(document.RootElement), grains);
        return await CarryOutAsync(handler, call, document, invocation).WaitAsync(options.AnswerTimeout, time);
    }

    // Disposes the document when it is through, which may be after the client was told that it took too long.
    private static async Task<AwsReply> CarryOutAsync(AwsHandler handler, AwsCall call, JsonDocument document, Invocation? invocation)
    {
        using (document)
        {
            invocation?.Enter();
            return await handler(call);
        }
    }

    private AwsError? Replayed(AwsCaller caller, Invocation? invocation) =>
        caller.Signature is not { } signature || !options.RefuseReplays ? null
        : usedSignatures.Use(signature.Value, invocation?.Id, callers.EndOf(signature)) switch
        {
            UsedSignatures.Verdict.Replayed => SigV4Errors.Replayed,
            UsedSignatures.Verdict.Full => RequestLimits.RateExceeded,
            _ => null,
        };

    private static Invocation? InvocationOf(HttpRequest request, AwsOperation operation, ReadOnlySpan<byte> body) =>
        request.Headers["amz-sdk-invocation-id"] is [{ Length: > 0 and <= Invocation.LongestId } id] ? Invocation.Of(id, operation.Name, body) : null;

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
