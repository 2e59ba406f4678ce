using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DmsOrleans.Tests.Clients;
using DmsOrleans.Tests.Gateway;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Fuzz;

/// <summary>Tests that measure what this process uses run when nothing else does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>
/// Any bytes at all get a documented answer within a second and 64 MiB. Requests are changed at random, beginning with those of <c>corpus/</c>; one
/// that shows a fault belongs there. 20 seconds, since nothing else can run beside it; <c>DMS_FUZZ_SECONDS</c> says otherwise.
/// </summary>
[Collection(nameof(Alone))]
public sealed class FuzzTests
{
    private const int Seed = 20_260_301;
    private const int Clients = 4;
    private const long MostBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly HashSet<string> Documented =
    [
        "UnknownOperationException", "SerializationException", "RequestEntityTooLargeException", "RequestTimeoutException", "InvalidParameterValueException",
        "InvalidParameterCombinationException", "ResourceNotFoundFault", "ResourceAlreadyExistsFault", "InvalidResourceStateFault", "ResourceQuotaExceededFault",
        "KMSKeyNotAccessibleFault", "InvalidSubnet", "ReplicationSubnetGroupDoesNotCoverEnoughAZs", "SNSInvalidTopicFault", "InvalidCertificateFault",
        "MissingAuthenticationTokenException", "IncompleteSignatureException", "InvalidSignatureException", "UnrecognizedClientException", "ThrottlingException",
    ];

    private static TimeSpan Lasting => TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("DMS_FUZZ_SECONDS"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : 20);

    [Fact]
    public async Task Any_request_gets_a_documented_answer_in_time()
    {
        await using var node = await TestNode.StartAsync();
        await using var signed = await GatewayHost.StartAsync(o => (o.AccessKey, o.SecretKey) = ("AKIDEXAMPLE", "secret"));
        int[] ports = [node.Url.Port, signed.Http.BaseAddress!.Port];
        var corpus = Corpus();
        await Task.WhenAll(ports.Select(port => AllAsync(port, corpus)));

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var answered = new ConcurrentDictionary<string, int>();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var mutator = new Mutator(corpus, new Random(Seed + client));
            using var http = new RawHttp(ports[client % ports.Length]);
            while (clock.Elapsed < Lasting)
            {
                var told = await ExchangeAsync(http, mutator.Next());
                answered.AddOrUpdate(told, 1, (_, n) => n + 1);
            }
        })));

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', answered.OrderByDescending(a => a.Value).Select(a => $"{a.Value,8} {a.Key}")));
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < MostBytes, $"{grown} bytes more than before");
        Assert.DoesNotContain(signed.Log.Entries, e => e.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
        Assert.True(answered.Values.Sum() > 50 * Lasting.TotalSeconds, $"only {answered.Values.Sum()} requests");
        Assert.True(answered.Count >= 10, $"only {string.Join(", ", answered.Keys)}");
        await Task.WhenAll(ports.Select(port => AllAsync(port, corpus)));
    }

    public static TheoryData<string, string> Giants() => new()
    {
        { "DescribeReplications", "{\"x\":[" + string.Join(',', Enumerable.Repeat("1", 500_000)) + "]}" },
        { "DescribeReplications", "{" + string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"m{i}\":0")) + "}" },
        { "DescribeReplications", "{\"Filters\":[" + string.Join(',', Enumerable.Repeat("{\"Name\":\"a\",\"Values\":[]}", 40_000)) + "]}" },
        { "AddTagsToResource", "{\"ResourceArn\":\"a\",\"Tags\":[" + string.Join(',', Enumerable.Range(0, 30_000).Select(i => $"{{\"Key\":\"k{i}\",\"Value\":\"v\"}}")) + "]}" },
        { "DescribeReplications", "{\"Marker\":\"" + string.Concat(Enumerable.Repeat("\\u0041", 170_000)) + "\"}" },
        { "DescribeReplications", new string('[', 1024 * 1024) },
        { "StopReplication", "{\"ReplicationConfigArn\":\"" + new string(':', 1_000_000) + "\"}" },
    };

    [Theory, MemberData(nameof(Giants), DisableDiscoveryEnumeration = true)]
    public async Task The_longest_requests_cost_no_more_than_64_MiB_and_a_second(string operation, string body)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var http = new RawHttp(gateway.Http.BaseAddress!.Port);
        var request = FuzzRequest.Parse(Encoding.UTF8.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonDMSv20160101.{operation}\r\n\r\n{body}"));
        await ExchangeAsync(http, request);
        var bytes = request.ToBytes();
        // The least of several: what else the process does can only add.
        var used = long.MaxValue;
        for (var attempt = 0; attempt < 10 && used >= MostBytes; attempt++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await http.SendAsync(bytes, TestContext.Current.CancellationToken);
            used = Math.Min(used, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.True(used < MostBytes, $"{used} bytes");
    }

    private static async Task AllAsync(int port, IEnumerable<FuzzRequest> requests)
    {
        using var http = new RawHttp(port);
        foreach (var request in requests)
        {
            await ExchangeAsync(http, request);
        }
    }

    // What was answered, in a word. A machine that was busy for a second gets a second chance.
    private static async Task<string> ExchangeAsync(RawHttp http, FuzzRequest request)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            late.CancelAfter(Longest);
            try
            {
                var answer = await http.SendAsync(request.ToBytes(), late.Token);
                if (!request.HeadIsIntact)
                {
                    // What the server took for the end of it need not be the end: the rest would be answered next.
                    http.Close();
                }

                return Judge(request, answer);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                if (!request.IsFramed)
                {
                    return "waits for the rest";
                }

                Assert.True(attempt == 1, $"No answer within a second to {request}");
            }
        }
    }

    private static string Judge(FuzzRequest request, RawAnswer? answer)
    {
        if (answer is null)
        {
            Assert.False(request is { IsFramed: true, HeadIsIntact: true }, $"Closed instead of answered: {request}");
            return "closed";
        }

        Assert.True(answer.Status is >= 200 and < 500 or 501 or 505, $"{answer.Status} {answer.Body} to {request}");
        if (!request.IsAws || (!request.HeadIsIntact && answer.Body.Length == 0))
        {
            // Not ours to answer: no HTTP, or no request to the AWS API.
            Assert.True(request.IsAws || answer.Status != 500, request.ToString());
            return $"HTTP {answer.Status}";
        }

        Assert.True(answer.Body.Length > 0, $"{answer.Status} without a body to {request}");
        using var json = JsonDocument.Parse(Encoding.Latin1.GetBytes(answer.Body));
        if (answer.Status == 200)
        {
            Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
            return "200";
        }

        var code = json.RootElement.GetProperty("__type").GetString()!;
        Assert.True(Documented.Contains(code) || (code == "AccessDeniedFault" && !request.HeadIsIntact), $"{code} to {request}");
        Assert.NotEqual("", json.RootElement.GetProperty("message").GetString());
        return code;
    }

    private static List<FuzzRequest> Corpus() =>
        [.. Directory.GetFiles(Path.Combine(Needs.Repository, "tests", "DmsOrleans.Tests", "Fuzz", "corpus")).Order(StringComparer.Ordinal).Select(f => FuzzRequest.Parse(File.ReadAllBytes(f)))];
}
