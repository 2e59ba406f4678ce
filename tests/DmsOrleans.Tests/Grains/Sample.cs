using DmsOrleans.Engines;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Grains;

/// <summary>Ordinary values, so that a test names only what it is about.</summary>
internal static class Sample
{
    public const string SourceArn = "arn:aws:dms:us-east-1:000000000000:endpoint:SOURCE";
    public const string TargetArn = "arn:aws:dms:us-east-1:000000000000:endpoint:TARGET";
    public const string ReplicationArn = "arn:aws:dms:us-east-1:000000000000:replication-config:ORDERS";
    public const string EverythingIncluded =
        """{"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"%","table-name":"%"},"rule-action":"include"}]}""";

    public static SourceMetadata Metadata { get; } = new() { TablesListed = 3, TablesMatched = 2, Rows = 1_000, Bytes = 1_000_000, LobShare = 0, ChangesPerSecond = 5 };

    public static ReplicationSpec Spec(ReplicationType type = ReplicationType.FullLoadAndCdc) => new()
    {
        Identifier = "orders",
        SourceEndpointArn = SourceArn,
        TargetEndpointArn = TargetArn,
        Type = type,
        TableMappings = EverythingIncluded,
        Compute = new() { MaxCapacityUnits = 16 },
    };

    public static RunState Run() => new() { Number = 1, StartType = "start-replication", StartedAt = default, FreshStartAt = default };
}
