using System.Globalization;
using System.Net;
using DmsOrleans.Events;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Tests.Node;

/// <summary>Events on a real node: told, logged, subscribed to and delivered.</summary>
public sealed class EventsTests
{
    private const string Topic = "arn:aws:sns:us-east-1:000000000000:alarms";

    private static readonly string[] Walk =
    [
        "DMS replication has been created.", "DMS replication is initializing.", "DMS replication is preparing the resources for metadata collection.",
        "The connections tied to DMS replication is being tested.", "DMS replication is fetching metadata", "DMS replication is calculating capacity",
        "DMS replication is provisioning its capacity", "DMS replication has been provisioned.", "DMS replication has started", "DMS replication is running.",
    ];

    [Fact]
    public async Task A_replication_is_told_of_from_its_creation_to_after_its_deletion()
    {
        await using var node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        var grain = await node.CreateAsync("orders");
        await grain.StartedAsync();
        await node.WaitForAsync("orders", "running");
        Assert.Equal(Walk, (await EventsAsync(node, new() { Scope = AwsScope.Default, SourceIdentifier = "orders" })).Select(e => e.Message));
        await grain.Stop(new());
        await node.WaitForAsync("orders", "stopped");
        await grain.Delete(new());
        await Until.AsyncIs(() => node.Directory.List(new() { Arns = [TestNode.ArnOf("orders")] }), p => p.Items.Count == 0, "the replication to be gone");

        string[] whole = [.. Walk, "DMS replication is being stopped.", "DMS replication has stopped", "DMS replication is being deleted."];
        var all = new EventQuery { Scope = AwsScope.Default };
        Assert.Equal(whole, (await EventsAsync(node, all)).Select(e => e.Message));
        Assert.Equal(whole, (await EventsAsync(node, all with { SourceIdentifier = TestNode.ArnOf("orders"), SourceType = "replication-config", Limit = 3 })).Select(e => e.Message));
        Assert.Equal(["creation", "deletion"], (await EventsAsync(node, all with { Categories = ["Creation", "Deletion"] })).Select(e => e.Category));
        Assert.Empty(await EventsAsync(node, all with { Scope = new("111111111111", "us-east-1") }));
        Assert.Empty(await EventsAsync(node, all with { Scope = new("111111111111", "us-east-1"), SourceIdentifier = TestNode.ArnOf("orders") }));
        Assert.Empty(await EventsAsync(node, all with { SourceType = "replication-task" }));
        Assert.Empty(await EventsAsync(node, all with { EndTime = TimeProvider.System.GetUtcNow().AddMinutes(-5) }));

        var log = (await node.Grains.GetGrain<IEventDirectory>(0).Log(new(AwsScope.Default, "orders", 0, 1_000)))!;
        Assert.Equal(("dms-serverless-replication-orders", "dms-serverless-replication-orchestrator-orders"), (log.Group, log.Stream));
        Assert.Equal("{'replication_state':'initializing', 'message': 'Initializing the replication workflow.'}", log.Entries[0].Message);
        Assert.Equal("{'replication_state':'deleting', 'message': 'Replication is being deleted.'}", log.Entries[^1].Message);
        var rest = (await node.Grains.GetGrain<IEventDirectory>(0).Log(new(AwsScope.Default, TestNode.ArnOf("orders"), log.Entries[3].Position, 2)))!;
        Assert.Equal(log.Entries.Skip(4).Take(2), rest.Entries);
        Assert.True(rest.More);
        Assert.Null(await node.Grains.GetGrain<IEventDirectory>(0).Log(new(AwsScope.Default, "missing", 0, 10)));
    }

    [Fact]
    public async Task Wrong_questions_for_events_are_refused_and_named()
    {
        await using var node = await TestNode.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        var query = new EventQuery { Scope = AwsScope.Default };
        await RefusedAsync(query with { StartTime = now, EndTime = now, DurationMinutes = 1 }, Fault.InvalidParameterCombination, "Duration");
        await RefusedAsync(query with { StartTime = now, EndTime = now.AddSeconds(-1) }, Fault.InvalidParameterValue, "StartTime");
        await RefusedAsync(query with { DurationMinutes = 0 }, Fault.InvalidParameterValue, "Duration");
        await RefusedAsync(query with { SourceType = "endpoint" }, Fault.InvalidParameterValue, "SourceType");
        await RefusedAsync(query with { SourceType = "replication-config", Categories = ["failover"] }, Fault.InvalidParameterValue, "failover");
        Assert.False((await node.Grains.GetGrain<IEventDirectory>(0).List(query with { Cursor = "dmse1-5" })).Value!.CursorAccepted);
        Assert.Empty((await node.Grains.GetGrain<IEventDirectory>(0).List(query with { DurationMinutes = int.MaxValue })).Value!.Items);

        async Task RefusedAsync(EventQuery asked, Fault fault, string named)
        {
            var refusal = (await node.Grains.GetGrain<IEventDirectory>(0).List(asked)).Refusal!;
            Assert.Equal(fault, refusal.Fault);
            Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_subscription_keeps_the_rules()
    {
        await using var node = await TestNode.StartAsync(configuration: new Dictionary<string, string?> { ["DmsOrleans:Quotas:EventSubscriptions"] = "2" });
        await node.CreateEndpointsAsync();
        await node.CreateAsync("orders");
        var good = new EventSubscriptionSpec { Name = "mine", TopicArn = Topic };
        Assert.Equal(Fault.SnsInvalidTopic, await FaultAsync(good with { TopicArn = "arn:aws:sqs:us-east-1:000000000000:alarms" }));
        Assert.Equal(Fault.InvalidParameterValue, await FaultAsync(good with { SourceType = "endpoint" }));
        Assert.Equal(Fault.InvalidParameterValue, await FaultAsync(good with { Categories = ["party"] }));
        Assert.Equal(Fault.InvalidParameterCombination, await FaultAsync(good with { SourceIds = ["orders"] }));
        Assert.Equal(Fault.ResourceNotFound, await FaultAsync(good with { SourceType = "replication-config", SourceIds = ["orders", "missing"] }));
        Assert.Null(await FaultAsync(good with { SourceType = "replication-config", SourceIds = ["orders", TestNode.ArnOf("orders")], Categories = ["Failure"] }));
        Assert.Equal(Fault.ResourceAlreadyExists, await FaultAsync(good));
        Assert.Equal(Fault.InvalidParameterValue, (await Subscription(node, "mine").Modify(new() { SourceType = "replication-config", Categories = ["failover"] })).Refusal!.Fault);
        Assert.Null(await FaultAsync(good with { Name = "second" }));
        Assert.Equal(Fault.ResourceQuotaExceeded, await FaultAsync(good with { Name = "third" }));

        Assert.Equal("deleting", (await Subscription(node, "mine").Delete(new())).Value!.Status);
        Assert.Null(await Subscription(node, "mine").GetState());
        Assert.Equal(Fault.ResourceNotFound, (await Subscription(node, "mine").Delete(new())).Refusal!.Fault);
        Assert.Equal("second", Assert.Single((await node.Grains.GetGrain<IEventDirectory>(0).Subscriptions(new())).Items).Spec.Name);

        async Task<Fault?> FaultAsync(EventSubscriptionSpec spec) => (await Subscription(node, spec.Name).Create(new(spec))).Refusal?.Fault;
    }

    [Fact]
    public async Task Events_are_delivered_signed_and_in_order_although_the_receiver_fails_at_first_and_another_is_dead()
    {
        await using var receiver = await EventReceiver.StartAsync();
        receiver.Answers = asked => asked is < 3 or 7 or 8 ? HttpStatusCode.InternalServerError : asked == 11 ? HttpStatusCode.Redirect : HttpStatusCode.OK;
        var configuration = Delivery(receiver.Url);
        configuration[$"DmsOrleans:Events:Secrets:{Topic}"] = "s3cret";
        configuration[$"DmsOrleans:Events:Topics:{Topic}-dead"] = "http://127.0.0.1:1/nobody";
        await using var node = await TestNode.StartAsync(configuration: configuration);
        await node.CreateEndpointsAsync();
        await SubscribeAsync(node, new() { Name = "dead", TopicArn = $"{Topic}-dead" });
        await SubscribeAsync(node, new() { Name = "unmapped", TopicArn = $"{Topic}-unmapped" });
        await SubscribeAsync(node, new() { Name = "mine", TopicArn = Topic });
        await (await node.CreateAsync("orders")).StartedAsync();

        await Until.Holds(() => receiver.Taken.Count >= Walk.Length, "the walk to be delivered");
        Assert.Equal(Walk, receiver.Taken.Select(h => h.Detail("detailMessage")));
        Assert.Equal(Walk.Length + 6, receiver.Asked);
        Assert.All(receiver.Taken, h =>
        {
            var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(h.Timestamp, CultureInfo.InvariantCulture));
            Assert.Equal(WebhookSignature.Of("s3cret", h.Id, at, h.Body), h.Signature);
            Assert.Equal(h.Json.GetProperty("id").GetString(), h.Id);
            Assert.Equal(TestNode.ArnOf("orders"), h.Resource);
        });
    }

    [Fact]
    public async Task A_restart_loses_no_event_and_keeps_their_order()
    {
        using var directory = new DataDirectory();
        await using var receiver = await EventReceiver.StartAsync();
        receiver.Answers = asked => asked < 4 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable;
        await using (var node = await TestNode.StartAsync(dataDirectory: directory.Path, configuration: Delivery(receiver.Url)))
        {
            await node.CreateEndpointsAsync();
            await SubscribeAsync(node, new() { Name = "mine", TopicArn = Topic });
            await (await node.CreateAsync("orders")).StartedAsync();
            await node.WaitForAsync("orders", "running");
            await Until.Holds(() => receiver.Asked > 5, "deliveries to be refused");
            Assert.Equal(Walk.Take(4), receiver.Messages);
        }

        receiver.Answers = _ => HttpStatusCode.OK;
        await using var again = await TestNode.StartAsync(dataDirectory: directory.Path, configuration: Delivery(receiver.Url));
        await Until.Holds(() => receiver.Messages.Count >= Walk.Length, "the rest to be delivered");
        Assert.Equal(Walk, receiver.Messages);
        Assert.All(receiver.Taken, h => Assert.Equal("", h.Signature));
    }

    [Fact]
    public async Task Only_what_was_subscribed_to_is_delivered_and_nothing_of_the_time_it_was_disabled()
    {
        await using var receiver = await EventReceiver.StartAsync();
        await using var node = await TestNode.StartAsync(configuration: Delivery(receiver.Url));
        await node.CreateEndpointsAsync();
        await node.CreateAsync("before");
        await SubscribeAsync(node, new() { Name = "mine", TopicArn = Topic, SourceType = "replication-config", Categories = ["creation", "failure"] });
        await (await node.CreateAsync("broken", supplemental: """{"simulation":{"phases":{"testing_connection":{"failureProbability":1,"failureMessage":"no route"}}}}""")).StartedAsync();
        await node.WaitForAsync("broken", "failed");
        await Until.Holds(() => receiver.Taken.Count >= 2, "creation and failure to be delivered");
        Assert.Equal(["REPLICATION_CREATED", "REPLICATION_FAILED"], receiver.Taken.Select(h => h.Detail("eventType")));
        Assert.Contains("no route", receiver.Messages[1], StringComparison.Ordinal);

        await Subscription(node, "mine").Modify(new() { Enabled = false });
        await node.CreateAsync("unheard");
        await Subscription(node, "mine").Modify(new() { Enabled = true });
        await node.CreateAsync("last");
        await Until.Holds(() => receiver.Taken.Count >= 3, "the last creation to be delivered");
        Assert.Equal(TestNode.ArnOf("last"), receiver.Taken.Last().Resource);
        Assert.Equal(3, receiver.Taken.Count);
    }

    [Fact]
    public async Task An_event_that_is_never_taken_is_given_up_and_the_next_is_delivered()
    {
        await using var receiver = await EventReceiver.StartAsync();
        receiver.Refuses = heard => heard.Resource == TestNode.ArnOf("refused");
        var configuration = Delivery(receiver.Url);
        configuration["DmsOrleans:Events:GiveUpAfter"] = "00:00:00.300";
        configuration["DmsOrleans:Events:AttemptTimeout"] = "00:00:00.300";
        await using var node = await TestNode.StartAsync(configuration: configuration);
        await node.CreateEndpointsAsync();
        await SubscribeAsync(node, new() { Name = "mine", TopicArn = Topic });
        await node.CreateAsync("refused");
        await node.CreateAsync("last");
        await Until.Holds(() => !receiver.Taken.IsEmpty, "the last to be delivered");
        Assert.Equal(TestNode.ArnOf("last"), Assert.Single(receiver.Taken).Resource);
        Assert.True(receiver.Refused.Count > 1, "It was given up at once.");
        Assert.Single(receiver.Refused.DistinctBy(h => h.Id));
    }

    [Fact]
    public async Task A_topic_that_leads_nowhere_stops_the_node_at_its_start()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestNode.StartAsync(configuration: Delivery("ftp://example.com")));
        Assert.Contains("DmsOrleans:Events:Topics", refused.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Delivery(string url) => new()
    {
        [$"DmsOrleans:Events:Topics:{Topic}"] = url,
        ["DmsOrleans:Events:PollInterval"] = "00:00:00.020",
        ["DmsOrleans:Events:FirstRetryDelay"] = "00:00:00.010",
        ["DmsOrleans:Events:MaxRetryDelay"] = "00:00:00.020",
    };

    private static IEventSubscriptionGrain Subscription(TestNode node, string name) =>
        node.Grains.GetGrain<IEventSubscriptionGrain>(Arn.Of(AwsScope.Default, Arn.EventSubscriptionKind, name).Value);

    private static async Task SubscribeAsync(TestNode node, EventSubscriptionSpec spec)
    {
        var answer = await Subscription(node, spec.Name).Create(new(spec));
        Assert.True(answer.Refusal is null, answer.Refusal?.Message);
    }

    private static async Task<List<EventView>> EventsAsync(TestNode node, EventQuery query)
    {
        var events = new List<EventView>();
        while (true)
        {
            var page = (await node.Grains.GetGrain<IEventDirectory>(0).List(query)).Value!;
            Assert.True(page.CursorAccepted && page.Items.Count <= query.Limit);
            events.AddRange(page.Items);
            if (page.Next is null)
            {
                return events;
            }

            query = query with { Cursor = page.Next };
        }
    }
}
