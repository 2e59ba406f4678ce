using System.Diagnostics;
using DmsOrleans.Tests.Faults;
using DmsOrleans.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace DmsOrleans.Tests.Hosting;

/// <summary>What a collector is sent, and that nothing is collected for nobody.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_collector_gets_our_metrics_those_of_Orleans_and_a_trace_from_the_request_to_the_store()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var node = await TestNode.StartAsync(configuration: ExportTo(collector), services: s => s.WithoutFlushing());
        using var http = new HttpClient { BaseAddress = node.Url };
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        http.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        await WalkAsync(node, http);

        string[] metrics = ["dms.replication.transitions", "dms.store.commit.writes", "orleans-", "http.server.request.duration", "dotnet."];
        await Until.Holds(() => metrics.All(collector.HasMetric), $"exports of {string.Join(", ", metrics)}");
        var spans = await Until.AsyncIs(
            () => Task.FromResult(collector.Spans.Where(s => s.TraceId == trace).ToList()),
            s => s.Any(span => span.Name == "store.commit") && s.Any(IsRequest) && s.Any(IsGrainCall),
            "the request, the grain call, and the commit in one trace");
        Assert.Contains(spans, span => span.Name == "store.commit" && IsRequest(RootOf(span, spans)));
    }

    [Fact]
    public async Task Without_a_collector_nothing_is_collected()
    {
        await using var node = await TestNode.StartAsync();
        Assert.Null(node.Services.GetService<TracerProvider>());
        Assert.Null(node.Services.GetService<MeterProvider>());
    }

    [Fact]
    public async Task Switched_off_nothing_is_exported()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        var settings = ExportTo(collector);
        settings["OTEL_SDK_DISABLED"] = "true";
        await using (var node = await TestNode.StartAsync(configuration: settings, services: s => s.WithoutFlushing()))
        {
            using var http = new HttpClient { BaseAddress = node.Url };
            await WalkAsync(node, http);
            // Stopping flushes whatever was collected.
            await node.Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(collector.IsEmpty);
    }

    private static async Task WalkAsync(TestNode node, HttpClient http)
    {
        var token = TestContext.Current.CancellationToken;
        var aws = new AwsJsonClient(http);
        await node.CreateEndpointsAsync();
        Assert.True((await aws.CreateReplicationAsync("orders", Tests.Grains.Sample.SourceArn, Tests.Grains.Sample.TargetArn, token)).IsOk);
        Assert.True((await aws.StartAsync(TestNode.ArnOf("orders"), "start-replication", token)).IsOk);
        await node.WaitForAsync("orders", "running");
    }

    private static bool IsRequest(ExportedSpan span) => span.Source == "Microsoft.AspNetCore";

    private static bool IsGrainCall(ExportedSpan span) => span.Source.StartsWith("Microsoft.Orleans", StringComparison.Ordinal);

    private static ExportedSpan RootOf(ExportedSpan span, List<ExportedSpan> spans)
    {
        while (spans.Find(s => s.SpanId == span.ParentId) is { } parent)
        {
            span = parent;
        }

        return span;
    }

    // Configuration rather than variables of the process, which other tests would share.
    private static Dictionary<string, string?> ExportTo(OtlpReceiver collector) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
    };
}
