using DmsOrleans.Endpoints;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines;

/// <summary>
/// Moves rows. Knows nothing of grains, statuses to come, or retries: it does one thing when asked and reports. Every method may be
/// called again for the same job after a crash, with the same effect as once. A "no" of the databases is a
/// <see cref="StepFailure"/>; an exception is a bug or a lost connection, and the step is tried again.
/// </summary>
public interface IReplicationEngine
{
    /// <summary>
    /// How long a phase lasts by plan before its work is done, in simulated time (the caller divides by the time scale): zero for
    /// engines whose work takes the time, <see cref="TimeSpan.MaxValue"/> for a simulated hang. The same job gives the same duration.
    /// </summary>
    TimeSpan PlannedDuration(EngineJob job, ReplicationStatus phase);

    /// <summary><c>initializing</c>: sets up and validates parameters.</summary>
    ValueTask<StepFailure?> InitializeAsync(EngineJob job, CancellationToken cancellationToken);

    /// <summary>Names of the individual premigration assessments that can be made of such a replication, in order: AWS's API keys.</summary>
    IReadOnlyList<string> ApplicableAssessments(string sourceEngine, string targetEngine, ReplicationType type);

    /// <summary>How long one of them takes by plan, in simulated time; zero for engines whose work takes the time.</summary>
    TimeSpan PlannedAssessmentDuration(EngineJob job, string assessment);

    /// <summary>Makes one of them. Finding something is an answer, not an exception.</summary>
    ValueTask<AssessmentVerdict> AssessAsync(EngineJob job, string assessment, EngineEndpoint source, EngineEndpoint target, CancellationToken cancellationToken);

    /// <summary><c>preparing_metadata_resources</c>: prepares what reading the source's metadata needs.</summary>
    ValueTask<StepFailure?> PrepareMetadataResourcesAsync(EngineJob job, CancellationToken cancellationToken);

    /// <summary>
    /// <c>testing_connection</c>, one end at a time, and TestConnection. The failure text is the database's own; the caller frames it as the service
    /// does. Without a job the endpoint is tested by itself, outside any replication.
    /// </summary>
    ValueTask<StepFailure?> TestConnectionAsync(EngineJob? job, EngineEndpoint endpoint, CancellationToken cancellationToken);

    /// <summary>RefreshSchemas: the names of the endpoint's schemas, each once, in ordinal order; without a job, outside any replication.</summary>
    ValueTask<StepResult<IReadOnlyList<string>>> ListSchemasAsync(EngineJob? job, EngineEndpoint endpoint, CancellationToken cancellationToken);

    /// <summary><c>fetching_metadata</c>: lists the source's tables and keeps those the selection rules match.</summary>
    ValueTask<StepResult<SourceMetadata>> FetchMetadataAsync(EngineJob job, CancellationToken cancellationToken);

    /// <summary><c>calculating_capacity</c>: the capacity this work needs, on the ladder and inside the config's range, and why.</summary>
    ValueTask<StepResult<CapacityEstimate>> EstimateCapacityAsync(EngineJob job, SourceMetadata metadata, CancellationToken cancellationToken);

    /// <summary><c>provisioning_capacity</c>: makes the granted DCUs usable.</summary>
    ValueTask<StepFailure?> ProvisionAsync(EngineJob job, int capacityUnits, CancellationToken cancellationToken);

    /// <summary><c>replication_starting</c>: starts full load and change capture. What is started runs beside the caller.</summary>
    ValueTask<StepFailure?> StartAsync(EngineJob job, CancellationToken cancellationToken);

    /// <summary>When and how the run ends by itself, if it does: a finished full load, a stop position, a failure in the middle.</summary>
    RunEnd? PlannedEnd(EngineJob job, RunClock clock);

    /// <summary>
    /// How much capacity the run needs over its running time, as far as the engine can tell; null when the need stays what the capacity was
    /// computed for. The caller asks again after each change of capacity, never on a period.
    /// </summary>
    LoadForecast? ExpectedLoad(EngineJob job, RunClock clock);

    /// <summary>What the run has done by <paramref name="now"/>. Cheap enough to be asked on every describe.</summary>
    RunProgress Progress(EngineJob job, RunClock clock, DateTimeOffset now);

    /// <summary>The tables of the run by <paramref name="now"/>, in the order of their names.</summary>
    IReadOnlyList<TableStatistics> Tables(EngineJob job, RunClock clock, DateTimeOffset now);

    /// <summary>Stops what <see cref="StartAsync"/> started; nothing more is written to the target when it returns. Nothing to stop is success.</summary>
    ValueTask StopAsync(EngineJob job, CancellationToken cancellationToken);

    /// <summary>Removes what the job left at source and target. Nothing to remove is success.</summary>
    ValueTask CleanUpAsync(EngineJob job, CancellationToken cancellationToken);
}

/// <summary>The job of one run: all that an engine is told.</summary>
public sealed record EngineJob
{
    /// <summary>The replication config's ARN.</summary>
    public required string Arn { get; init; }

    /// <summary>What the user asked for.</summary>
    public required ReplicationSpec Spec { get; init; }

    /// <summary>1 for the first run.</summary>
    public required int Run { get; init; }

    /// <summary>Simulated running time of earlier runs that this one carries on from; zero for a fresh start.</summary>
    public TimeSpan ElapsedBefore { get; init; }

    /// <summary>Where change capture begins, as given at the start; null for "now".</summary>
    public string? CdcStartPosition { get; init; }

    /// <summary><c>server_time:…</c> or <c>commit_time:…</c>, UTC without offset; null to go on.</summary>
    public string? CdcStopPosition { get; init; }

    /// <summary>Tables asked to be loaded again during this run.</summary>
    public IReadOnlyList<TableReload> Reloads { get; init; } = [];

    /// <summary>Whether the run has come to rest: what was under way then is cancelled.</summary>
    public bool IsOver { get; init; }

    /// <summary>DCUs granted when the run began; 0 while none are, when the engine takes its own estimate for it.</summary>
    public int CapacityUnits { get; init; }

    /// <summary>Capacities that came after it, in the order of time.</summary>
    public IReadOnlyList<CapacityChange> CapacityChanges { get; init; } = [];
}

/// <summary>What an individual assessment came to.</summary>
/// <param name="Status"><c>passed</c>, <c>warning</c>, <c>failed</c>, <c>error</c> or <c>skipped</c>.</param>
/// <param name="Message">What was found; null when nothing was.</param>
public sealed record AssessmentVerdict(string Status, string? Message);

/// <summary>A table reload asked for while running.</summary>
/// <param name="Table">Which.</param>
/// <param name="At">When it was asked.</param>
/// <param name="ValidateOnly">Whether its rows are only compared again, and none are loaded.</param>
[GenerateSerializer, Immutable, Alias("dms.TableReload")]
public readonly record struct TableReload([property: Id(0)] TableName Table, [property: Id(1)] DateTimeOffset At, [property: Id(2)] bool ValidateOnly = false);

/// <summary>A capacity that came into force while running.</summary>
/// <param name="At">Running time (<see cref="RunClock.Elapsed"/>).</param>
/// <param name="CapacityUnits">DCUs from then on.</param>
[GenerateSerializer, Immutable, Alias("dms.CapacityChange")]
public readonly record struct CapacityChange([property: Id(0)] TimeSpan At, [property: Id(1)] int CapacityUnits);

/// <summary>What a run needs over its running time.</summary>
/// <param name="Levels">Each holds until the next; in the order of time. Before the first, nothing is known.</param>
/// <param name="FullLoadEnd">When the full load is over: capacity is not taken from it before. <see cref="TimeSpan.MaxValue"/> when the run is nothing else.</param>
public sealed record LoadForecast(IReadOnlyList<LoadLevel> Levels, TimeSpan FullLoadEnd);

/// <summary>A need for capacity.</summary>
/// <param name="From">Running time (<see cref="RunClock.Elapsed"/>).</param>
/// <param name="CapacityUnits">DCUs' worth of memory in use if there were enough; more than granted is possible, and is what scaling up is for.</param>
public readonly record struct LoadLevel(TimeSpan From, double CapacityUnits);

/// <summary>An end of the job, with what it takes to connect.</summary>
/// <param name="Arn">The endpoint's ARN.</param>
/// <param name="Spec">All but the secrets.</param>
/// <param name="Secrets">The secrets, decrypted.</param>
public sealed record EngineEndpoint(string Arn, EndpointSpec Spec, EndpointSecrets Secrets);

/// <summary>A step that the databases, the settings, or the profile refused.</summary>
/// <param name="Message">For FailureMessages.</param>
/// <param name="Recoverable">Whether the stop reason is RECOVERABLE_ERROR rather than FATAL_ERROR.</param>
public sealed record StepFailure(string Message, bool Recoverable = false);

/// <summary>A step's value, or its failure: exactly one is not null.</summary>
public readonly record struct StepResult<T>(T? Value, StepFailure? Failure)
    where T : class
{
#pragma warning disable CA2225 // The conversions are the constructors.
    /// <summary>Success.</summary>
    public static implicit operator StepResult<T>(T value) => new(value, null);

    /// <summary>Failure.</summary>
    public static implicit operator StepResult<T>(StepFailure failure) => new(null, failure);
#pragma warning restore CA2225
}

/// <summary>What the matched tables amount to. Small enough to be kept in the replication's state.</summary>
[GenerateSerializer, Immutable, Alias("dms.SourceMetadata")]
public sealed record SourceMetadata
{
    /// <summary>Tables listed at the source.</summary>
    [Id(0)]
    public required int TablesListed { get; init; }

    /// <summary>Tables the selection rules include.</summary>
    [Id(1)]
    public required int TablesMatched { get; init; }

    /// <summary>Rows in the matched tables.</summary>
    [Id(2)]
    public required long Rows { get; init; }

    /// <summary>Bytes in the matched tables.</summary>
    [Id(3)]
    public required long Bytes { get; init; }

    /// <summary>Share of the bytes that are large objects, 0 to 1.</summary>
    [Id(4)]
    public required double LobShare { get; init; }

    /// <summary>Changes per second over all matched tables, in simulated time.</summary>
    [Id(5)]
    public required double ChangesPerSecond { get; init; }
}

/// <summary>A computed capacity.</summary>
/// <param name="CapacityUnits">DCUs, on the ladder, inside the config's range.</param>
/// <param name="Reason">The reasoning, in one or two sentences with its figures.</param>
public sealed record CapacityEstimate(int CapacityUnits, string Reason);

/// <summary>Maps the real time of a run to simulated time and back.</summary>
/// <param name="RunningSince">When the replication reached <c>running</c>.</param>
/// <param name="Scale">The node's time scale.</param>
/// <param name="ElapsedBefore">Simulated running time carried over from earlier runs.</param>
public readonly record struct RunClock(DateTimeOffset RunningSince, TimeScale Scale, TimeSpan ElapsedBefore)
{
    /// <summary>The real time at which <paramref name="simulated"/> running time (carried-over time included) is reached.</summary>
    public DateTimeOffset At(TimeSpan simulated)
    {
        var real = simulated >= ElapsedBefore ? Scale.ToReal(simulated - ElapsedBefore) : -Scale.ToReal(ElapsedBefore - simulated);
        return real > DateTimeOffset.MaxValue - RunningSince ? DateTimeOffset.MaxValue : RunningSince + real;
    }

    /// <summary>
    /// The simulated running time at <paramref name="now"/>, carried-over time included. With an infinite scale everything that is planned
    /// (<paramref name="planned"/>) is over at once, and what has no planned end goes on in real time.
    /// </summary>
    public TimeSpan Elapsed(DateTimeOffset now, TimeSpan planned)
    {
        var real = now > RunningSince ? now - RunningSince : TimeSpan.Zero;
        var first = Scale.IsInfinite ? (planned > ElapsedBefore ? planned : ElapsedBefore) : ElapsedBefore;
        var simulated = Scale.IsInfinite ? real : Scale.ToSimulated(real);
        return simulated > TimeSpan.MaxValue - first ? TimeSpan.MaxValue : first + simulated;
    }
}

/// <summary>How a run ends by itself.</summary>
/// <param name="At">When, in real time; in the past when it already has.</param>
/// <param name="StopReason">The model's reason, for example <c>Stop Reason FULL_LOAD_ONLY_FINISHED</c>; for a failure its FATAL or RECOVERABLE reason.</param>
/// <param name="Failure">Set when it ends in <c>failed</c>.</param>
public sealed record RunEnd(DateTimeOffset At, string StopReason, StepFailure? Failure);

/// <summary>What a run has done.</summary>
/// <param name="Stats">The model's statistics, dates included; <see cref="ReplicationStats.StopDate"/>, FreshStartDate and StartDate are set by the caller.</param>
/// <param name="RecoveryCheckpoint">Where change capture stands; null without change capture.</param>
/// <param name="SubPhase">Inside running: <c>full load</c>, <c>cached changes</c>, <c>ongoing changes</c>, or <c>finished</c>.</param>
/// <param name="Elapsed">Simulated running time, carried-over time included: passed back as <see cref="EngineJob.ElapsedBefore"/> when the run is resumed.</param>
public sealed record RunProgress(ReplicationStats Stats, string? RecoveryCheckpoint, string SubPhase, TimeSpan Elapsed);

/// <summary>The model's stop reasons, verbatim.</summary>
public static class StopReasons
{
    /// <summary>A user stopped it.</summary>
    public const string Normal = "Stop Reason NORMAL";

    /// <summary>An error that a restart may clear.</summary>
    public const string RecoverableError = "Stop Reason RECOVERABLE_ERROR";

    /// <summary>An error that needs a person.</summary>
    public const string FatalError = "Stop Reason FATAL_ERROR";

    /// <summary>The full load was all there was to do.</summary>
    public const string FullLoadOnlyFinished = "Stop Reason FULL_LOAD_ONLY_FINISHED";

    /// <summary>StopTaskCachedChangesNotApplied.</summary>
    public const string StoppedAfterFullLoad = "Stop Reason STOPPED_AFTER_FULL_LOAD";

    /// <summary>StopTaskCachedChangesApplied.</summary>
    public const string StoppedAfterCachedEvents = "Stop Reason STOPPED_AFTER_CACHED_EVENTS";

    /// <summary>CdcStopPosition server_time.</summary>
    public const string StoppedAtServerTime = "Stop Reason STOPPED_AT_SERVER_TIME";

    /// <summary>CdcStopPosition commit_time.</summary>
    public const string StoppedAtCommitTime = "Stop Reason STOPPED_AT_COMMIT_TIME";
}
