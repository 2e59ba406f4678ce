using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.SubnetGroups;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Replication subnet groups: where replications may be placed.</summary>
internal static class SubnetGroupsApi
{
    private static readonly RecordList Groups = new("ReplicationSubnetGroups", "replication subnet group", ArnFilter: null, "replication-subnet-group-id", Stored);

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeSubnetGroups(this AwsOperations operations) => operations
        .Serve("CreateReplicationSubnetGroup", CreateAsync)
        .Serve("ModifyReplicationSubnetGroup", ModifyAsync)
        .Serve("DeleteReplicationSubnetGroup", DeleteAsync)
        .Serve("DescribeReplicationSubnetGroups", DescribeAsync);

    private static async Task<AwsReply> CreateAsync(AwsCall call)
    {
        var (tags, badTags) = AwsTags.Read(call.Input);
        if (badTags is not null)
        {
            return badTags;
        }

        var spec = new SubnetGroupSpec
        {
            Identifier = Stored(call.Input.RequiredText("ReplicationSubnetGroupIdentifier")),
            Description = call.Input.RequiredText("ReplicationSubnetGroupDescription"),
            SubnetIds = call.Input.Texts("SubnetIds")!,
            Tags = tags,
        };
        return AwsReply.Of(await Grain(call, ArnOf(call, spec.Identifier)).Create(new(spec)), WriteAnswer);
    }

    private static async Task<AwsReply> ModifyAsync(AwsCall call)
    {
        if (!TryNamed(call, out var arn, out var notFound))
        {
            return notFound;
        }

        var command = new ModifySubnetGroup(call.Input.Text("ReplicationSubnetGroupDescription"), call.Input.Texts("SubnetIds")!);
        return AwsReply.Of(await Grain(call, arn).Modify(command), WriteAnswer);
    }

    private static async Task<AwsReply> DeleteAsync(AwsCall call) => TryNamed(call, out var arn, out var notFound)
        ? AwsReply.Of(await Grain(call, arn).Delete(new()), (_, _) => { })
        : notFound;

    private static Task<AwsReply> DescribeAsync(AwsCall call) => Groups.DescribeAsync(
        call, AwsPaging.Read(call.Input), query => call.Grains.GetGrain<ISubnetGroupDirectory>(0).List(query), WriteGroup);

    // A name that no group can have names none.
    private static bool TryNamed(AwsCall call, out Arn arn, [NotNullWhen(false)] out AwsError? notFound)
    {
        arn = ArnOf(call, Stored(call.Input.RequiredText("ReplicationSubnetGroupIdentifier")));
        return call.TryOwnArn(arn.Value, Arn.SubnetGroupKind, out _, out notFound);
    }

    /// <summary>"This value is stored as a lowercase string."</summary>
    private static string Stored(string identifier) => identifier.ToLowerInvariant();

    private static Arn ArnOf(AwsCall call, string identifier) => Arn.Of(call.Scope, Arn.SubnetGroupKind, identifier);

    private static ISubnetGroupGrain Grain(AwsCall call, Arn arn) => call.Grains.GetGrain<ISubnetGroupGrain>(arn.Value);

    private static void WriteAnswer(Utf8JsonWriter json, SubnetGroupView view) => json.Structure("ReplicationSubnetGroup", view, WriteGroup);

    private static void WriteGroup(Utf8JsonWriter json, SubnetGroupView view)
    {
        json.Text("ReplicationSubnetGroupIdentifier", view.Spec.Identifier);
        json.Text("ReplicationSubnetGroupDescription", view.Spec.Description);
        json.Text("VpcId", view.VpcId);
        json.Text("SubnetGroupStatus", "Complete");
        json.Structures("Subnets", view.Subnets, WriteSubnet);
        json.Texts("SupportedNetworkTypes", ["IPV4"]);
        json.Flag("IsReadOnly", false);
    }

    private static void WriteSubnet(Utf8JsonWriter json, SubnetView subnet)
    {
        json.Text("SubnetIdentifier", subnet.Id);
        json.Structure("SubnetAvailabilityZone", subnet, (zone, s) => zone.Text("Name", s.AvailabilityZone));
        json.Text("SubnetStatus", "Active");
    }
}
