using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Tests.Hosting;

/// <summary>A collector on loopback that keeps what OTLP over HTTP brings.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<byte[]> metrics = new();
    private readonly ConcurrentQueue<byte[]> traces = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("/v1/metrics", (HttpContext context) => KeepAsync(context, metrics));
        app.MapPost("/v1/traces", (HttpContext context) => KeepAsync(context, traces));
    }

    public Uri Url => new(app.Urls.First());

    public bool IsEmpty => metrics.IsEmpty && traces.IsEmpty;

    public IEnumerable<ExportedSpan> Spans => traces.SelectMany(ProtobufFields.Spans);

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Whether an export named the metric. Names are on the wire as they are.</summary>
    public bool HasMetric(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return metrics.Any(body => body.AsSpan().IndexOf(bytes) >= 0);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    // An empty answer is an empty response message: everything was accepted.
    private static async Task KeepAsync(HttpContext context, ConcurrentQueue<byte[]> bodies)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        bodies.Enqueue(body.ToArray());
        context.Response.ContentType = "application/x-protobuf";
    }
}
