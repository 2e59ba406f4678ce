using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>Writes replies as AWS JSON 1.1.</summary>
internal static class AwsResponse
{
    private const string ContentType = "application/x-amz-json-1.1";
    private const int LargestKeptBuffer = 256 * 1024;

    // Not escaped for HTML: the answer is labelled as JSON, and table mappings are mostly quotes.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? kept;

    /// <summary>Formats the whole reply, then hands it to the response: a reply that cannot be formatted leaves the response untouched.</summary>
    public static void Put(HttpResponse response, AwsReply reply, string requestId)
    {
        var (buffer, json) = kept ?? New();
        kept = null;
        Format(json, reply);
        response.Headers["x-amzn-RequestId"] = requestId;
        response.ContentType = ContentType;
        response.ContentLength = buffer.WrittenCount;
        if (reply is AwsError error)
        {
            response.StatusCode = error.Status;
            response.Headers["x-amzn-ErrorType"] = error.Code;
        }

        response.BodyWriter.Write(buffer.WrittenSpan);
        Keep(buffer, json);
    }

    private static void Format(Utf8JsonWriter json, AwsReply reply)
    {
        json.WriteStartObject();
        switch (reply)
        {
            case AwsResult result:
                result.Members(json);
                break;
            case AwsError error:
                json.WriteString("__type", error.Code);
                json.WriteString("message", error.Message);
                json.Text("resourceArn", error.ResourceArn);
                break;
        }

        json.WriteEndObject();
        json.Flush();
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json) New()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        return (buffer, new Utf8JsonWriter(buffer, WriterOptions));
    }

    // Only after a reply that went well: a half-written one must not show up in the next.
    private static void Keep(ArrayBufferWriter<byte> buffer, Utf8JsonWriter json)
    {
        if (buffer.Capacity <= LargestKeptBuffer)
        {
            buffer.ResetWrittenCount();
            json.Reset();
            kept = (buffer, json);
        }
    }
}
