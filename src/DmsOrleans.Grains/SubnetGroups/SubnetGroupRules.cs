using DmsOrleans.Records;
using DmsOrleans.Replications;
using Microsoft.Extensions.Options;

namespace DmsOrleans.SubnetGroups;

/// <summary>What a subnet group may be (model: CreateReplicationSubnetGroupMessage).</summary>
internal sealed class SubnetGroupRules(SimulatedNetwork network, IOptions<QuotaOptions> quotas)
{
    private const int FewestZones = 2;
    private const int LongestSubnetId = 64;
    private const string SubnetPrefix = "subnet-";

    /// <summary>Null when acceptable.</summary>
    public Refusal? Check(AwsScope scope, SubnetGroupSpec spec) =>
        CheckIdentifier(spec.Identifier) ?? CheckDescription(spec.Description) ?? CheckSubnets(scope, spec.SubnetIds);

    /// <summary>
    /// The spec of a replication with the group that its compute config names: the store sees to it that there is one. A name that stays as it was is not looked
    /// up again, so that configs stored by releases that took any name still walk.
    /// </summary>
    public static ReplicationSpec Placed(AwsScope scope, ReplicationSpec? before, ReplicationSpec spec)
    {
        var name = spec.Compute.ReplicationSubnetGroupId;
        return before is not null && name == before.Compute.ReplicationSubnetGroupId
            ? spec
            : spec with { SubnetGroupArn = string.IsNullOrEmpty(name) ? null : Arn.Of(scope, Arn.SubnetGroupKind, name.ToLowerInvariant()).Value };
    }

    private static Refusal? CheckIdentifier(string identifier) =>
        identifier == "default" ? Refusal.InvalidValue("ReplicationSubnetGroupIdentifier must not be 'default'.")
        : identifier.Length is > 0 and <= 255 && identifier.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') ? null
        : Refusal.InvalidValue($"ReplicationSubnetGroupIdentifier '{identifier}' is not valid: it has 1 to 255 letters, digits, periods, underscores or hyphens.");

    private static Refusal? CheckDescription(string description) =>
        description.Any(char.IsControl) ? Refusal.InvalidValue("ReplicationSubnetGroupDescription must not contain control characters.") : null;

    private Refusal? CheckSubnets(AwsScope scope, IReadOnlyList<string> subnets)
    {
        if (subnets.FirstOrDefault(id => !IsSubnet(id)) is { } wrong)
        {
            return new(Fault.InvalidSubnet, $"The subnet '{wrong}' is not valid: an id has the form {SubnetPrefix}0123456789abcdef0.");
        }

        if (subnets.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return new(Fault.InvalidSubnet, $"The subnet '{twice.Key}' is given more than once.");
        }

        var max = quotas.Value.SubnetsPerReplicationSubnetGroup;
        if (subnets.Count > max)
        {
            return Quotas.Exceeded("SubnetsPerReplicationSubnetGroup", max, $"{subnets.Count} subnets were given.");
        }

        var zones = subnets.Select(id => network.ZoneOf(scope, id)).Distinct(StringComparer.Ordinal).ToList();
        return zones.Count >= FewestZones ? null : new(
            Fault.TooFewAvailabilityZones,
            $"The replication subnet group needs subnets in at least {FewestZones} availability zones; those given lie in {(zones.Count == 0 ? "none" : zones[0])}.");
    }

    private static bool IsSubnet(string id) =>
        id.StartsWith(SubnetPrefix, StringComparison.Ordinal) && id.Length > SubnetPrefix.Length && id.Length <= LongestSubnetId
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && char.IsAsciiLetterOrDigit(id[^1]);
}
