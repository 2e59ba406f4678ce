using DmsOrleans.Replications;
using Orleans.Runtime;

namespace DmsOrleans.Events;

/// <summary>
/// One event subscription: a stored record with rules, and the owner of its delivery. There is one activation, hence one sender, which keeps the
/// order; it works beside the grain's turns and reports back by a call.
/// </summary>
[GrainType(EventSubscriptionState.Kind), CollectionAgeLimit(Minutes = 5)]
internal sealed class EventSubscriptionGrain(
    [PersistentState(EventSubscriptionState.Kind)] IPersistentState<EventSubscriptionState> stored, EventSubscriptionRules rules, EventSender sender, TimeProvider time)
    : Grain, IEventSubscriptionGrain, IDisposable
{
    private CancellationTokenSource sendingEnds = new();
    private Task sending = Task.CompletedTask;
    private long delivery;

    private string Arn => this.GetPrimaryKeyString();

    private bool Exists => stored.RecordExists;

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => sendingEnds.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => sendingEnds.Dispose();

    /// <inheritdoc/>
    public async Task<Answer<EventSubscriptionView>> Create(CreateEventSubscription command)
    {
        if (Exists)
        {
            return new Refusal(Fault.ResourceAlreadyExists, $"An event subscription named {command.Spec.Name} already exists.", Arn);
        }

        if (await rules.CheckNewAsync(Arn, command.Spec) is { } refusal)
        {
            return Forgotten(refusal);
        }

        var now = time.GetUtcNow();
        var state = new EventSubscriptionState { Spec = command.Spec, Scope = new Arn(Arn).Scope.ToString(), CreatedAt = now, Since = now };
        return await WriteAsync(state) is { } refused ? Forgotten(refused) : View("active");
    }

    /// <inheritdoc/>
    public async Task<Answer<EventSubscriptionView>> Modify(ModifyEventSubscription command)
    {
        if (!Exists)
        {
            return Forgotten(NotFound());
        }

        var before = stored.State.Spec!;
        var spec = before with
        {
            TopicArn = command.TopicArn ?? before.TopicArn,
            SourceType = command.SourceType ?? before.SourceType,
            Categories = command.Categories ?? before.Categories,
            Enabled = command.Enabled ?? before.Enabled,
        };
        if (EventSubscriptionRules.Check(spec) is { } refusal)
        {
            return refusal;
        }

        await EndSendingAsync();
        var state = stored.State with { Spec = spec };
        return await WriteAsync(spec.Enabled && !before.Enabled ? state with { Since = time.GetUtcNow(), Through = 0 } : state) is { } refused ? refused : View("active");
    }

    /// <inheritdoc/>
    public async Task<Answer<EventSubscriptionView>> Delete(DeleteEventSubscription command)
    {
        if (!Exists)
        {
            return Forgotten(NotFound());
        }

        var view = View("deleting");
        await EndSendingAsync();
        try
        {
            await stored.ClearStateAsync();
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw StoreRefusals.Unconfirmed(Arn, e);
        }

        DeactivateOnIdle();
        return view;
    }

    /// <inheritdoc/>
    public async Task<Answer<EventSubscriptionView>> MoveToEventBridge(MoveToEventBridge command)
    {
        if (!Exists)
        {
            return Forgotten(NotFound());
        }

        return !stored.State.OnEventBridge && await WriteAsync(stored.State with { OnEventBridge = true }) is { } refused ? refused : View("active");
    }

    /// <inheritdoc/>
    public Task<Answer<TagSet>> AddTags(AddTags command) =>
        ChangeTagsAsync(tags => new([.. tags.Where(t => !command.Tags.ContainsKey(t.Key)), .. command.Tags]));

    /// <inheritdoc/>
    public Task<Answer<TagSet>> RemoveTags(RemoveTags command) =>
        ChangeTagsAsync(tags => tags.Where(t => !command.Keys.Contains(t.Key)).ToDictionary());

    /// <inheritdoc/>
    public Task<EventSubscriptionView?> GetState()
    {
        if (!Exists)
        {
            DeactivateOnIdle();
        }

        return Task.FromResult(Exists ? View("active") : null);
    }

    /// <inheritdoc/>
    public Task Deliver(DeliverEvents command)
    {
        if (!Exists)
        {
            DeactivateOnIdle();
        }
        else if (sending.IsCompleted && sender.Reaches(stored.State.Spec!))
        {
            var (self, number, arn, state, ends) = (this.AsReference<IEventSubscriptionGrain>(), ++delivery, Arn, stored.State, sendingEnds.Token);
            sending = Task.Run(() => sender.SendAsync(arn, state, through => self.Delivered(number, through), ends), CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Delivered(long delivery, long through)
    {
        if (Exists && delivery == this.delivery && through > stored.State.Through)
        {
            await WriteAsync(stored.State with { Through = through });
        }
    }

    // Its report, should one be under way, is of a delivery that is no more. The next begins when this one has ended, which is not waited for here:
    // it may itself be waiting to report.
    private async Task EndSendingAsync()
    {
        delivery++;
        await sendingEnds.CancelAsync();
        sendingEnds.Dispose();
        sendingEnds = new();
    }

    private async Task<Answer<TagSet>> ChangeTagsAsync(Func<IReadOnlyDictionary<string, string>, Dictionary<string, string>> change)
    {
        if (!Exists)
        {
            return Forgotten(NotFound());
        }

        var tags = change(stored.State.Spec!.Tags);
        return await WriteAsync(stored.State with { Spec = stored.State.Spec with { Tags = tags } }) is { } refused ? refused : new TagSet(tags);
    }

    // Null when durable; a refusal when the store said no and nothing changed.
    private async Task<Refusal?> WriteAsync(EventSubscriptionState next)
    {
        var before = stored.State;
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
            return null;
        }
        catch (Exception e) when (StoreRefusals.Of(e) is { } refusal)
        {
            stored.State = before;
            return refusal;
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw StoreRefusals.Unconfirmed(Arn, e);
        }
    }

    private EventSubscriptionView View(string status) => stored.State.View(Arn, status);

    private Refusal NotFound() => Refusal.NotFound($"The event subscription {new Arn(Arn).ResourceId} was not found.");

    // Asked for by name only: nothing to keep in memory once it has answered.
    private Refusal Forgotten(Refusal refusal)
    {
        DeactivateOnIdle();
        return refusal;
    }
}
