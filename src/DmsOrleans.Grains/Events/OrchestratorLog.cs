using System.Text;
using DmsOrleans.Replications;

namespace DmsOrleans.Events;

/// <summary>
/// The log that the orchestrator of a serverless replication writes (AWS DMS User Guide, "Monitoring AWS DMS Serverless replications"): text in the form of
/// Python dictionaries. Pure: made from the history.
/// </summary>
internal static class OrchestratorLog
{
    /// <summary>The log group of a replication.</summary>
    public static string GroupOf(Arn arn) => $"dms-serverless-replication-{arn.ResourceId}";

    /// <summary>The log stream of a replication.</summary>
    public static string StreamOf(Arn arn) => $"dms-serverless-replication-orchestrator-{arn.ResourceId}";

    /// <summary>The line of a step; null when it has none. The log is made by the first start, so nothing before that has one.</summary>
    public static string? LineOf(Transition step)
    {
        if (step.Run == 0 || MessageOf(step) is not { } message)
        {
            return null;
        }

        var failure = step is { To: ReplicationStatus.Failed, Details: { } details } && step.From != step.To ? $", 'failure_message': {Quoted(details)}" : "";
        return $"{{'replication_state':'{step.To.ToWire()}', 'message': {Quoted(message)}{failure}}}";
    }

    // The first three and the last are the service's own words; the others are worded alike.
    private static string? MessageOf(Transition step) => (step.From == step.To ? null : (ReplicationStatus?)step.To) switch
    {
        ReplicationStatus.Initializing => "Initializing the replication workflow.",
        ReplicationStatus.PreparingMetadataResources => "Preparing the resources for metadata collection. This can take some time.",
        ReplicationStatus.TestingConnection => step.From == ReplicationStatus.PreparingMetadataResources
            ? "Completed preparing resources for metadata collection. Testing connection to source and target endpoints to ensure proper configuration."
            : "Testing connection to source and target endpoints to ensure proper configuration.",
        ReplicationStatus.FetchingMetadata => "Completed testing connections. Fetching metadata from the source endpoint.",
        ReplicationStatus.CalculatingCapacity => "Completed fetching metadata. Calculating the capacity that the replication needs.",
        ReplicationStatus.ProvisioningCapacity => "Completed calculating capacity. Provisioning capacity for the replication. This can take some time.",
        ReplicationStatus.ReplicationStarting => "Starting the replication.",
        ReplicationStatus.Running => "Replication is running.",
        ReplicationStatus.Stopping => "Replication is being stopped.",
        ReplicationStatus.Stopped when step.From != ReplicationStatus.Modifying => "Replication has stopped.",
        ReplicationStatus.Failed when step.From != ReplicationStatus.Modifying => "Replication has failed.",
        ReplicationStatus.Modifying => "Replication is being modified.",
        ReplicationStatus.Deleting => "Replication is being deleted.",
        _ => ReplicationEvents.Of(step) is [var notice, ..] ? notice.Message : null,
    };

    // As Python's repr: the quote that needs no escape if there is one.
    private static string Quoted(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\\' => quoted.Append("\\\\"),
                _ when c == quote => quoted.Append('\\').Append(c),
                _ when char.IsControl(c) => quoted.Append($"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append(quote).ToString();
    }
}
