using System.Text.Json;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Replications;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Replications: what a config does once it is started.</summary>
internal static class ReplicationsApi
{
    private const string DefaultReloadOption = "data-reload";

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeReplications(this AwsOperations operations) => operations
        .Serve("StartReplication", StartAsync)
        .Serve("StopReplication", StopAsync)
        .Serve("DescribeReplications", DescribeAsync)
        .Serve("ReloadReplicationTables", ReloadAsync);

    private static async Task<AwsReply> StartAsync(AwsCall call)
    {
        if (!call.TryArn("ReplicationConfigArn", Arn.ReplicationConfigKind, out var arn, out var notFound))
        {
            return notFound;
        }

        var command = new StartReplication
        {
            StartType = call.Input.RequiredText("StartReplicationType"),
            CdcStartTime = call.Input.Time("CdcStartTime"),
            CdcStartPosition = call.Input.Text("CdcStartPosition"),
            CdcStopPosition = call.Input.Text("CdcStopPosition"),
            AssessmentSettings = call.Input.Text("PremigrationAssessmentSettings"),
        };
        return AwsReply.Of(await call.Grains.GetGrain<IReplicationGrain>(arn.Value).Start(command), WriteAnswer);
    }

    private static async Task<AwsReply> StopAsync(AwsCall call)
    {
        if (!call.TryArn("ReplicationConfigArn", Arn.ReplicationConfigKind, out var arn, out var notFound))
        {
            return notFound;
        }

        return AwsReply.Of(await call.Grains.GetGrain<IReplicationGrain>(arn.Value).Stop(new StopReplication()), WriteAnswer);
    }

    private static Task<AwsReply> DescribeAsync(AwsCall call) => ReplicationPages.DescribeAsync(call, "Replications", WriteReplication, showsStatus: true);

    private static async Task<AwsReply> ReloadAsync(AwsCall call)
    {
        if (!call.TryArn("ReplicationConfigArn", Arn.ReplicationConfigKind, out var arn, out var notFound))
        {
            return notFound;
        }

        var tables = call.Input.Structures("TablesToReload")!.Select(t => new TableName(t.RequiredText("SchemaName"), t.RequiredText("TableName")));
        var command = new ReloadTables([.. tables], call.Input.Text("ReloadOption") ?? DefaultReloadOption);
        var reloaded = await call.Grains.GetGrain<IReplicationGrain>(arn.Value).Reload(command);
        return AwsReply.Of(reloaded, (json, view) => json.Text("ReplicationConfigArn", view.Arn));
    }

    private static void WriteAnswer(Utf8JsonWriter json, ReplicationView view) => json.Structure("Replication", view, WriteReplication);

    private static void WriteReplication(Utf8JsonWriter json, ReplicationView view)
    {
        json.Text("ReplicationConfigIdentifier", view.Config.Identifier);
        json.Text("ReplicationConfigArn", view.Arn);
        json.Text("SourceEndpointArn", view.Config.SourceEndpointArn);
        json.Text("TargetEndpointArn", view.Config.TargetEndpointArn);
        json.Text("ReplicationType", view.Config.Type.ToWire());
        json.Text("Status", view.Status);
        json.Structure("ProvisionData", view.Provision, WriteProvision);
        if (view.Assessments is { } assessments)
        {
            json.Structures("PremigrationAssessmentStatuses", assessments, AssessmentsApi.WriteStatus);
        }

        json.Text("StopReason", view.StopReason);
        json.Texts("FailureMessages", view.FailureMessages.Count > 0 ? view.FailureMessages : null);
        json.Structure("ReplicationStats", view.Stats, WriteStats);
        json.Text("StartReplicationType", view.StartType);
        json.Time("CdcStartTime", view.CdcStartTime);
        json.Text("CdcStartPosition", view.CdcStartPosition);
        json.Text("CdcStopPosition", view.CdcStopPosition);
        json.Text("RecoveryCheckpoint", view.RecoveryCheckpoint);
        json.Time("ReplicationCreateTime", view.CreatedAt);
        json.Time("ReplicationUpdateTime", view.UpdatedAt);
        json.Time("ReplicationLastStopTime", view.LastStopTime);
        json.Time("ReplicationDeprovisionTime", view.DeprovisionTime);
        json.Flag("IsReadOnly", false);
    }

    private static void WriteProvision(Utf8JsonWriter json, ProvisionView provision)
    {
        json.Text("ProvisionState", provision.State);
        json.Number("ProvisionedCapacityUnits", provision.CapacityUnits);
        json.Time("DateProvisioned", provision.DateProvisioned);
        json.Flag("IsNewProvisioningAvailable", provision.IsNewProvisioningAvailable);
        json.Time("DateNewProvisioningDataAvailable", provision.DateNewProvisioningDataAvailable);
        json.Text("ReasonForNewProvisioningData", provision.Reason);
    }

    private static void WriteStats(Utf8JsonWriter json, ReplicationStats stats)
    {
        json.Number("FullLoadProgressPercent", stats.FullLoadProgressPercent);
        json.Number("ElapsedTimeMillis", stats.ElapsedTimeMillis);
        json.Number("TablesLoaded", stats.TablesLoaded);
        json.Number("TablesLoading", stats.TablesLoading);
        json.Number("TablesQueued", stats.TablesQueued);
        json.Number("TablesErrored", stats.TablesErrored);
        json.Time("FreshStartDate", stats.FreshStartDate);
        json.Time("StartDate", stats.StartDate);
        json.Time("StopDate", stats.StopDate);
        json.Time("FullLoadStartDate", stats.FullLoadStartDate);
        json.Time("FullLoadFinishDate", stats.FullLoadFinishDate);
    }
}
