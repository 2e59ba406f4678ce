using DmsOrleans.Records;
using Orleans.Runtime;

namespace DmsOrleans.Events;

/// <summary>
/// One event subscription: a stored record with rules, and the owner of its delivery. There is one activation, hence one sender, which keeps the
/// order; it works beside the grain's turns and reports back by a call.
/// </summary>
[GrainType(EventSubscriptionState.Kind), CollectionAgeLimit(Minutes = 5)]
internal sealed class EventSubscriptionGrain(
    [PersistentState(EventSubscriptionState.Kind)] IPersistentState<EventSubscriptionState> stored, RecordServices services, EventSubscriptionRules rules, EventSender sender)
    : RecordGrain<EventSubscriptionState, EventSubscriptionView>(RecordKinds.EventSubscription, stored, services), IEventSubscriptionGrain, IDisposable
{
    private CancellationTokenSource sendingEnds = new();
    private Task sending = Task.CompletedTask;
    private long delivery;

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => sendingEnds.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => sendingEnds.Dispose();

    /// <inheritdoc/>
    public async Task<Answer<EventSubscriptionView>> Create(CreateEventSubscription command)
    {
        var refusal = EventSubscriptionRules.Check(command.Spec) ?? (Exists ? null : await rules.CheckSourcesAsync(Scope, command.Spec));
        var now = Services.Time.GetUtcNow();
        return await CreateAsync(() => refusal, () => new() { Spec = command.Spec, Scope = Scope.ToString(), CreatedAt = now, Since = now });
    }

    /// <inheritdoc/>
    public async Task<Answer<EventSubscriptionView>> Modify(ModifyEventSubscription command)
    {
        if (NotFound() is { } notFound)
        {
            return notFound;
        }

        if (IsRepeated)
        {
            return View();
        }

        var before = State.Spec!;
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
        var state = State with { Spec = spec };
        return await ChangeAsync(spec.Enabled && !before.Enabled ? state with { Since = Services.Time.GetUtcNow(), Through = 0 } : state);
    }

    /// <inheritdoc/>
    public async Task<Answer<EventSubscriptionView>> Delete(DeleteEventSubscription command)
    {
        await EndSendingAsync();
        var deleted = await DeleteAsync();
        return deleted.Value is { } view ? view with { Status = "deleting" } : deleted;
    }

    /// <inheritdoc/>
    public async Task<Answer<EventSubscriptionView>> MoveToEventBridge(MoveToEventBridge command) =>
        NotFound() is { } notFound ? notFound : State.OnEventBridge ? View() : await ChangeAsync(State with { OnEventBridge = true });

    /// <inheritdoc/>
    public Task Deliver(DeliverEvents command)
    {
        if (NotFound() is null && sending.IsCompleted && sender.Reaches(State.Spec!))
        {
            var (self, number, arn, state, ends) = (this.AsReference<IEventSubscriptionGrain>(), ++delivery, Arn, State, sendingEnds.Token);
            sending = Task.Run(() => sender.SendAsync(arn, state, through => self.Delivered(number, through), ends), CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Delivered(long delivery, long through)
    {
        if (Exists && delivery == this.delivery && through > State.Through)
        {
            await ChangeAsync(State with { Through = through });
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

    protected override EventSubscriptionView View() => State.View(Arn, "active");
}
