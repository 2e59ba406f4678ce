using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Tests.Node;

/// <summary>A receiver of events on loopback, which takes them or not as it is told.</summary>
internal sealed class EventReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private EventReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("/events", HearAsync);
    }

    public string Url => $"{app.Urls.First()}/events";

    /// <summary>What is answered, given how many were asked before. Everything is taken unless set.</summary>
    public Func<int, HttpStatusCode> Answers { get; set; } = _ => HttpStatusCode.OK;

    /// <summary>What is refused whatever else is said.</summary>
    public Predicate<Heard> Refuses { get; set; } = _ => false;

    /// <summary>What was refused, in order.</summary>
    public ConcurrentQueue<Heard> Refused { get; } = new();

    /// <summary>How often it was asked.</summary>
    public int Asked { get; private set; }

    /// <summary>What was taken, in order.</summary>
    public ConcurrentQueue<Heard> Taken { get; } = new();

    /// <summary>The messages taken, in order, those taken again left out.</summary>
    public IReadOnlyList<string> Messages => [.. Taken.DistinctBy(h => h.Id).Select(h => h.Detail("detailMessage"))];

    public static async Task<EventReceiver> StartAsync()
    {
        var receiver = new EventReceiver();
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> HearAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        var heard = new Heard(body.ToArray(), request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString(), request.Headers["webhook-signature"].ToString());
        var status = Refuses(heard) ? HttpStatusCode.BadRequest : Answers(Asked);
        Asked++;
        (status == HttpStatusCode.OK ? Taken : Refused).Enqueue(heard);
        return TypedResults.StatusCode((int)status);
    }
}

/// <summary>A delivery.</summary>
internal sealed record Heard(byte[] Body, string Id, string Timestamp, string Signature)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string Resource => Json.GetProperty("resources")[0].GetString()!;

    public string Detail(string member) => Json.GetProperty("detail").GetProperty(member).GetString()!;
}
