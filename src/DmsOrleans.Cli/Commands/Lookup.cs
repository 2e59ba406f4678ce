using System.Text.Json.Nodes;
using DmsOrleans.Cli.Api;

namespace DmsOrleans.Cli.Commands;

/// <summary>Finds what a user names, by identifier or ARN, through the AWS operations.</summary>
internal static class Lookup
{
    /// <summary>The replication.</summary>
    /// <exception cref="ServiceException">There is none of this name.</exception>
    public static Task<JsonObject> ReplicationAsync(DmsClient client, string name, CancellationToken cancellationToken) =>
        OnlyAsync(client, "DescribeReplications", "Replications", ReplicationFilter(name), name, cancellationToken);

    /// <summary>The replication config.</summary>
    /// <exception cref="ServiceException">There is none of this name.</exception>
    public static Task<JsonObject> ConfigAsync(DmsClient client, string name, CancellationToken cancellationToken) =>
        OnlyAsync(client, "DescribeReplicationConfigs", "ReplicationConfigs", ReplicationFilter(name), name, cancellationToken);

    /// <summary>The ARN of a replication; asks the service only when the name is not one already.</summary>
    public static async Task<string> ReplicationArnAsync(DmsClient client, string name, CancellationToken cancellationToken) =>
        IsArn(name) ? name : (await ReplicationAsync(client, name, cancellationToken)).Text("ReplicationConfigArn")!;

    /// <summary>The ARN of an endpoint; asks the service only when the name is not one already.</summary>
    public static async Task<string> EndpointArnAsync(DmsClient client, string name, CancellationToken cancellationToken) =>
        IsArn(name) ? name
        : (await OnlyAsync(client, "DescribeEndpoints", "Endpoints", "endpoint-id", name, cancellationToken)).Text("EndpointArn")!;

    private static string ReplicationFilter(string name) => IsArn(name) ? "replication-config-arn" : "replication-config-id";

    private static bool IsArn(string name) => name.StartsWith("arn:", StringComparison.Ordinal);

    private static async Task<JsonObject> OnlyAsync(
        DmsClient client, string operation, string member, string filter, string name, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["Filters"] = new JsonArray(new JsonObject { ["Name"] = filter, ["Values"] = new JsonArray(name) }),
        };
        var answer = await client.CallAsync(operation, request, cancellationToken);
        return answer[member] is JsonArray { Count: > 0 } found && found[0] is JsonObject first
            ? first
            : throw new ServiceException("ResourceNotFoundFault", $"There is no '{name}'.", operation, 400);
    }
}

/// <summary>Reads members of the service's answers.</summary>
internal static class JsonMembers
{
    /// <summary>A text or number member as text; null when it is absent.</summary>
    public static string? Text(this JsonObject node, string member) => node[member] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => other.ToJsonString(),
    };

    /// <summary>A TStamp member; null when it is absent.</summary>
    public static DateTimeOffset? Instant(this JsonObject node, string member) =>
        node[member] is JsonValue value && value.TryGetValue<double>(out var seconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000)) : null;

    /// <summary>An object member, detached so that it can be put elsewhere; empty when it is absent.</summary>
    public static JsonObject Object(this JsonObject node, string member) => node[member]?.DeepClone() as JsonObject ?? [];
}
