namespace DmsOrleans.Replications;

/// <summary>One stored step of a replication. The transitions of a replication, in order, are its history.</summary>
/// <param name="Sequence">1 for the creation, then one more each time, without gaps.</param>
/// <param name="Run">0 before the first start, then one more with each start.</param>
/// <param name="From">The status before; null for the creation.</param>
/// <param name="To">The status after.</param>
/// <param name="Cause">The event's name, in kebab case, for example <c>start-requested</c> or <c>phase-completed</c>.</param>
/// <param name="At">When it was decided (UTC).</param>
/// <param name="Planned">The stored deadline this step answers; null when nobody had planned it (a command). <c>At − Planned</c> is its lateness.</param>
/// <param name="Details">For a person; null when there is nothing to add.</param>
[GenerateSerializer, Immutable, Alias("dms.Transition")]
public sealed record Transition(
    [property: Id(0)] long Sequence,
    [property: Id(1)] int Run,
    [property: Id(2)] ReplicationStatus? From,
    [property: Id(3)] ReplicationStatus To,
    [property: Id(4)] string Cause,
    [property: Id(5)] DateTimeOffset At,
    [property: Id(6)] DateTimeOffset? Planned,
    [property: Id(7)] string? Details);
