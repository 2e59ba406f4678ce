using DmsOrleans.Events;

namespace DmsOrleans.Gateway.Api;

/// <summary>Part of the orchestrator's log of a replication, under the names that CloudWatch Logs has for it on AWS.</summary>
internal sealed record LogItem(string Arn, string LogGroupName, string LogStreamName, IEnumerable<LogEventItem> Events, bool More)
{
    /// <summary>The item of a page.</summary>
    public static LogItem Of(LogPage page) => new(page.Arn, page.Group, page.Stream, page.Entries.Select(e => new LogEventItem(e.Position, e.At, e.Message)), page.More);
}

/// <summary>A line of the log.</summary>
internal sealed record LogEventItem(long Position, DateTimeOffset Timestamp, string Message);
