using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using DmsOrleans.Cli.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Benchmarks;

/// <summary>
/// Requests per second through HTTP on one node, beside a bare Kestrel endpoint that reads the same request and answers a constant of the same
/// size, asked by the same client in the same process.
/// </summary>
internal static class HttpBenchmark
{
    private const int Callers = 64;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(int n)
    {
        Console.WriteLine($"http: {n:N0} replications at rest, {Callers} connections, client in the same process");
        Console.WriteLine($"{"request",-32} {"answer B",9} {"requests/s",11} {"p50 ms",8} {"p99 ms",8} {"bare/s",9} {"bare p99",9} {"ratio",6}");
        using var directory = new BenchmarkDirectory();
        await using var node = await BenchmarkNode.StartAsync(directory.Path, TimeScale.One, gateway: true);
        await node.CreateEndpointsAsync();
        await node.CreateAsync(0, n);
        var one = $$"""{"Filters":[{"Name":"replication-config-arn","Values":["{{BenchmarkNode.ArnOf(n / 2)}}"]}]}""";
        await CompareAsync(node.Url, "DescribeReplications, one", "DescribeReplications", _ => one);
        await CompareAsync(node.Url, "DescribeReplications, page of 100", "DescribeReplications", _ => """{"MaxRecords":100}""");
        await CompareAsync(node.Url, "StartReplication", "StartReplication", i =>
            i < n ? $$"""{"ReplicationConfigArn":"{{BenchmarkNode.ArnOf(i)}}","StartReplicationType":"start-replication"}""" : null, warmUps: n / 4);
    }

    private static async Task CompareAsync(Uri url, string what, string operation, Func<int, string?> bodyOf, int warmUps = int.MaxValue)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Callers });
        var next = -1;
        var answer = await AskAsync(http, url, operation, bodyOf(Interlocked.Increment(ref next))!);
        await using var bare = await BareAsync(answer);
        var bareUrl = new Uri(bare.Urls.First());
        var constant = bodyOf(0)!;
        await MeasureAsync(http, bareUrl, operation, () => constant, WarmUp);
        await MeasureAsync(http, url, operation, () => next < warmUps ? bodyOf(Interlocked.Increment(ref next)) : null, WarmUp);
        var limit = await MeasureAsync(http, bareUrl, operation, () => constant, Measured);
        var ours = await MeasureAsync(http, url, operation, () => bodyOf(Interlocked.Increment(ref next)), Measured);
        Console.WriteLine(
            $"{what,-32} {answer.Length,9:N0} {ours.Rate,11:N0} {ours.Latency.Percentile(50).TotalMilliseconds,8:0.00} {ours.Latency.Percentile(99).TotalMilliseconds,8:0.00} {limit.Rate,9:N0} {limit.Latency.Percentile(99).TotalMilliseconds,9:0.00} {ours.Rate / limit.Rate,6:N2}");
    }

    // Until the time is over or there is nothing left to ask.
    private static async Task<(double Rate, LatencyHistogram Latency)> MeasureAsync(HttpClient http, Uri url, string operation, Func<string?> nextBody, TimeSpan time)
    {
        var latency = new LatencyHistogram();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (watch.Elapsed < time && nextBody() is { } body)
            {
                var asked = watch.Elapsed;
                await AskAsync(http, url, operation, body);
                latency.Record(watch.Elapsed - asked);
            }
        }));
        return (latency.Count / watch.Elapsed.TotalSeconds, latency);
    }

    private static async Task<byte[]> AskAsync(HttpClient http, Uri url, string operation, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", $"AmazonDMSv20160101.{operation}");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dms/aws4_request, SignedHeaders=host, Signature=00");
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException(Encoding.UTF8.GetString(answer));
    }

    private static async Task<WebApplication> BareAsync(byte[] answer)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        var app = builder.Build();
        app.MapPost("/", async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            http.Response.ContentType = "application/x-amz-json-1.1";
            http.Response.ContentLength = answer.Length;
            await http.Response.Body.WriteAsync(answer, http.RequestAborted);
        });
        await app.StartAsync();
        return app;
    }
}
