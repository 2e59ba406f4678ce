using DmsOrleans.Assessments;
using DmsOrleans.Records;
using Orleans.Concurrency;

namespace DmsOrleans.Replications;

/// <summary>
/// One replication, keyed by the ARN of its config. A command is answered only after its transition is durable; a
/// refusal changed nothing. When the store cannot be reached every method throws <see cref="StorageUnavailableException"/>.
/// </summary>
[Alias("dms.IReplicationGrain")]
public interface IReplicationGrain : ITaggedGrain
{
    /// <summary>Creates it. Refused when its ARN or identifier is taken, or the spec is wrong.</summary>
    [Alias("create")]
    Task<Answer<ReplicationView>> Create(CreateReplication command);

    /// <summary>Starts a run: the status is <c>initializing</c> when this answers.</summary>
    [Alias("start")]
    Task<Answer<ReplicationView>> Start(StartReplication command);

    /// <summary>Stops the run: the status is <c>stopping</c> when this answers.</summary>
    [Alias("stop")]
    Task<Answer<ReplicationView>> Stop(StopReplication command);

    /// <summary>Changes the config.</summary>
    [Alias("modify")]
    Task<Answer<ReplicationView>> Modify(ModifyReplication command);

    /// <summary>Deletes config and replication: the status is <c>deleting</c> when this answers.</summary>
    [Alias("delete")]
    Task<Answer<ReplicationView>> Delete(DeleteReplication command);

    /// <summary>Loads tables again while running.</summary>
    [Alias("reload")]
    Task<Answer<ReplicationView>> Reload(ReloadTables command);

    /// <summary>Takes or gives back an opt-in to maintenance; stored when it answers. Answers what is pending then, and what was just applied.</summary>
    [Alias("apply-maintenance")]
    Task<Answer<PendingMaintenance>> ApplyMaintenance(ApplyMaintenance command);

    /// <summary>Cancels the premigration assessment run in progress; refused when it is over or was never there.</summary>
    [Alias("cancel-assessment")]
    Task<Answer<AssessmentRunView>> CancelAssessment(CancelAssessment command);

    /// <summary>Forgets a premigration assessment run that is over.</summary>
    [Alias("delete-assessment")]
    Task<Answer<AssessmentRunView>> DeleteAssessment(DeleteAssessment command);

    /// <summary>
    /// A client has been shown the status entered at <paramref name="since"/>: with poll-safe statuses it may be left from now on. Without them
    /// nobody calls this.
    /// </summary>
    [AlwaysInterleave, Alias("seen")]
    Task Seen(string status, DateTimeOffset since);

    /// <summary>What it is doing now; null when there is no such replication. Also what the dashboard shows.</summary>
    [ReadOnly, AlwaysInterleave, Alias("get-state")]
    Task<ReplicationView?> GetState();

    /// <summary>
    /// Catches up with all that is due; does nothing when nothing is. Called by the wake-ups (timer, reminder, sweeper, capacity pool)
    /// and safe to call at any time, any number of times.
    /// </summary>
    [Alias("wake")]
    Task Wake(WakeReason reason);
}

/// <summary>Who woke a replication.</summary>
[Alias("dms.WakeReason")]
public enum WakeReason
{
    /// <summary>A command was accepted: the walk goes on.</summary>
    Command = 0,

    /// <summary>The timer of the phase.</summary>
    Timer = 1,

    /// <summary>The reminder.</summary>
    Reminder = 2,

    /// <summary>The sweeper found the deadline overdue.</summary>
    Sweeper = 3,

    /// <summary>The capacity pool has what was waited for.</summary>
    Capacity = 4,
}
