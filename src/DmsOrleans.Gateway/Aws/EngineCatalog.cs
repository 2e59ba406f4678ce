using System.Globalization;

namespace DmsOrleans.Gateway.Aws;

/// <summary>A version of the replication engine.</summary>
/// <param name="Version">For example <c>3.5.4</c>.</param>
/// <param name="Lifecycle"><c>ACTIVE</c>, <c>DEFAULT_VERSION</c> or <c>DEPRECATED</c>.</param>
/// <param name="Launched">When it was published.</param>
/// <param name="Deprecated">After which it can no longer be requested; null when that is not decided.</param>
/// <param name="Forced">When instances are upgraded; null when that is not decided.</param>
internal sealed record EngineVersion(string Version, string Lifecycle, DateTimeOffset Launched, DateTimeOffset? Deprecated, DateTimeOffset? Forced);

/// <summary>A class of replication instance for one engine version. Nothing can be created from it in DMS Serverless.</summary>
internal sealed record OrderableInstance(string EngineVersion, string Class, int DefaultStorage);

/// <summary>What the service offers, as its release notes (CHAP_ReleaseNotes) and instance types (CHAP_ReplicationInstance.Types) have it: data, the same for every account.</summary>
internal static class EngineCatalog
{
    /// <summary>Gigabytes of storage that can be allocated.</summary>
    public const int MinStorage = 5;

    /// <summary>Gigabytes of storage that can be allocated.</summary>
    public const int MaxStorage = 6144;

    private const int SmallStorage = 50;
    private const int LargeStorage = 100;

    private static readonly string[] SmallClasses = ["dms.t3.micro", "dms.t3.small", "dms.t3.medium", "dms.t3.large"];

    private static readonly string[] LargeClasses =
    [
        .. from family in new[] { "c5", "c6i", "r5", "r6i" }
           from size in new[] { "large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge" }
           select $"dms.{family}.{size}",
    ];

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<EngineVersion> Versions { get; } =
    [
        new("3.6.1", "ACTIVE", Day("2025-05-15"), null, null),
        new("3.6.0", "ACTIVE", Day("2024-12-27"), Day("2026-04-27"), Day("2026-07-27")),
        new("3.5.4", "DEFAULT_VERSION", Day("2024-11-15"), Day("2027-01-31"), Day("2027-03-31")),
        new("3.5.3", "ACTIVE", Day("2024-05-17"), Day("2026-02-28"), Day("2026-06-30")),
        new("3.5.2", "DEPRECATED", Day("2023-10-29"), Day("2025-03-30"), Day("2025-04-29")),
        new("3.5.1", "DEPRECATED", Day("2023-06-30"), Day("2024-11-30"), Day("2025-03-15")),
    ];

    /// <summary>Every class with every version that can be requested.</summary>
    public static IReadOnlyList<OrderableInstance> Instances { get; } =
    [
        .. from version in Versions
           where version.Lifecycle != "DEPRECATED"
           from instance in SmallClasses.Select(c => (Class: c, Storage: SmallStorage)).Concat(LargeClasses.Select(c => (Class: c, Storage: LargeStorage)))
           select new OrderableInstance(version.Version, instance.Class, instance.Storage),
    ];

    /// <summary>The versions one can be upgraded to: all that are newer.</summary>
    public static IReadOnlyList<string> UpgradesOf(EngineVersion version) => [.. Versions.Where(v => v.Launched > version.Launched).Select(v => v.Version).Reverse()];

    private static DateTimeOffset Day(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
