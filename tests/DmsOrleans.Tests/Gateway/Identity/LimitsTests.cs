using System.Net;
using DmsOrleans.Gateway.Aws;
using DmsOrleans.Gateway.Aws.Model;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Tests.Fuzz;
using Microsoft.Extensions.DependencyInjection;

namespace DmsOrleans.Tests.Gateway.Identity;

/// <summary>More than the gateway takes: refused at once and by name, nothing half done.</summary>
public sealed class LimitsTests
{
    [Fact]
    public async Task Accounts_are_not_throttled_unless_asked_for()
    {
        await using var gateway = await GatewayHost.StartAsync(o => o.ThrottleBurst = 1);
        await gateway.SucceedAsync("DescribeReplications", "{}");
        await gateway.SucceedAsync("DescribeReplications", "{}");
    }

    [Fact]
    public async Task An_account_that_asks_too_often_is_throttled_as_AWS_does_and_others_are_not()
    {
        await using var gateway = await GatewayHost.StartAsync(o => (o.Throttling, o.ThrottleBurst, o.ThrottleRefillPerSecond) = (true, 3, 1));
        const string One = "111111111111/20260301/us-east-1/dms/aws4_request";
        var answers = new List<AwsAnswer>();
        do
        {
            answers.Add(await gateway.CallAsync("DescribeReplications", "{}", One));
        }
        while (answers[^1].Status == HttpStatusCode.OK && answers.Count < 50);

        Assert.True(answers.Count > 3, $"the burst was {answers.Count - 1}");
        Assert.Equal((HttpStatusCode.BadRequest, "ThrottlingException", "Rate exceeded"), (answers[^1].Status, answers[^1].Code, answers[^1].Message));
        Assert.Equal(answers.Count - 1, gateway.Cluster.Received.Count);
        await gateway.SucceedAsync("DescribeReplications", "{}", "222222222222/20260301/us-east-1/dms/aws4_request");
        await Until.AsyncIs(() => gateway.CallAsync("DescribeReplications", "{}", One), a => a.Status == HttpStatusCode.OK, "the bucket to fill again");
    }

    [Fact]
    public async Task Requests_beyond_those_that_may_wait_are_throttled()
    {
        var gate = new Gate();
        await using var gateway = await GatewayHost.StartAsync(o => (o.MaxConcurrentRequests, o.MaxQueuedRequests) = (1, 1), gate.Serve);
        var first = gateway.CallAsync("DescribeReplications", "{}");
        await Until.Holds(() => gate.Entered == 1, "the first to be carried out");
        var others = Enumerable.Range(0, 2).Select(_ => gateway.CallAsync("DescribeReplications", "{}")).ToList();
        var refused = await await Task.WhenAny(others);
        Assert.Equal((HttpStatusCode.BadRequest, "ThrottlingException"), (refused.Status, refused.Code));
        Assert.Equal(1, gate.Entered);
        gate.Open();
        Assert.Equal(HttpStatusCode.OK, (await first).Status);
        await Task.WhenAll(others);
        Assert.Equal(2, gate.Entered);
    }

    [Fact]
    public async Task Grains_that_do_not_answer_in_time_are_a_retriable_503()
    {
        var gate = new Gate();
        await using var gateway = await GatewayHost.StartAsync(o => o.AnswerTimeout = TimeSpan.FromMilliseconds(50), gate.Serve);
        var answer = await gateway.CallAsync("DescribeReplications", "{}");
        gate.Open();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ServiceUnavailableException"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_is_not_waited_for()
    {
        await using var gateway = await GatewayHost.StartAsync(o => o.BodyTimeout = TimeSpan.FromMilliseconds(50));
        using var http = new RawHttp(gateway.Http.BaseAddress!.Port);
        var answer = await http.SendAsync(
            "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonDMSv20160101.DescribeReplications\r\nContent-Length: 100\r\n\r\n{"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(408, answer?.Status);
        Assert.Contains("RequestTimeoutException", answer!.Body, StringComparison.Ordinal);
    }

    /// <summary>An operation that waits until it is let go.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource<AwsReply> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int entered;

        public int Entered => Volatile.Read(ref entered);

        public void Open() => opened.SetResult(AwsResult.Empty);

        public void Serve(IServiceCollection services) => services.AddSingleton(new AwsOperations(AwsModel.Instance).Serve("DescribeReplications", _ =>
        {
            Interlocked.Increment(ref entered);
            return opened.Task;
        }));
    }
}
