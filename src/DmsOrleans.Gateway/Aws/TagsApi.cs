using DmsOrleans.Endpoints;
using DmsOrleans.Events;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Replications;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Tags of replication configs, endpoints and event subscriptions, by the ARN of each.</summary>
internal static class TagsApi
{
    private const int MostArns = 100;

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeTags(this AwsOperations operations) => operations
        .Serve("AddTagsToResource", AddAsync)
        .Serve("RemoveTagsFromResource", RemoveAsync)
        .Serve("ListTagsForResource", ListAsync);

    private static async Task<AwsReply> AddAsync(AwsCall call)
    {
        var (tags, error) = AwsTags.Read(call.Input);
        if (error is not null)
        {
            return error;
        }

        var command = new AddTags(tags);
        return await OnResourceAsync(call, r => r.AddTags(command), e => e.AddTags(command), s => s.AddTags(command));
    }

    private static Task<AwsReply> RemoveAsync(AwsCall call)
    {
        var command = new RemoveTags(call.Input.Texts("TagKeys")!);
        return OnResourceAsync(call, r => r.RemoveTags(command), e => e.RemoveTags(command), s => s.RemoveTags(command));
    }

    private static async Task<AwsReply> OnResourceAsync(
        AwsCall call,
        Func<IReplicationGrain, Task<Answer<TagSet>>> onReplication,
        Func<IEndpointGrain, Task<Answer<TagSet>>> onEndpoint,
        Func<IEventSubscriptionGrain, Task<Answer<TagSet>>> onSubscription)
    {
        var text = call.Input.RequiredText("ResourceArn");
        if (call.TryOwnArn(text, Arn.ReplicationConfigKind, out _, out _))
        {
            return AwsReply.Of(await onReplication(call.Grains.GetGrain<IReplicationGrain>(text)), (_, _) => { });
        }

        if (call.TryOwnArn(text, Arn.EventSubscriptionKind, out _, out _))
        {
            return AwsReply.Of(await onSubscription(call.Grains.GetGrain<IEventSubscriptionGrain>(text)), (_, _) => { });
        }

        return call.TryOwnArn(text, Arn.EndpointKind, out _, out var notFound)
            ? AwsReply.Of(await onEndpoint(call.Grains.GetGrain<IEndpointGrain>(text)), (_, _) => { })
            : notFound;
    }

    private static async Task<AwsReply> ListAsync(AwsCall call)
    {
        var one = call.Input.Text("ResourceArn");
        var several = call.Input.Texts("ResourceArnList");
        if (WrongChoice(one, several) is { } wrong)
        {
            return wrong;
        }

        var listed = new List<(string Arn, IReadOnlyDictionary<string, string> Tags)>();
        foreach (var arn in several ?? [one!])
        {
            if (await TagsOfAsync(call, arn) is not { } tags)
            {
                return AwsError.NoSuchArn(arn);
            }

            listed.Add((arn, tags));
        }

        // A tag names its resource only where the caller asked for several.
        var all = listed.SelectMany(r => r.Tags.Select(t => (t.Key, t.Value, Arn: several is null ? null : r.Arn)));
        return new AwsResult(json => json.Structures("TagList", all, (member, tag) =>
        {
            member.Text("Key", tag.Key);
            member.Text("Value", tag.Value);
            member.Text("ResourceArn", tag.Arn);
        }));
    }

    private static AwsError? WrongChoice(string? one, IReadOnlyList<string>? several) =>
        one is null && several is null ? AwsError.InvalidValue("The parameter ResourceArn or ResourceArnList must be provided.")
        : one is not null && several is not null ? AwsError.InvalidCombination("The parameters ResourceArn and ResourceArnList exclude one another.")
        : several?.Count is 0 or > MostArns ? AwsError.InvalidValue($"The parameter ResourceArnList must name 1 to {MostArns} resources.")
        : null;

    private static async Task<IReadOnlyDictionary<string, string>?> TagsOfAsync(AwsCall call, string arn)
    {
        if (call.TryOwnArn(arn, Arn.ReplicationConfigKind, out _, out _))
        {
            return (await call.Grains.GetGrain<IReplicationGrain>(arn).GetState())?.Config.Tags;
        }

        if (call.TryOwnArn(arn, Arn.EventSubscriptionKind, out _, out _))
        {
            return (await call.Grains.GetGrain<IEventSubscriptionGrain>(arn).GetState())?.Spec.Tags;
        }

        return call.TryOwnArn(arn, Arn.EndpointKind, out _, out _)
            ? (await call.Grains.GetGrain<IEndpointGrain>(arn).GetState())?.Spec.Tags
            : null;
    }
}
