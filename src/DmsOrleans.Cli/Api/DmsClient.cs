using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using DmsOrleans.Cli.Aws;

namespace DmsOrleans.Cli.Api;

/// <summary>
/// Speaks HTTP to the gateway: the AWS protocol at <c>POST /</c> and the questions of <c>/api/v1</c>. Requests are signed.
/// Safe to use from many threads.
/// </summary>
internal sealed class DmsClient : IDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly MediaTypeHeaderValue AwsJson = new("application/x-amz-json-1.1");
    private readonly HttpClient http;
    private readonly SigV4Signer signer;
    private readonly TimeProvider time;

    /// <summary>A client.</summary>
    /// <param name="settings">Where and who.</param>
    /// <param name="time">Dates the signatures and paces retries.</param>
    /// <param name="connections">Most requests on their way at once; each costs a socket.</param>
    public DmsClient(ClientSettings settings, TimeProvider time, int connections = 8)
    {
        Settings = settings;
        this.time = time;
        signer = new SigV4Signer(settings.Credentials, settings.Region, "dms", time);
        http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            UseProxy = !settings.Endpoint.IsLoopback,
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    /// <summary>Where and who.</summary>
    public ClientSettings Settings { get; }

    /// <summary>An AWS operation. Tried again, twice at most, when the service is throttling or its store is away.</summary>
    /// <exception cref="ServiceException">Refused.</exception>
    /// <exception cref="ConnectionException">Not reached.</exception>
    public async Task<JsonObject> CallAsync(string operation, JsonObject request, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(request.ToJsonString());
        var pause = FirstPause;
        var invocation = Guid.NewGuid().ToString();
        for (var attempt = 1; ; attempt++, pause *= 2)
        {
            try
            {
                return ParseObject(await PostAsync(operation, body, cancellationToken, invocation), operation);
            }
            catch (ServiceException refused) when (refused.Retriable && attempt < Attempts)
            {
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    /// <summary>An AWS operation with a ready body, sent once; answers the body of the answer.</summary>
    /// <param name="operation">Its name.</param>
    /// <param name="body">The request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="invocation">The same for each attempt at one call, so that it has one effect; null when there is only one.</param>
    public async Task<byte[]> PostAsync(string operation, byte[] body, CancellationToken cancellationToken, string? invocation = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Settings.Endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = AwsJson;
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "AmazonDMSv20160101." + operation);
        if (invocation is not null)
        {
            request.Headers.TryAddWithoutValidation("amz-sdk-invocation-id", invocation);
        }

        return await SendAsync(request, body, operation, cancellationToken);
    }

    /// <summary>A question to <c>/api/v1</c>.</summary>
    /// <param name="path">What follows <c>/api/v1/</c>, percent-encoded.</param>
    /// <param name="type">What is answered.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var body = await GetBytesAsync(path, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw Unexpected("null", null);
        }
        catch (JsonException unreadable)
        {
            throw Unexpected(unreadable.Message, unreadable);
        }
    }

    /// <summary>A question to <c>/api/v1</c>, answered as it came.</summary>
    public async Task<JsonObject> GetJsonAsync(string path, CancellationToken cancellationToken) =>
        ParseObject(await GetBytesAsync(path, cancellationToken), "GET " + path);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<byte[]> GetBytesAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Settings.Endpoint, "api/v1/" + path));
        return await SendAsync(request, [], "GET " + path, cancellationToken);
    }

    private async Task<byte[]> SendAsync(HttpRequestMessage request, byte[] body, string operation, CancellationToken cancellationToken)
    {
        signer.Sign(request, body);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode ? answer : throw ErrorOf(answer, response.StatusCode, operation);
        }
        catch (HttpRequestException unreachable)
        {
            throw new ConnectionException($"Could not connect to the endpoint URL \"{Settings.Endpoint}\": {unreachable.Message}", unreachable);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConnectionException($"No answer from \"{Settings.Endpoint}\" within {http.Timeout.TotalSeconds:0} s.", slow);
        }
    }

    private static Exception ErrorOf(byte[] answer, HttpStatusCode status, string operation)
    {
        JsonObject? error;
        try
        {
            error = JsonNode.Parse(answer) as JsonObject;
        }
        catch (JsonException)
        {
            error = null;
        }

        var code = TextOf(error, "__type") is { } type ? type[(type.IndexOf('#', StringComparison.Ordinal) + 1)..] : TextOf(error, "code") ?? TextOf(error, "title");
        return error is null || code is null
            ? new ConnectionException($"HTTP {(int)status} without an error a DMS service gives, when calling the {operation} operation. Is something else listening there?")
            : new ServiceException(code, MessageOf(error) ?? "no message", operation, (int)status, TextOf(error, "resourceArn"));
    }

    private static string? MessageOf(JsonObject error) => TextOf(error, "message") ?? TextOf(error, "Message") ?? TextOf(error, "detail");

    private static string? TextOf(JsonObject? node, string member) =>
        node?[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private JsonObject ParseObject(byte[] answer, string operation)
    {
        try
        {
            return JsonNode.Parse(answer) as JsonObject ?? throw Unexpected("not a JSON object, to " + operation, null);
        }
        catch (JsonException unreadable)
        {
            throw Unexpected(unreadable.Message, unreadable);
        }
    }

    private ConnectionException Unexpected(string what, Exception? cause) =>
        new($"\"{Settings.Endpoint}\" gave an answer that no DMS service gives ({what}).", cause);
}
