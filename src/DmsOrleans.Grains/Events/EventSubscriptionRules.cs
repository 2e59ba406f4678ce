using DmsOrleans.Replications;
using DmsOrleans.Storage;

namespace DmsOrleans.Events;

/// <summary>What a subscription may be (model: CreateEventSubscriptionMessage, ModifyEventSubscriptionMessage).</summary>
internal sealed class EventSubscriptionRules(IStateStore store)
{
    private const int LongestTopicName = 256;
    private const int MostListed = 1_000;

    /// <summary>Null when acceptable.</summary>
    public static Refusal? Check(EventSubscriptionSpec spec) =>
        !IsTopic(spec.TopicArn) ? new Refusal(Fault.SnsInvalidTopic, $"SnsTopicArn '{spec.TopicArn}' is not valid: it is arn:aws:sns:<region>:<account>:<topic>.")
        : EventSources.CheckType(spec.SourceType) ?? EventSources.CheckCategories(spec.SourceType, spec.Categories)
            ?? (spec is { SourceType: null, SourceIds.Count: > 0 } ? Refusal.InvalidCombination("SourceIds need a SourceType: say of which type the sources are.") : null)
            ?? (spec.SourceIds.Count > MostListed || spec.Categories.Count > MostListed ? Refusal.InvalidValue($"SourceIds and EventCategories have at most {MostListed} values each.") : null);

    /// <summary>Null when every source it names is there. Instances and tasks are outside DMS Serverless: there are none to name.</summary>
    public async Task<Refusal?> CheckSourcesAsync(AwsScope scope, EventSubscriptionSpec spec)
    {
        var known = spec is { SourceType: EventSources.ReplicationConfig, SourceIds.Count: > 0 } ? await FindAsync(scope, spec.SourceIds) : [];
        return spec.SourceIds.FirstOrDefault(id => !known.Contains(id)) is { } missing ? Refusal.NotFound($"The {spec.SourceType} {missing} was not found.") : null;
    }

    private async Task<HashSet<string>> FindAsync(AwsScope scope, IReadOnlyList<string> ids)
    {
        var question = new StateQuery { Kind = ReplicationState.Kind, Scope = scope.ToString(), Limit = MostListed };
        var byArn = await store.ListAsync<ReplicationState>(question with { Keys = ids }, CancellationToken.None);
        var byName = await store.ListAsync<ReplicationState>(question with { Names = ids }, CancellationToken.None);
        return [.. byArn.Items.Select(i => i.Key), .. byName.Items.Select(i => i.State.Spec!.Identifier)];
    }

    private static bool IsTopic(string arn) =>
        arn.Split(':') is ["arn", "aws" or "aws-cn" or "aws-us-gov", "sns", { Length: > 0 } region, { Length: 12 } account, { Length: > 0 and <= LongestTopicName } topic]
        && region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && account.All(char.IsAsciiDigit)
        && topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
