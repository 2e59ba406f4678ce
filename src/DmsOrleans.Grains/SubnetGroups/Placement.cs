using DmsOrleans.Replications;
using DmsOrleans.Storage;

namespace DmsOrleans.SubnetGroups;

/// <summary>Whether the subnet group of a replication config has room for what its compute config asks (model: CreateReplicationConfig).</summary>
internal sealed class Placement(SimulatedNetwork network, IStateStore store)
{
    private const int ZonesOfMultiAZ = 2;

    /// <summary>Null when it has, when no group is named, and when the named one is not there, which the store refuses.</summary>
    public async Task<Refusal?> CheckAsync(AwsScope scope, ReplicationSpec spec)
    {
        var zone = spec.Compute.AvailabilityZone;
        if (spec.SubnetGroupArn is not { } group || (string.IsNullOrEmpty(zone) && spec.Compute.MultiAZ is not true))
        {
            return null;
        }

        var page = await store.ListAsync<SubnetGroupState>(new() { Kind = SubnetGroupState.Kind, Keys = [group], Limit = 1 }, CancellationToken.None);
        if (page.Items is not [var found])
        {
            return null;
        }

        var name = found.State.Spec!.Identifier;
        var zones = found.State.Spec.SubnetIds.Select(id => network.ZoneOf(scope, id)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return !string.IsNullOrEmpty(zone) && !zones.Contains(zone, StringComparer.Ordinal)
            ? new(Fault.InvalidSubnet, $"No subnet of the replication subnet group {name} lies in the availability zone {zone}: they lie in {string.Join(", ", zones)}.")
            : zones.Count < ZonesOfMultiAZ && spec.Compute.MultiAZ is true
                ? new(Fault.TooFewAvailabilityZones, $"MultiAZ needs subnets in at least {ZonesOfMultiAZ} availability zones; those of the replication subnet group {name} lie in {string.Join(", ", zones)}.")
                : null;
    }
}
