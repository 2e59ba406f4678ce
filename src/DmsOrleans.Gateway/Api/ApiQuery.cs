using System.Globalization;
using Microsoft.AspNetCore.Http;
using DmsOrleans.Replications;

namespace DmsOrleans.Gateway.Api;

/// <summary>Reads query parameters; what cannot be read becomes a fault to answer with 400. The first fault stays.</summary>
internal sealed class ApiQuery(IQueryCollection query)
{
    /// <summary>What is wrong with what was read so far; null when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>The account and region asked for; null when neither is, and the missing one of the two is the default's.</summary>
    public AwsScope? Scope() => Text("account") is null && Text("region") is null
        ? null
        : new AwsScope(Text("account") ?? AwsScope.Default.Account, Text("region") ?? AwsScope.Default.Region);

    /// <summary>A text parameter; null when it is missing or empty.</summary>
    public string? Text(string name) => query[name] is [{ Length: > 0 } text, ..] ? text : null;

    /// <summary>A whole number between two bounds.</summary>
    public long Number(string name, long otherwise, long least, long most)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
        {
            Fault ??= $"The parameter {name} must be a whole number between {least} and {most}.";
            return otherwise;
        }

        return number;
    }

    /// <summary>The statuses asked for; null when none is.</summary>
    public IReadOnlyList<ReplicationStatus>? Statuses()
    {
        var statuses = new List<ReplicationStatus>();
        foreach (var text in query["status"])
        {
            if (ReplicationStatuses.TryParse(text, out var status))
            {
                statuses.Add(status);
            }
            else
            {
                Fault ??= $"The parameter status must be one of: {string.Join(", ", ReplicationStatuses.All.Select(s => s.ToWire()))}.";
            }
        }

        return statuses.Count > 0 ? statuses : null;
    }
}
