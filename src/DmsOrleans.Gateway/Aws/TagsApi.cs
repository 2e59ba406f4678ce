using System.Collections.Frozen;
using DmsOrleans.Certificates;
using DmsOrleans.Endpoints;
using DmsOrleans.Events;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Records;
using DmsOrleans.Replications;
using DmsOrleans.SubnetGroups;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Tags of all resources that have them, by ARN.</summary>
internal static class TagsApi
{
    private const int MostArns = 100;

    /// <summary>What has tags, by the kind in its ARN: a resource is one line.</summary>
    private static readonly FrozenDictionary<string, Func<IGrainFactory, string, ITaggedGrain>> Taggable = new Dictionary<string, Func<IGrainFactory, string, ITaggedGrain>>
    {
        [Arn.ReplicationConfigKind] = (grains, arn) => grains.GetGrain<IReplicationGrain>(arn),
        [Arn.EndpointKind] = (grains, arn) => grains.GetGrain<IEndpointGrain>(arn),
        [Arn.SubnetGroupKind] = (grains, arn) => grains.GetGrain<ISubnetGroupGrain>(arn),
        [Arn.CertificateKind] = (grains, arn) => grains.GetGrain<ICertificateGrain>(arn),
        [Arn.EventSubscriptionKind] = (grains, arn) => grains.GetGrain<IEventSubscriptionGrain>(arn),
    }.ToFrozenDictionary(StringComparer.Ordinal);

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

        var arn = call.Input.RequiredText("ResourceArn");
        return Resource(call, arn) is { } resource ? AwsReply.Of(await resource.AddTags(new(tags)), (_, _) => { }) : AwsError.NoSuchArn(arn);
    }

    private static async Task<AwsReply> RemoveAsync(AwsCall call)
    {
        var arn = call.Input.RequiredText("ResourceArn");
        var command = new RemoveTags(call.Input.Texts("TagKeys")!);
        return Resource(call, arn) is { } resource ? AwsReply.Of(await resource.RemoveTags(command), (_, _) => { }) : AwsError.NoSuchArn(arn);
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
            if (Resource(call, arn) is not { } resource || await resource.ListTags(new()) is not { } found)
            {
                return AwsError.NoSuchArn(arn);
            }

            listed.Add((arn, found.Tags));
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

    // Null when the ARN names nothing of the caller's that has tags.
    private static ITaggedGrain? Resource(AwsCall call, string arn) =>
        Taggable.TryGetValue(new Arn(arn).Kind, out var of) && new Arn(arn).Scope == call.Scope ? of(call.Grains, arn) : null;
}
