using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Load;
using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Faults;

/// <summary>
/// One replication as its client knows it: which commands were acknowledged, which one was under way when the node died, and how its
/// history read before. Used by one task at a time.
/// </summary>
internal sealed class HammeredReplication(string identifier, string sourceArn, string targetArn)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private IReadOnlyList<TransitionItem> lastReading = [];
    private string? underWay;
    private bool created;
    private bool deleted;
    private int starts;
    private int stops;

    public string Arn { get; } = DmsOrleans.Arn.Of(AwsScope.Default, DmsOrleans.Arn.ReplicationConfigKind, identifier).Value;

    /// <summary>Whether its deletion was acknowledged, or found done.</summary>
    public bool IsGone => deleted;

    /// <summary>Whether its client waits for an answer that never came.</summary>
    public bool HasUnknown => underWay is not null;

    /// <summary>Sends one command; answers whether it was acknowledged. Throws when the node dies under it.</summary>
    public async Task<bool> CommandAsync(NodeProcess node, int choice, CancellationToken cancellationToken)
    {
        if (!created)
        {
            return await SendAsync("create", () => node.Aws.CreateReplicationAsync(identifier, sourceArn, targetArn, cancellationToken));
        }

        return choice switch
        {
            < 45 => await SendAsync("start", () => node.Aws.StartAsync(Arn, starts == 0 ? "start-replication" : "resume-processing", cancellationToken)),
            < 85 => await SendAsync("stop", () => node.Aws.StopAsync(Arn, cancellationToken)),
            < 90 => await SendAsync("delete", () => node.Aws.DeleteAsync(Arn, cancellationToken)),
            _ => await LookAsync(node, cancellationToken),
        };
    }

    /// <summary>Holds what the node says now against what its client was told; settles what was under way.</summary>
    public async Task CheckAsync(NodeProcess node)
    {
        var token = TestContext.Current.CancellationToken;
        if (deleted || underWay == "delete")
        {
            // An acknowledged deletion is carried out however often the node dies; one under way may have been lost.
            var last = await Until.AsyncIs(
                () => ReadAsync(node, token), h => h is null || (!deleted && h[^1].To != "deleting"), $"{identifier} to be gone or never deleted");
            deleted = last is null;
        }

        if (!deleted)
        {
            var history = await ReadAsync(node, token);
            Assert.True(history is not null || !created, $"{identifier} was created and acknowledged, and is lost.");
            Settle(history);
        }

        underWay = null;
    }

    /// <summary>Waits until nothing is due any more and holds the whole history to the law.</summary>
    public async Task CheckEndAsync(NodeProcess node)
    {
        if (created && !deleted)
        {
            var end = await Until.AsyncIs(
                () => ReadAsync(node, TestContext.Current.CancellationToken), h => h![^1].To is "created" or "running" or "stopped", $"{identifier} to come to running or rest");
            Histories.AssertLegal(identifier, end!, starts, stops, end![^1].To);
        }
    }

    // What was under way either happened, whole, or did not; nothing else may differ from what was acknowledged.
    private void Settle(IReadOnlyList<TransitionItem>? history)
    {
        created = history is not null;
        if (history is null)
        {
            return;
        }

        starts += Found(history, "start", starts);
        stops += Found(history, "stop", stops);
        Assert.DoesNotContain(history, t => t.Cause == "delete-requested");
        var problems = WalkChecker.Check(history, new(starts, stops, history[^1].To));
        Assert.True(problems.Count == 0, $"{identifier}: {string.Join("; ", problems)}\n{string.Join("\n", history)}");
        Histories.AssertForwardInTime(identifier, [.. history.Select(t => t.At)]);
    }

    private int Found(IReadOnlyList<TransitionItem> history, string command, int acknowledged) =>
        underWay == command && history.Count(t => t.Cause == $"{command}-requested") == acknowledged + 1 ? 1 : 0;

    private async Task<bool> SendAsync(string command, Func<Task<AwsAnswer>> send)
    {
        underWay = command;
        var answer = await send();
        underWay = null;
        Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{command} of {identifier}: {answer.Status} {answer.Body}");
        Assert.True(answer.IsOk || command != "create", $"{identifier} could not be created: {answer.Body}");
        if (answer.IsOk)
        {
            created |= command == "create";
            starts += command == "start" ? 1 : 0;
            stops += command == "stop" ? 1 : 0;
            deleted |= command == "delete";
        }

        return answer.IsOk;
    }

    // No command: what is read while others write must be there, and begin as it did.
    private async Task<bool> LookAsync(NodeProcess node, CancellationToken cancellationToken)
    {
        Assert.True(await ReadAsync(node, cancellationToken) is not null, $"{identifier} is gone while nobody deleted it.");
        return false;
    }

    // Null when there is no such replication. Each reading begins with the one before it.
    private async Task<IReadOnlyList<TransitionItem>?> ReadAsync(NodeProcess node, CancellationToken cancellationToken)
    {
        using var answer = await node.Http.GetAsync(new Uri($"/api/v1/replications/{Uri.EscapeDataString(Arn)}/history", UriKind.Relative), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        var history = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<HistoryItem>(Web, cancellationToken))!.Transitions;
        Assert.Equal(lastReading, history.Take(lastReading.Count));
        lastReading = history;
        return history;
    }
}
