using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using DmsOrleans.Events;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Event subscriptions, which are named, not identified by ARN: <c>arn:aws:dms:{region}:{account}:es:{name}</c>.</summary>
internal static class EventSubscriptionsApi
{
    private const int FewestRecords = 20;
    private const int MostRecords = 100;
    private const int MovedAtATime = 10;
    private const int LongestName = 254;

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeEventSubscriptions(this AwsOperations operations) => operations
        .Serve("CreateEventSubscription", CreateAsync)
        .Serve("ModifyEventSubscription", ModifyAsync)
        .Serve("DeleteEventSubscription", DeleteAsync)
        .Serve("DescribeEventSubscriptions", DescribeAsync)
        .Serve("UpdateSubscriptionsToEventBridge", MoveToEventBridgeAsync);

    private static async Task<AwsReply> CreateAsync(AwsCall call)
    {
        var (tags, badTags) = AwsTags.Read(call.Input);
        var badName = TryGrain(call, out var grain) ? null : AwsError.InvalidValue(
            $"The parameter SubscriptionName must have 1 to {LongestName} ASCII letters, digits, hyphens or underscores.");
        return badName ?? badTags ?? AwsReply.Of(await grain!.Create(new CreateEventSubscription(Spec(call.Input, tags))), WriteAnswer);
    }

    private static async Task<AwsReply> ModifyAsync(AwsCall call)
    {
        var change = new ModifyEventSubscription
        {
            TopicArn = call.Input.Text("SnsTopicArn"),
            SourceType = call.Input.Text("SourceType"),
            Categories = call.Input.Texts("EventCategories"),
            Enabled = call.Input.Flag("Enabled"),
        };
        return TryGrain(call, out var grain) ? AwsReply.Of(await grain.Modify(change), WriteAnswer) : NotFound(call.Input.RequiredText("SubscriptionName"));
    }

    private static async Task<AwsReply> DeleteAsync(AwsCall call) => TryGrain(call, out var grain)
        ? AwsReply.Of(await grain.Delete(new DeleteEventSubscription()), WriteAnswer)
        : NotFound(call.Input.RequiredText("SubscriptionName"));

    private static async Task<AwsReply> DescribeAsync(AwsCall call)
    {
        var (filters, badFilter) = AwsFilters.Read(call.Input, "event-subscription-arn", "event-subscription-id");
        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        if ((badFilter ?? badPaging) is { } error)
        {
            return error;
        }

        var name = call.Input.Text("SubscriptionName");
        var page = await call.Grains.GetGrain<IEventDirectory>(0).Subscriptions(new EventSubscriptionQuery
        {
            Scope = call.Scope,
            Arns = filters["event-subscription-arn"],
            Names = name is null ? filters["event-subscription-id"] : filters["event-subscription-id"]?.Contains(name) == false ? [] : [name],
            Cursor = paging.Marker,
            Limit = paging.Limit,
        });
        return
            !page.CursorAccepted ? AwsPaging.BadMarker
            : page.Items.Count == 0 && name is not null ? NotFound(name)
            : page.Items.Count == 0 && filters.Any && paging.Marker is null ? AwsError.NotFound("No event subscription matches the filters.")
            : new AwsResult(json =>
            {
                json.Text("Marker", page.Next);
                json.Structures("EventSubscriptionsList", page.Items, WriteSubscription);
            });
    }

    // ForceMove is about instances of old versions, of which there are none.
    private static async Task<AwsReply> MoveToEventBridgeAsync(AwsCall call)
    {
        var waiting = (await AllAsync(call)).Where(s => s.Spec.Enabled && !s.OnEventBridge).ToList();
        var moved = 0;
        foreach (var subscription in waiting.Take(MovedAtATime))
        {
            var answer = await call.Grains.GetGrain<IEventSubscriptionGrain>(subscription.Arn).MoveToEventBridge(new());
            moved += answer.Refusal is null ? 1 : 0;   // deleted meanwhile: nothing to move
        }

        var left = Math.Max(0, waiting.Count - MovedAtATime);
        return new AwsResult(json => json.Text("Result", string.Create(
            CultureInfo.InvariantCulture, $"{moved} event subscriptions were migrated to Amazon EventBridge, {left} remain to be migrated.")));
    }

    private static async Task<List<EventSubscriptionView>> AllAsync(AwsCall call)
    {
        var all = new List<EventSubscriptionView>();
        string? cursor = null;
        do
        {
            var page = await call.Grains.GetGrain<IEventDirectory>(0).Subscriptions(new EventSubscriptionQuery { Scope = call.Scope, Cursor = cursor });
            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }

    // The name is a part of the ARN, so what cannot be one names nothing.
    private static bool TryGrain(AwsCall call, [NotNullWhen(true)] out IEventSubscriptionGrain? grain)
    {
        var name = call.Input.RequiredText("SubscriptionName");
        var arn = Arn.Of(call.Scope, Arn.EventSubscriptionKind, name).Value;
        grain = name.Length <= LongestName && Arn.IsWellFormed(arn, Arn.EventSubscriptionKind) ? call.Grains.GetGrain<IEventSubscriptionGrain>(arn) : null;
        return grain is not null;
    }

    private static AwsError NotFound(string name) => AwsError.NotFound($"The event subscription {AwsError.Shown(name)} was not found.");

    private static EventSubscriptionSpec Spec(AwsInput input, IReadOnlyDictionary<string, string> tags) => new()
    {
        Name = input.RequiredText("SubscriptionName"),
        TopicArn = input.RequiredText("SnsTopicArn"),
        SourceType = input.Text("SourceType"),
        SourceIds = input.Texts("SourceIds") ?? [],
        Categories = input.Texts("EventCategories") ?? [],
        Enabled = input.Flag("Enabled") ?? true,
        Tags = tags,
    };

    private static void WriteAnswer(Utf8JsonWriter json, EventSubscriptionView view) => json.Structure("EventSubscription", view, WriteSubscription);

    private static void WriteSubscription(Utf8JsonWriter json, EventSubscriptionView view)
    {
        json.Text("CustomerAwsId", new Arn(view.Arn).Scope.Account);
        json.Text("CustSubscriptionId", view.Spec.Name);
        json.Text("SnsTopicArn", view.Spec.TopicArn);
        json.Text("Status", view.Status);
        json.Text("SubscriptionCreationTime", view.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        json.Text("SourceType", view.Spec.SourceType);
        json.Texts("SourceIdsList", view.Spec.SourceIds);
        json.Texts("EventCategoriesList", view.Spec.Categories);
        json.Flag("Enabled", view.Spec.Enabled);
    }
}
