using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace DmsOrleans.SubnetGroups;

/// <summary>What AWS's network would know. Section <c>DmsOrleans:Network</c>.</summary>
public sealed class NetworkOptions
{
    /// <summary>Where these options are configured.</summary>
    public const string Section = "DmsOrleans:Network";

    /// <summary>Availability zones by subnet id, for example <c>subnet-0a1b</c>: <c>us-east-1c</c>. A subnet that is not named here lies where its id says.</summary>
    public Dictionary<string, string> SubnetZones { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// Where subnets lie. There is no network behind it: the last character of a subnet's id says its zone. <c>1</c>, <c>2</c>, <c>3</c> and <c>a</c>, <c>b</c>,
/// <c>c</c> are the zones a, b and c of the region, and so on in turn: two subnets made up beside one another lie in two zones.
/// </summary>
internal sealed class SimulatedNetwork(IOptions<NetworkOptions> options)
{
    private const int Zones = 3;
    private const int VpcIdDigits = 17;

    /// <summary>The availability zone of a subnet.</summary>
    public string ZoneOf(AwsScope scope, string subnetId) =>
        options.Value.SubnetZones.TryGetValue(subnetId, out var zone) ? zone : $"{scope.Region}{(char)('a' + IndexOf(subnetId[^1]))}";

    /// <summary>The one VPC of an account in a region.</summary>
    public static string VpcOf(AwsScope scope) =>
        $"vpc-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"vpc/{scope}")))[..VpcIdDigits]}";

    private static int IndexOf(char last) => (char.IsAsciiDigit(last) ? last - '1' + Zones : char.ToLowerInvariant(last) - 'a' + Zones) % Zones;
}
