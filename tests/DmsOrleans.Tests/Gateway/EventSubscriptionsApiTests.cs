using System.Text.Json;
using DmsOrleans.Events;

namespace DmsOrleans.Tests.Gateway;

public sealed class EventSubscriptionsApiTests : IAsyncLifetime
{
    private const string Topic = "arn:aws:sns:us-east-1:000000000000:alarms";

    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task A_subscription_is_created_described_modified_and_deleted()
    {
        var created = await gateway.SucceedAsync("CreateEventSubscription",
            $$"""{"SubscriptionName":"mine","SnsTopicArn":"{{Topic}}","SourceType":"replication-config","SourceIds":["orders"],"EventCategories":["failure"],"Tags":[{"Key":"a","Value":"b"}]}""");
        Assert.Equal($$$"""
            {"EventSubscription":{"CustomerAwsId":"000000000000","CustSubscriptionId":"mine","SnsTopicArn":"{{{Topic}}}","Status":"active","SubscriptionCreationTime":"2026-03-01 12:00:00.123","SourceType":"replication-config","SourceIdsList":["orders"],"EventCategoriesList":["failure"],"Enabled":true}}
            """, created.GetRawText());
        Assert.Equal("b", gateway.Cluster.Last<CreateEventSubscription>().Spec.Tags["a"]);
        Assert.Equal("arn:aws:dms:us-east-1:000000000000:es:mine", Assert.Single(gateway.Cluster.Subscriptions).Key);

        var listed = await gateway.SucceedAsync("DescribeEventSubscriptions", """{"SubscriptionName":"mine"}""");
        Assert.Equal(created.GetProperty("EventSubscription").GetRawText(), Assert.Single(listed.GetProperty("EventSubscriptionsList").EnumerateArray()).GetRawText());
        var modified = await gateway.SucceedAsync("ModifyEventSubscription", """{"SubscriptionName":"mine","Enabled":false,"EventCategories":[]}""");
        Assert.False(modified.GetProperty("EventSubscription").GetProperty("Enabled").GetBoolean());
        Assert.Empty(gateway.Cluster.Last<ModifyEventSubscription>().Categories!);
        var deleted = await gateway.SucceedAsync("DeleteEventSubscription", """{"SubscriptionName":"mine"}""");
        Assert.Equal("deleting", deleted.GetProperty("EventSubscription").GetProperty("Status").GetString());
    }

    [Theory]
    [InlineData("DescribeEventSubscriptions", """{"SubscriptionName":"none"}""")]
    [InlineData("DescribeEventSubscriptions", """{"Filters":[{"Name":"event-subscription-id","Values":["none"]}]}""")]
    [InlineData("ModifyEventSubscription", """{"SubscriptionName":"none"}""")]
    [InlineData("DeleteEventSubscription", """{"SubscriptionName":"none"}""")]
    [InlineData("DeleteEventSubscription", """{"SubscriptionName":"not a name"}""")]
    public async Task What_is_not_there_is_not_found(string operation, string json) => await gateway.FailAsync("ResourceNotFoundFault", operation, json);

    [Theory]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("ä")]
    public async Task A_name_that_cannot_be_part_of_an_ARN_is_refused(string name) => Assert.Contains("SubscriptionName",
        await gateway.FailAsync("InvalidParameterValueException", "CreateEventSubscription", JsonSerializer.Serialize(new { SubscriptionName = name, SnsTopicArn = Topic })), StringComparison.Ordinal);

    [Fact]
    public async Task A_refused_topic_is_an_SNSInvalidTopicFault()
    {
        gateway.Cluster.Refuses = new Refusal(Fault.SnsInvalidTopic, "no topic");
        Assert.Equal("no topic", await gateway.FailAsync("SNSInvalidTopicFault", "CreateEventSubscription", """{"SubscriptionName":"mine","SnsTopicArn":"x"}"""));
    }

    [Fact]
    public async Task Subscriptions_of_another_account_are_not_seen()
    {
        const string Elsewhere = "111111111111/20260301/us-east-1/dms/aws4_request";
        await CreateAsync("mine");
        Assert.Equal(0, (await gateway.SucceedAsync("DescribeEventSubscriptions", "{}", Elsewhere)).GetProperty("EventSubscriptionsList").GetArrayLength());
        await gateway.FailAsync("ResourceNotFoundFault", "DeleteEventSubscription", """{"SubscriptionName":"mine"}""", Elsewhere);
        await gateway.FailAsync("ResourceNotFoundFault", "ListTagsForResource", """{"ResourceArn":"arn:aws:dms:us-east-1:000000000000:es:mine"}""", Elsewhere);
    }

    [Fact]
    public async Task Tags_go_by_the_ARN()
    {
        await CreateAsync("mine");
        const string Arn = "arn:aws:dms:us-east-1:000000000000:es:mine";
        await gateway.SucceedAsync("AddTagsToResource", $$"""{"ResourceArn":"{{Arn}}","Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]}""");
        await gateway.SucceedAsync("RemoveTagsFromResource", $$"""{"ResourceArn":"{{Arn}}","TagKeys":["a"]}""");
        Assert.Equal("""{"TagList":[{"Key":"b","Value":"2"}]}""", (await gateway.SucceedAsync("ListTagsForResource", $$"""{"ResourceArn":"{{Arn}}"}""")).GetRawText());
    }

    [Fact]
    public async Task Ten_subscriptions_at_a_time_move_to_EventBridge()
    {
        for (var i = 0; i < 12; i++)
        {
            await CreateAsync($"s{i}");
        }

        await gateway.SucceedAsync("ModifyEventSubscription", """{"SubscriptionName":"s0","Enabled":false}""");
        Assert.Equal("10 event subscriptions were migrated to Amazon EventBridge, 1 remain to be migrated.", await MoveAsync());
        Assert.Equal("1 event subscriptions were migrated to Amazon EventBridge, 0 remain to be migrated.", await MoveAsync());
        Assert.Equal("0 event subscriptions were migrated to Amazon EventBridge, 0 remain to be migrated.", await MoveAsync());
    }

    private async Task<string?> MoveAsync() => (await gateway.SucceedAsync("UpdateSubscriptionsToEventBridge", """{"ForceMove":true}""")).GetProperty("Result").GetString();

    private Task<JsonElement> CreateAsync(string name) => gateway.SucceedAsync("CreateEventSubscription", $$"""{"SubscriptionName":"{{name}}","SnsTopicArn":"{{Topic}}"}""");
}
