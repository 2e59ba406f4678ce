using System.Text.Json;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Records;
using DmsOrleans.Replications;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Maintenance of replications. In ReplicationInstanceArn the ARN of a replication config is given: there are no instances.</summary>
internal static class MaintenanceApi
{
    private const string InstanceFilter = "replication-instance-arn";

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeMaintenance(this AwsOperations operations) => operations
        .Serve("DescribePendingMaintenanceActions", DescribeAsync)
        .Serve("ApplyPendingMaintenanceAction", ApplyAsync);

    private static async Task<AwsReply> ApplyAsync(AwsCall call)
    {
        if (!call.TryArn("ReplicationInstanceArn", Arn.ReplicationConfigKind, out var arn, out var notFound))
        {
            return notFound;
        }

        var command = new ApplyMaintenance(call.Input.RequiredText("ApplyAction"), call.Input.RequiredText("OptInType"));
        return AwsReply.Of(
            await call.Grains.GetGrain<IReplicationGrain>(arn.Value).ApplyMaintenance(command),
            (json, pending) => json.Structure("ResourcePendingMaintenanceActions", pending, WritePending));
    }

    private static async Task<AwsReply> DescribeAsync(AwsCall call)
    {
        var (filters, badFilter) = AwsFilters.Read(call.Input, InstanceFilter);
        var (paging, badPaging) = AwsPaging.Read(call.Input);
        var one = call.Input.Text("ReplicationInstanceArn");
        var error = badFilter ?? badPaging;
        if (error is null && one is not null && call.TryOwnArn(one, Arn.ReplicationConfigKind, out _, out error)
            && await call.Grains.GetGrain<IReplicationGrain>(one).GetState() is null)
        {
            error = AwsError.NoSuchArn(one);
        }

        if (error is not null)
        {
            return error;
        }

        var named = filters[InstanceFilter];
        var page = await call.Grains.GetGrain<IMaintenanceDirectory>(0).List(new RecordQuery
        {
            Scope = call.Scope,
            Arns = one is null ? named : named?.Contains(one) is false ? [] : [one],
            Cursor = paging.Marker,
            Limit = paging.Limit,
        });
        return RecordList.Answer("PendingMaintenanceActions", page, WritePending);
    }

    private static void WritePending(Utf8JsonWriter json, PendingMaintenance pending)
    {
        json.Text("ResourceIdentifier", pending.Arn);
        json.Structures("PendingMaintenanceActionDetails", pending.Actions, WriteAction);
    }

    private static void WriteAction(Utf8JsonWriter json, MaintenanceAction action)
    {
        json.Text("Action", action.Action);
        json.Text("OptInStatus", action.OptInStatus);
        json.Time("CurrentApplyDate", action.CurrentApplyDate);
        json.Text("Description", action.Description);
    }
}
