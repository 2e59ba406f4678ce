using System.Text.Json;
using DmsOrleans.Accounts;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Records;

namespace DmsOrleans.Gateway.Aws;

/// <summary>What an account may have, and what the service offers it.</summary>
internal static class AccountApi
{
    private const int FewestVersions = 1;
    private const int MostVersions = 100;

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeAccount(this AwsOperations operations) => operations
        .Serve("DescribeAccountAttributes", DescribeAttributesAsync)
        .Serve("DescribeEngineVersions", call => Task.FromResult(Describe(
            call, AwsPaging.Read(call.Input, FewestVersions, MostVersions), "EngineVersions", EngineCatalog.Versions, WriteVersion)))
        .Serve("DescribeOrderableReplicationInstances", call => Task.FromResult(Describe(
            call, AwsPaging.Read(call.Input), "OrderableReplicationInstances", EngineCatalog.Instances, (json, instance) => WriteInstance(json, instance, call.Scope.Region))));

    private static async Task<AwsReply> DescribeAttributesAsync(AwsCall call)
    {
        var attributes = await call.Grains.GetGrain<IAccountDirectory>(0).Attributes(call.Scope);
        return new AwsResult(json =>
        {
            json.Structures("AccountQuotas", attributes.Quotas, WriteQuota);
            json.Text("UniqueAccountIdentifier", attributes.UniqueIdentifier);
        });
    }

    private static AwsReply Describe<T>(
        AwsCall call, (AwsPaging Paging, AwsError? Error) paging, string list, IReadOnlyList<T> all, Action<Utf8JsonWriter, T> members)
    {
        var (offset, badMarker) = AwsMarker.ReadCount(list, paging.Paging.Marker);
        if ((paging.Error ?? badMarker) is { } error)
        {
            return error;
        }

        var end = (int)Math.Min((long)offset + paging.Paging.Limit, all.Count);
        var page = new RecordPage<T>([.. all.Skip(offset).Take(paging.Paging.Limit)], end < all.Count ? AwsMarker.Of(list, end) : null);
        return RecordList.Answer(list, page, members);
    }

    private static void WriteQuota(Utf8JsonWriter json, AccountQuota quota)
    {
        json.Text("AccountQuotaName", quota.Name);
        json.Number("Used", quota.Used);
        json.Number("Max", quota.Max);
    }

    private static void WriteVersion(Utf8JsonWriter json, EngineVersion version)
    {
        json.Text("Version", version.Version);
        json.Text("Lifecycle", version.Lifecycle);
        json.Text("ReleaseStatus", "prod");
        json.Time("LaunchDate", version.Launched);
        json.Time("DeprecationDate", version.Deprecated);
        json.Time("ForceUpgradeDate", version.Forced);
        json.Texts("AvailableUpgrades", EngineCatalog.UpgradesOf(version));
    }

    private static void WriteInstance(Utf8JsonWriter json, OrderableInstance instance, string region)
    {
        json.Text("EngineVersion", instance.EngineVersion);
        json.Text("ReplicationInstanceClass", instance.Class);
        json.Text("StorageType", "gp2");
        json.Number("MinAllocatedStorage", EngineCatalog.MinStorage);
        json.Number("MaxAllocatedStorage", EngineCatalog.MaxStorage);
        json.Number("DefaultAllocatedStorage", instance.DefaultStorage);
        json.Number("IncludedAllocatedStorage", instance.DefaultStorage);
        json.Texts("AvailabilityZones", [$"{region}a", $"{region}b", $"{region}c"]);
        json.Text("ReleaseStatus", "prod");
    }
}
