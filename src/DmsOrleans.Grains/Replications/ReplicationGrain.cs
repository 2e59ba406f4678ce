using DmsOrleans.Assessments;
using DmsOrleans.Capacity;
using DmsOrleans.Endpoints;
using DmsOrleans.Engines;
using DmsOrleans.Storage;
using DmsOrleans.SubnetGroups;
using DmsOrleans.WakeUps;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.Timers;

namespace DmsOrleans.Replications;

/// <summary>
/// One replication. Decides, writes, then acts: a method here finds the event, <see cref="ReplicationLifecycle"/> makes the next state
/// of it, the store makes it durable, and only then is anything answered or done outside. A crash between any two lines leaves a
/// state that the next activation carries on from.
/// </summary>
[GrainType(ReplicationState.Kind), CollectionAgeLimit(Minutes = 5)]
internal sealed partial class ReplicationGrain(
    [PersistentState(ReplicationState.Kind)] IPersistentState<ReplicationState> stored,
    ReplicationServices services,
    ILogger<ReplicationGrain> logger) : Grain, IReplicationGrain, IRemindable, IDisposable
{
    // Timers take at most 49 days; a deadline further away is armed again when this one fires.
    private static readonly TimeSpan MaxTimerWait = TimeSpan.FromDays(40);

    private readonly ReplicationOptions options = services.Options;
    private IGrainTimer? timer;
    private PhaseWork? work;
    private CancellationTokenSource stepping = new();
    private string arn = "";
    private DateTimeOffset seenSince;
    private ReplicationStatus? seenStatus;

    /// <summary>The last state known to be durable: reads between a decision and its confirmation see this one.</summary>
    private ReplicationState State { get; set; } = new();

    private bool Exists => State.Sequence > 0;

    private DateTimeOffset Now => services.Time.GetUtcNow();

    private bool IsWaitingForCapacity => State.IsInLine();

    private bool IsSeen => seenStatus == State.Status && seenSince == State.StatusSince;

    // With poll-safe statuses nothing but a command leaves a status that no client has been shown, for as long as the limit allows. Forgotten by
    // a new activation, which waits for the rest of the limit at most.
    // Not deleting: who waits for that waits for the config to be gone, and asks for the config.
    private bool IsHeld => options.PollSafe && !State.Status.IsAtRest() && State.Status != ReplicationStatus.Deleting && !IsSeen && Now < State.StatusSince + options.PollSafeLimit;

    private bool IsDue => State.Due is { } due && due <= Now;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        arn = this.GetPrimaryKeyString();
        if (stored.RecordExists)
        {
            State = stored.State;
            services.Capacity.Correct(arn, State.Provision?.CapacityUnits ?? 0);
            ArmTimer();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => stepping.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => stepping.Dispose();

    /// <inheritdoc/>
    public async Task<Answer<ReplicationView>> Create(CreateReplication command)
    {
        if (Repeated() is { } answered)
        {
            return answered;
        }

        if (Exists)
        {
            return Refused(new(Fault.ResourceAlreadyExists, $"A replication config with the ARN {arn} already exists.", arn));
        }

        var (spec, notLegal) = await services.Rules.CreateAsync(arn, command.Spec, Now);
        if (notLegal is not null)
        {
            return Refused(notLegal);
        }

        State = new() { Scope = new Arn(arn).Scope.ToString() };
        return await DecideAsync(new ReplicationEvent.Created(spec!));
    }

    /// <inheritdoc/>
    public async Task<Answer<ReplicationView>> Start(StartReplication command)
    {
        if (Repeated() is { } answered)
        {
            return answered;
        }

        if (Refuse("start", status => status.IsAtRest()) is { } refusal)
        {
            return Refused(refusal);
        }

        var (run, notLegal) = await services.Rules.StartAsync(State, command, services.Schedule.Scale, Now);
        if (notLegal is not null)
        {
            return Refused(notLegal);
        }

        var (assessment, unclear) = await services.Assessments.PlanAsync(State.Spec!, run!, command.AssessmentSettings, Now);
        return unclear is not null ? Refused(unclear) : await DecideAsync(new ReplicationEvent.StartRequested(run!, assessment));
    }

    /// <inheritdoc/>
    public async Task<Answer<ReplicationView>> Stop(StopReplication command)
    {
        if (Repeated() is { } answered)
        {
            return answered;
        }

        var choices = options.Choices;
        if (Refuse("stop", status => (status.IsStartPhase() && choices.StopInStartPhases) || status == ReplicationStatus.Running || (status == ReplicationStatus.Stopping && choices.StopWhileStopping)) is { } refusal)
        {
            return Refused(refusal);
        }

        return State.Status == ReplicationStatus.Stopping ? View() : await DecideAsync(new ReplicationEvent.StopRequested { Details = command.Reason });
    }

    /// <inheritdoc/>
    public async Task<Answer<ReplicationView>> Modify(ModifyReplication command)
    {
        if (Repeated() is { } answered)
        {
            return answered;
        }

        if (Refuse("be modified", status => status.IsAtRest()) is { } refusal)
        {
            return Refused(refusal);
        }

        var (spec, notLegal) = await services.Rules.ModifyAsync(arn, State, command, Now);
        if (notLegal is not null)
        {
            return Refused(notLegal);
        }

        var answer = await DecideAsync(new ReplicationEvent.ModifyRequested(spec!));
        return answer.Value is not null && options.ModifyDuration == TimeSpan.Zero ? await DecideAsync(new ReplicationEvent.Modified()) : answer;
    }

    /// <inheritdoc/>
    public async Task<Answer<ReplicationView>> Delete(DeleteReplication command)
    {
        if (Repeated() is { } answered)
        {
            return answered;
        }

        if (Refuse("be deleted", status => status.IsAtRest()) is { } refusal)
        {
            return Refused(refusal);
        }

        return await DecideAsync(new ReplicationEvent.DeleteRequested());
    }

    /// <inheritdoc/>
    public async Task<Answer<ReplicationView>> Reload(ReloadTables command)
    {
        if (Repeated() is { } answered)
        {
            return answered;
        }

        if (Refuse("reload tables", status => status == ReplicationStatus.Running) is { } refusal)
        {
            return Refused(refusal);
        }

        var known = services.Views.TablesOf(arn, State).Select(t => t.Name).ToHashSet();
        return ReplicationRules.CheckReload(State, command, known) is { } notLegal ? Refused(notLegal)
            : await DecideAsync(new ReplicationEvent.ReloadRequested(
                [.. State.Run!.Reloads ?? [], .. command.Tables.Select(table => new TableReload(table, Now, command.Option == ReplicationRules.ValidateOnly))]));
    }

    /// <inheritdoc/>
    public async Task<Answer<AssessmentRunView>> CancelAssessment(CancelAssessment command)
    {
        if (FindAssessment(command.RunArn, out var run) is { } notFound)
        {
            return Refused(notFound);
        }

        if (!run!.IsOpen())
        {
            return Refused(Refusal.InvalidState($"The premigration assessment run {command.RunArn} is {run.Status} and cannot be cancelled."));
        }

        var answer = await DecideAsync(new ReplicationEvent.AssessmentCancelled(run.Cancelled("The premigration assessment run was cancelled.")));
        return answer.Refusal is { } refusal ? refusal : AssessmentRuns.ViewOf(arn, run, isLatest: true) with { Status = AssessmentStatuses.Cancelling };
    }

    /// <inheritdoc/>
    public async Task<Answer<AssessmentRunView>> DeleteAssessment(DeleteAssessment command)
    {
        if (FindAssessment(command.RunArn, out var run) is { } notFound)
        {
            return Refused(notFound);
        }

        // In initializing its verdict may still be waited for.
        if (run!.IsOpen() || (State.Status == ReplicationStatus.Initializing && AssessmentRuns.Of(State) == run))
        {
            return Refused(Refusal.InvalidState($"The premigration assessment run {command.RunArn} is in progress and cannot be deleted: cancel it first."));
        }

        await WriteAsync(State with { Assessments = [.. State.Assessments!.Where(kept => kept != run)] });
        return AssessmentRuns.ViewOf(arn, run, isLatest: false) with { Status = AssessmentStatuses.Deleting };
    }

    /// <inheritdoc/>
    public Task Seen(string status, DateTimeOffset since)
    {
        if (Exists && status == State.Status.ToWire() && since == State.StatusSince && !IsSeen)
        {
            seenSince = since;
            seenStatus = State.Status;
            if (IsDue)
            {
                services.WakeQueue.Enqueue(arn, WakeReason.Command);
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<Answer<TagSet>> AddTags(AddTags command) => ChangeTagsAsync(tags => tags.With(command));

    /// <inheritdoc/>
    public Task<Answer<TagSet>> RemoveTags(RemoveTags command) => ChangeTagsAsync(tags => tags.Without(command));

    /// <inheritdoc/>
    public async Task<TagSet?> ListTags(ListTags query) => await GetState() is { } view ? new(view.Config.Tags) : null;

    /// <inheritdoc/>
    public async Task<Answer<PendingMaintenance>> ApplyMaintenance(ApplyMaintenance command)
    {
        if (!Exists)
        {
            return Refused(NotFound());
        }

        var (optIns, refusal) = MaintenanceRules.Apply(State, command, Now);
        if (refusal is not null)
        {
            return Refused(refusal);
        }

        await WriteAsync(State with { Maintenance = optIns });
        return new PendingMaintenance(arn, MaintenanceRules.After(command, optIns!, services.Maintenance.Announced, Now));
    }

    /// <inheritdoc/>
    public Task<ReplicationView?> GetState()
    {
        if (!Exists)
        {
            // Asked for by name only: nothing to keep in memory once it has answered.
            DeactivateOnIdle();
        }

        return Task.FromResult(Exists ? View() : null);
    }

    /// <inheritdoc/>
    public Task Wake(WakeReason reason) => AdvanceAsync(capacityIsFree: reason == WakeReason.Capacity && IsWaitingForCapacity);

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (!Exists)
        {
            DeactivateOnIdle();
        }
        else if (IsDue)
        {
            // Not walked here: where so many started that their reminders tick before they are walked, all of them would walk at once.
            services.WakeQueue.Enqueue(arn, WakeReason.Reminder);
        }

        return Task.CompletedTask;
    }

    private async Task OnTimerAsync()
    {
        if (!services.WakeQueue.TryEnter())
        {
            services.WakeQueue.Enqueue(arn, WakeReason.Timer);
            return;
        }

        try
        {
            await AdvanceAsync();
        }
        finally
        {
            services.WakeQueue.Leave();
        }
    }

    // Catches up with all that is due, one stored transition at a time: phases that need no wait are walked in one turn.
    // Free capacity comes before the deadline, which is only when the replication would have asked again by itself.
    private async Task AdvanceAsync(bool capacityIsFree = false)
    {
        while ((IsDue || capacityIsFree) && !IsHeld)
        {
            capacityIsFree = false;
            if (State.Status == ReplicationStatus.Deleting)
            {
                await VanishAsync();
                return;
            }

            if (await NextEventAsync() is not { } happened)
            {
                return;
            }

            if (happened is ReplicationEvent.CapacityAwaited && IsWaitingForCapacity)
            {
                // The deadline moves, nothing else: no transition, no history entry.
                await WriteAsync(State with { Due = services.Schedule.NextAskOf(arn, State, Now) });
            }
            else if (happened is ReplicationEvent.AssessmentProgressed progressed)
            {
                var next = State with { Assessments = AssessmentRuns.Replace(State.Assessments, progressed.Run) };
                await WriteAsync(next with { Due = services.Schedule.NextAssessmentOf(arn, next, Now) });
            }
            else
            {
                var before = State;
                await WriteAsync(After(happened));
                await ActAsync(before, happened);
            }
        }

        ArmTimer();
        if (!Exists)
        {
            DeactivateOnIdle();
        }
    }

    // What happens now that time is up; null while the engine is still at work, which wakes the grain when it is done.
    private async ValueTask<ReplicationEvent?> NextEventAsync()
    {
        if (work is not null && work.Sequence == State.Sequence)
        {
            if (!work.Task.IsCompleted)
            {
                return null;
            }

            var done = work.Task;
            work = null;
            return await done;
        }

        EndpointPair? endpoints = null;
        try
        {
            endpoints = ReplicationSteps.NeedsEndpoints(State) ? await services.Endpoints.ReadAsync(State.Spec!) : null;
        }
        catch (SecretsUnreadableException e)
        {
            return services.Steps.TestFailed(arn, State, e.Endpoint, e.Message);
        }

        var step = services.Steps.NextAsync(arn, State, endpoints, stepping.Token);
        if (step.IsCompleted)
        {
            return await step;
        }

        work = new PhaseWork(State.Sequence, step.AsTask());
        _ = work.Task.ContinueWith(
            _ => services.WakeQueue.Enqueue(arn, WakeReason.Command), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return null;
    }

    // A command's way: store, answer with what is stored now, and have the rest done.
    private async Task<Answer<ReplicationView>> DecideAsync(ReplicationEvent happened)
    {
        try
        {
            var before = State;
            var next = After(happened);
            await WriteAsync(Invocation.Current is null ? next : next with { Answered = next.Answered.WithCurrent(Now, next.AsAnswered()) });
            await ActAsync(before, happened);
        }
        catch (Exception e) when (StoreRefusals.Of(e) is { } refusal)
        {
            return Refused(refusal);
        }

        if (IsDue)
        {
            services.WakeQueue.Enqueue(arn, WakeReason.Command);
        }
        else
        {
            ArmTimer();
        }

        return AnswerOf(State);
    }

    // The answer that a command got before; null when it is to be carried out.
    private ReplicationView? Repeated() => State.Answered.FindCurrent(Now) is { Replication: { } then } ? AnswerOf(State.AnsweredAs(then)) : null;

    private ReplicationState After(ReplicationEvent happened)
    {
        // A history does not go back in time, not even by the second that the clock may be corrected by.
        var at = State.UpdatedAt > Now ? State.UpdatedAt : Now;
        return ReplicationLifecycle.Apply(arn, State, happened, at, services.DueOf);
    }

    private async Task WriteAsync(ReplicationState next)
    {
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch (Exception e) when (StoreRefusals.Of(e) is not null)
        {
            stored.State = State;
            throw;
        }
        catch (Exception e)
        {
            // Memory may differ from the store now: the next activation reads what is true.
            LogUnconfirmed(logger, e, arn, next.Sequence);
            DeactivateOnIdle();
            throw StoreRefusals.Unconfirmed(arn, e);
        }

        State = next;
    }

    // The outside follows the stored state: metrics, log, the engine's work, the ledger. All of it is repeatable.
    private ValueTask ActAsync(ReplicationState before, ReplicationEvent happened)
    {
        services.Metrics.Stored(State.LastTransition!);
        LogTransition(logger, State.Spec!.Identifier, State.Run?.Number ?? 0, State.LastTransition!.From, State.Status, happened.Cause, State.Sequence);
        var units = State.Provision?.CapacityUnits ?? 0;
        var leftTheLine = (before.Status == ReplicationStatus.ProvisioningCapacity && State.Status != before.Status) || (before.IsInLine() && !State.IsInLine());
        if (leftTheLine || units != (before.Provision?.CapacityUnits ?? 0))
        {
            services.Capacity.Correct(arn, units);
        }

        return work is null ? ValueTask.CompletedTask : AbandonWorkAsync();
    }

    // The replication moved on without it: a stop, usually.
    private async ValueTask AbandonWorkAsync()
    {
        work = null;
        await stepping.CancelAsync();
        stepping.Dispose();
        stepping = new();
    }

    // Everything that was the replication's goes; the state goes last, so that a crash in between is carried on from.
    private async Task VanishAsync()
    {
        if (State.Run is not null)
        {
            await services.Engine.CleanUpAsync(EngineJobs.Of(arn, State), stepping.Token);
        }

        services.Capacity.Correct(arn, 0);
        try
        {
            await stored.ClearStateAsync();
        }
        catch (Exception e)
        {
            LogUnconfirmed(logger, e, arn, State.Sequence);
            DeactivateOnIdle();
            throw StoreRefusals.Unconfirmed(arn, e);
        }

        LogDeleted(logger, arn);
        State = new();
        DeactivateOnIdle();
    }

    private async Task<Answer<TagSet>> ChangeTagsAsync(Func<TagSet, TagSet> change)
    {
        if (!Exists)
        {
            DeactivateOnIdle();
            return NotFound();
        }

        if (State.Answered.FindCurrent(Now) is not null)
        {
            return new TagSet(State.Spec!.Tags);
        }

        var tags = change(new(State.Spec!.Tags));
        await WriteAsync(State with { Spec = State.Spec with { Tags = tags.Tags }, SpecRevision = State.SpecRevision + 1, Answered = State.Answered.WithCurrent(Now) });
        return tags;
    }

    // The wait is measured on a monotonic clock from here on: a wall clock that steps back does not lengthen it.
    private void ArmTimer()
    {
        if (!options.UseTimer || State.Due is not { } due)
        {
            timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        var wait = (IsHeld && due < State.StatusSince + options.PollSafeLimit ? State.StatusSince + options.PollSafeLimit : due) - Now;
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > MaxTimerWait ? MaxTimerWait : wait;
        if (timer is null)
        {
            timer = this.RegisterGrainTimer(
                static (grain, _) => grain.OnTimerAsync(), this, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        }
        else
        {
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    // As of the decision, not of when its write was confirmed: a repeat tells the same progress.
    private ReplicationView AnswerOf(ReplicationState state) => services.Views.Of(arn, state, services.SiloName, state.UpdatedAt);

    private Refusal? FindAssessment(string runArn, out AssessmentRunState? run)
    {
        run = State.Assessments?.FirstOrDefault(known => AssessmentArns.Of(arn, known.Run) == runArn);
        return run is null ? Refusal.NotFound($"The premigration assessment run {runArn} was not found.") : null;
    }

    private ReplicationView View() => services.Views.Of(arn, State, services.SiloName);

    private Refusal NotFound() => Refusal.NotFound($"Replication Config {arn} was not found.");

    // Worded as the service does: "Replication for Replication Config: x is in MODIFYING state and cannot start".
    private Refusal? Refuse(string verb, Func<ReplicationStatus, bool> isLegalIn)
    {
        if (!Exists)
        {
            DeactivateOnIdle();
            return NotFound();
        }

        return isLegalIn(State.Status)
            ? null
            : Refusal.InvalidState($"Replication for Replication Config: {State.Spec!.Identifier} is in {State.Status.ToWire().ToUpperInvariant()} state and cannot {verb}");
    }

    private Refusal Refused(Refusal refusal)
    {
        services.Metrics.Refused(refusal.Fault);
        if (!Exists)
        {
            DeactivateOnIdle();
        }

        return refusal;
    }
}

/// <summary>An engine's work on one step, beside the grain's turns.</summary>
/// <param name="Sequence">Of the state it is done for: its outcome is of no use to any other.</param>
/// <param name="Task">The outcome.</param>
internal sealed record PhaseWork(long Sequence, Task<ReplicationEvent> Task);
