using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>Reads a request body: bounded in length and depth, well-formed, without duplicate members or broken text.</summary>
internal static class AwsRequestBody
{
    /// <summary>Deepest nesting accepted, in levels.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };
    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The bytes of the body, or the error that says why there are none.</summary>
    public static async ValueTask<(byte[]? Bytes, AwsError? Error)> ReadAsync(
        HttpRequest request, int maxBytes, TimeSpan within, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            return (null, TooLong(maxBytes));
        }

        try
        {
            var reading = ReadBytesAsync(request.BodyReader, maxBytes, cancellationToken);
            if (reading.IsCompleted)
            {
                return await reading;
            }

            await using var deadline = time.CreateTimer(static body => ((PipeReader)body!).CancelPendingRead(), request.BodyReader, within, Timeout.InfiniteTimeSpan);
            return await reading;
        }
        catch (BadHttpRequestException broken)
        {
            return (null, broken.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLong(maxBytes),
                StatusCodes.Status408RequestTimeout => TooSlow,
                _ => AwsError.Unreadable("The request body could not be read to its end."),
            });
        }
    }

    /// <summary>Reads JSON text; every string in it can be read afterwards. The caller disposes the document.</summary>
    public static (JsonDocument? Document, AwsError? Error) Parse(byte[] utf8)
    {
        if (WhatIsWrong(utf8) is { } wrong)
        {
            return (null, AwsError.Unreadable(wrong));
        }

        try
        {
            return (JsonDocument.Parse(utf8, DocumentOptions), null);
        }
        catch (JsonException)
        {
            return (null, AwsError.Unreadable("The request body names a member of one object twice."));
        }
    }

    private static string? WhatIsWrong(byte[] utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            return "The request body is not UTF-8.";
        }

        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }

            return null;
        }
        catch (JsonException)
        {
            return $"The request body is not well-formed JSON of at most {MaxDepth} levels: see byte {reader.BytesConsumed}.";
        }
        catch (InvalidOperationException)
        {
            return $"The request body has half a surrogate pair in the text at byte {reader.TokenStartIndex}.";
        }
    }

    private static async ValueTask<(byte[]? Bytes, AwsError? Error)> ReadBytesAsync(PipeReader body, int maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (read.IsCanceled || read.Buffer.Length > maxBytes)
            {
                body.AdvanceTo(read.Buffer.End);
                return (null, read.IsCanceled ? TooSlow : TooLong(maxBytes));
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                return (bytes, null);
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static AwsError TooSlow { get; } = new("RequestTimeoutException", "The request body did not arrive in time.", StatusCodes.Status408RequestTimeout);

    private static AwsError TooLong(int maxBytes) =>
        new("RequestEntityTooLargeException", $"The request body is longer than {maxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
}
