using DmsOrleans.Events;
using DmsOrleans.Records;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Gateway;

/// <summary>Keeps what it is told.</summary>
internal sealed class FakeEventSubscription(FakeCluster cluster, string arn) : IEventSubscriptionGrain
{
    public Task<Answer<EventSubscriptionView>> Create(CreateEventSubscription command)
    {
        cluster.Hear(command);
        return cluster.Refuses is { } no ? Task.FromResult<Answer<EventSubscriptionView>>(no) : Put(new(arn, command.Spec, "active", FakeCluster.Now, OnEventBridge: false));
    }

    public Task<Answer<EventSubscriptionView>> Modify(ModifyEventSubscription command) => Change(command, v => v with
    {
        Spec = v.Spec with { TopicArn = command.TopicArn ?? v.Spec.TopicArn, Categories = command.Categories ?? v.Spec.Categories, Enabled = command.Enabled ?? v.Spec.Enabled },
    });

    public Task<Answer<EventSubscriptionView>> Delete(DeleteEventSubscription command) => Change(command, v => v with { Status = "deleting" });

    public Task<Answer<EventSubscriptionView>> MoveToEventBridge(MoveToEventBridge command) => Change(command, v => v with { OnEventBridge = true });

    public Task<Answer<TagSet>> AddTags(AddTags command) => Tag(command, tags => tags.Where(t => !command.Tags.ContainsKey(t.Key)).Concat(command.Tags));

    public Task<Answer<TagSet>> RemoveTags(RemoveTags command) => Tag(command, tags => tags.Where(t => !command.Keys.Contains(t.Key)));

    public Task<TagSet?> ListTags(ListTags query)
    {
        cluster.Hear(query);
        return Task.FromResult(cluster.Subscriptions.TryGetValue(arn, out var found) ? new TagSet(found.Spec.Tags) : null);
    }

    public Task<EventSubscriptionView?> GetState()
    {
        cluster.Hear("GetState");
        return Task.FromResult(cluster.Subscriptions.GetValueOrDefault(arn));
    }

    public Task Deliver(DeliverEvents command) => Task.CompletedTask;

    public Task Delivered(long delivery, long through) => Task.CompletedTask;

    private Task<Answer<EventSubscriptionView>> Change(object command, Func<EventSubscriptionView, EventSubscriptionView> change)
    {
        cluster.Hear(command);
        return cluster.Refuses is { } no ? Task.FromResult<Answer<EventSubscriptionView>>(no)
            : cluster.Subscriptions.TryGetValue(arn, out var found) ? Put(change(found))
            : Task.FromResult<Answer<EventSubscriptionView>>(Refusal.NotFound($"no {arn}"));
    }

    private Task<Answer<EventSubscriptionView>> Put(EventSubscriptionView view)
    {
        lock (cluster.Subscriptions)
        {
            cluster.Subscriptions[arn] = view;
        }

        return Task.FromResult<Answer<EventSubscriptionView>>(view);
    }

    private async Task<Answer<TagSet>> Tag(object command, Func<IEnumerable<KeyValuePair<string, string>>, IEnumerable<KeyValuePair<string, string>>> change)
    {
        var answer = await Change(command, v => v with { Spec = v.Spec with { Tags = new Dictionary<string, string>(change(v.Spec.Tags)) } });
        return answer.Refusal is { } no ? no : new TagSet(answer.Value!.Spec.Tags);
    }
}

/// <summary>Answers from what the cluster was given.</summary>
internal sealed class FakeEventDirectory(FakeCluster cluster) : IEventDirectory
{
    public Task<Answer<EventPage>> List(EventQuery query)
    {
        cluster.Hear(query);
        var (items, next, accepted) = FakeCluster.Page(cluster.Events, query.Cursor, query.Limit);
        return Task.FromResult<Answer<EventPage>>(cluster.Refuses is { } no ? no : new EventPage(items, next, accepted));
    }

    public Task<LogPage?> Log(LogQuery query)
    {
        cluster.Hear(query);
        return Task.FromResult(cluster.Log);
    }

    public Task<EventSubscriptionPage> Subscriptions(EventSubscriptionQuery query)
    {
        cluster.Hear(query);
        var matching = cluster.Subscriptions.Values.Where(v =>
            (query.Scope is null || new Arn(v.Arn).Scope == query.Scope) && (query.Arns?.Contains(v.Arn) ?? true) && (query.Names?.Contains(v.Spec.Name) ?? true));
        var (items, next, accepted) = FakeCluster.Page(matching, query.Cursor, query.Limit);
        return Task.FromResult(new EventSubscriptionPage(items, next, accepted));
    }
}
