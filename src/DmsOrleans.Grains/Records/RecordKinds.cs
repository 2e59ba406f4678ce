using DmsOrleans.Certificates;
using DmsOrleans.Endpoints;
using DmsOrleans.Events;
using DmsOrleans.Replications;
using DmsOrleans.SubnetGroups;

namespace DmsOrleans.Records;

/// <summary>A kind of stored record.</summary>
/// <param name="Name">Its kind in the store.</param>
/// <param name="Noun">What it is called before people.</param>
/// <param name="UsedBy">What may name it, and so keeps it from being deleted.</param>
/// <param name="Quota">The name of its quota (AccountQuotaName).</param>
/// <param name="Max">How many an account may have in a region.</param>
internal sealed record RecordKind(string Name, string Noun, string UsedBy, string Quota, Func<QuotaOptions, int> Max);

/// <summary>All kinds of stored records.</summary>
internal static class RecordKinds
{
    public static RecordKind Endpoint { get; } = new(EndpointState.Kind, "Endpoint", "a replication config", "Endpoints", o => o.Endpoints);

    public static RecordKind SubnetGroup { get; } =
        new(SubnetGroupState.Kind, "Replication subnet group", "a replication config", "ReplicationSubnetGroups", o => o.ReplicationSubnetGroups);

    public static RecordKind Certificate { get; } = new(CertificateState.Kind, "Certificate", "an endpoint", "Certificates", o => o.Certificates);

    public static RecordKind EventSubscription { get; } =
        new(EventSubscriptionState.Kind, "Event subscription", "nothing", "EventSubscriptions", o => o.EventSubscriptions);

    /// <summary>Not among <see cref="All"/>: AWS publishes no quota of replication configs, and there is none here unless one is configured.</summary>
    public static RecordKind ReplicationConfig { get; } = new(ReplicationState.Kind, "Replication Config", "nothing", "ReplicationConfigs", o => o.ReplicationConfigs);

    public static IReadOnlyList<RecordKind> All { get; } = [Endpoint, SubnetGroup, Certificate, EventSubscription];

    /// <summary>What a kind of the store is called before people.</summary>
    public static string NounOf(string kind) => All.FirstOrDefault(k => k.Name == kind)?.Noun ?? kind;
}
