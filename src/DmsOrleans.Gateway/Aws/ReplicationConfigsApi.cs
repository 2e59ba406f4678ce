using System.Text.Json;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Replications;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Replication configs: what is asked of a replication.</summary>
internal static class ReplicationConfigsApi
{
    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeReplicationConfigs(this AwsOperations operations) => operations
        .Serve("CreateReplicationConfig", CreateAsync)
        .Serve("ModifyReplicationConfig", ModifyAsync)
        .Serve("DeleteReplicationConfig", DeleteAsync)
        .Serve("DescribeReplicationConfigs", DescribeAsync);

    private static async Task<AwsReply> CreateAsync(AwsCall call)
    {
        var (id, badId) = ResourceIds.Of(call.Input);
        var (tags, badTags) = AwsTags.Read(call.Input);
        var compute = Compute(call.Input.Structure("ComputeConfig"));
        if ((badId ?? badTags) is { } error)
        {
            return error;
        }

        if (compute is null)
        {
            return AwsError.InvalidValue("The parameter ComputeConfig.MaxCapacityUnits must be provided.");
        }

        var arn = Arn.Of(call.Scope, Arn.ReplicationConfigKind, id);
        var created = await call.Grains.GetGrain<IReplicationGrain>(arn.Value).Create(new CreateReplication(Spec(call.Input, compute, tags)));
        return AwsReply.Of(created, WriteAnswer);
    }

    private static async Task<AwsReply> ModifyAsync(AwsCall call)
    {
        if (!call.TryArn("ReplicationConfigArn", Arn.ReplicationConfigKind, out var arn, out var notFound))
        {
            return notFound;
        }

        return AwsReply.Of(await call.Grains.GetGrain<IReplicationGrain>(arn.Value).Modify(Change(call.Input)), WriteAnswer);
    }

    private static async Task<AwsReply> DeleteAsync(AwsCall call)
    {
        if (!call.TryArn("ReplicationConfigArn", Arn.ReplicationConfigKind, out var arn, out var notFound))
        {
            return notFound;
        }

        return AwsReply.Of(await call.Grains.GetGrain<IReplicationGrain>(arn.Value).Delete(new DeleteReplication()), WriteAnswer);
    }

    private static Task<AwsReply> DescribeAsync(AwsCall call) => ReplicationPages.DescribeAsync(call, "ReplicationConfigs", WriteConfig);

    private static ReplicationSpec Spec(AwsInput input, ComputeConfig compute, IReadOnlyDictionary<string, string> tags)
    {
        _ = ReplicationTypes.TryParse(input.RequiredText("ReplicationType"), out var type); // the model has checked the word
        return new ReplicationSpec
        {
            Identifier = input.RequiredText("ReplicationConfigIdentifier"),
            SourceEndpointArn = input.RequiredText("SourceEndpointArn"),
            TargetEndpointArn = input.RequiredText("TargetEndpointArn"),
            Type = type,
            TableMappings = input.RequiredText("TableMappings"),
            ReplicationSettings = input.Text("ReplicationSettings"),
            SupplementalSettings = input.Text("SupplementalSettings"),
            Compute = compute,
            Tags = tags,
        };
    }

    private static ComputeConfig? Compute(AwsInput? given) => given is { } input && input.Integer("MaxCapacityUnits") is { } max
        ? new ComputeConfig
        {
            MaxCapacityUnits = max,
            MinCapacityUnits = input.Integer("MinCapacityUnits"),
            AvailabilityZone = input.Text("AvailabilityZone"),
            DnsNameServers = input.Text("DnsNameServers"),
            KmsKeyId = input.Text("KmsKeyId"),
            MultiAZ = input.Flag("MultiAZ"),
            PreferredMaintenanceWindow = input.Text("PreferredMaintenanceWindow"),
            ReplicationSubnetGroupId = input.Text("ReplicationSubnetGroupId"),
            VpcSecurityGroupIds = input.Texts("VpcSecurityGroupIds"),
        }
        : null;

    private static ModifyReplication Change(AwsInput input) => new()
    {
        Identifier = input.Text("ReplicationConfigIdentifier"),
        Type = ReplicationTypes.TryParse(input.Text("ReplicationType"), out var type) ? type : null,
        TableMappings = input.Text("TableMappings"),
        ReplicationSettings = input.Text("ReplicationSettings"),
        SupplementalSettings = input.Text("SupplementalSettings"),
        SourceEndpointArn = input.Text("SourceEndpointArn"),
        TargetEndpointArn = input.Text("TargetEndpointArn"),
        Compute = input.Structure("ComputeConfig") is { } compute ? ComputeChange(compute) : null,
    };

    private static ComputeChange ComputeChange(AwsInput input) => new()
    {
        MaxCapacityUnits = input.Integer("MaxCapacityUnits"),
        MinCapacityUnits = input.Integer("MinCapacityUnits"),
        AvailabilityZone = input.Text("AvailabilityZone"),
        DnsNameServers = input.Text("DnsNameServers"),
        KmsKeyId = input.Text("KmsKeyId"),
        MultiAZ = input.Flag("MultiAZ"),
        PreferredMaintenanceWindow = input.Text("PreferredMaintenanceWindow"),
        ReplicationSubnetGroupId = input.Text("ReplicationSubnetGroupId"),
        VpcSecurityGroupIds = input.Texts("VpcSecurityGroupIds"),
    };

    private static void WriteAnswer(Utf8JsonWriter json, ReplicationView view) => json.Structure("ReplicationConfig", view, WriteConfig);

    private static void WriteConfig(Utf8JsonWriter json, ReplicationView view)
    {
        var config = view.Config;
        json.Text("ReplicationConfigIdentifier", config.Identifier);
        json.Text("ReplicationConfigArn", view.Arn);
        json.Text("SourceEndpointArn", config.SourceEndpointArn);
        json.Text("TargetEndpointArn", config.TargetEndpointArn);
        json.Text("ReplicationType", config.Type.ToWire());
        json.Structure("ComputeConfig", config.Compute, WriteCompute);
        json.Text("ReplicationSettings", config.ReplicationSettings);
        json.Text("SupplementalSettings", config.SupplementalSettings);
        json.Text("TableMappings", config.TableMappings);
        json.Time("ReplicationConfigCreateTime", config.CreatedAt);
        json.Time("ReplicationConfigUpdateTime", config.UpdatedAt);
        json.Flag("IsReadOnly", false);
    }

    private static void WriteCompute(Utf8JsonWriter json, ComputeConfig compute)
    {
        json.Text("AvailabilityZone", compute.AvailabilityZone);
        json.Text("DnsNameServers", compute.DnsNameServers);
        json.Text("KmsKeyId", compute.KmsKeyId);
        json.Number("MaxCapacityUnits", compute.MaxCapacityUnits);
        json.Number("MinCapacityUnits", compute.MinCapacityUnits);
        json.Flag("MultiAZ", compute.MultiAZ);
        json.Text("PreferredMaintenanceWindow", compute.PreferredMaintenanceWindow);
        json.Text("ReplicationSubnetGroupId", compute.ReplicationSubnetGroupId);
        json.Texts("VpcSecurityGroupIds", compute.VpcSecurityGroupIds);
    }
}
