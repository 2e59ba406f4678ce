using System.ComponentModel.DataAnnotations;

namespace DmsOrleans.Records;

/// <summary>
/// How many resources an account may have in a region. Section <c>DmsOrleans:Quotas</c>. The defaults are those AWS publishes (CHAP_Limits). A quota is looked at
/// before a create is stored, so creates in the same moment may exceed it by their number. Lowering one takes nothing away.
/// </summary>
public sealed class QuotaOptions
{
    /// <summary>Where these options are configured.</summary>
    public const string Section = "DmsOrleans:Quotas";

    /// <summary>Endpoints. Raising it makes each create count more of them.</summary>
    [Range(0, int.MaxValue)]
    public int Endpoints { get; set; } = 1_000;

    /// <summary>Replication subnet groups.</summary>
    [Range(0, int.MaxValue)]
    public int ReplicationSubnetGroups { get; set; } = 60;

    /// <summary>Subnets in one replication subnet group.</summary>
    [Range(2, int.MaxValue)]
    public int SubnetsPerReplicationSubnetGroup { get; set; } = 60;

    /// <summary>Certificates.</summary>
    [Range(0, int.MaxValue)]
    public int Certificates { get; set; } = 100;

    /// <summary>Replication configs: no limit, since AWS publishes none. Setting one makes each create count them.</summary>
    [Range(0, int.MaxValue)]
    public int ReplicationConfigs { get; set; } = int.MaxValue;

    /// <summary>Event subscriptions.</summary>
    [Range(0, int.MaxValue)]
    public int EventSubscriptions { get; set; } = 60;
}
