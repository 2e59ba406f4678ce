using DmsOrleans.Assessments;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Capacity;

namespace DmsOrleans.Replications;

/// <summary>Something that happened to a replication and, once stored, is one transition of its history.</summary>
/// <param name="Cause">The name kept in the history, kebab case; never renamed, histories hold it.</param>
internal abstract record ReplicationEvent(string Cause)
{
    /// <summary>For a person, kept in the history; null when the cause says it all.</summary>
    public string? Details { get; init; }

    /// <summary>The config was accepted.</summary>
    public sealed record Created(ReplicationSpec Spec) : ReplicationEvent("created");

    /// <summary>StartReplication was accepted, with a premigration assessment or without.</summary>
    public sealed record StartRequested(RunState Run, AssessmentRunState? Assessment = null) : ReplicationEvent("start-requested");

    /// <summary>The premigration assessment begins.</summary>
    public sealed record AssessmentStarted(AssessmentRunState Run) : ReplicationEvent("assessment-started");

    /// <summary>An individual assessment is over and others are not. Stored, but no transition: the history has the beginning and the end.</summary>
    public sealed record AssessmentProgressed(AssessmentRunState Run) : ReplicationEvent("assessment-progressed");

    /// <summary>The premigration assessment is over.</summary>
    public sealed record AssessmentCompleted(AssessmentRunState Run) : ReplicationEvent("assessment-completed");

    /// <summary>CancelReplicationTaskAssessmentRun was accepted.</summary>
    public sealed record AssessmentCancelled(AssessmentRunState Run) : ReplicationEvent("assessment-cancelled");

    /// <summary>The engine did the phase's work and time is up.</summary>
    public sealed record PhaseCompleted(PhaseResult Result) : ReplicationEvent("phase-completed");

    /// <summary>The pool cannot grant the capacity yet: the first one, or while running that of <paramref name="Move"/>.</summary>
    public sealed record CapacityAwaited(string Reason, ScalingMove? Move = null) : ReplicationEvent("capacity-awaited");

    /// <summary>Autoscaling changes the capacity; more of it is held from now on, less is given back once the step is done.</summary>
    public sealed record ScalingStarted(ScalingMove Move, TimeSpan CompletesAt, DateTimeOffset AvailableAt) : ReplicationEvent(Move.IsUp ? "scaling-up" : "scaling-down");

    /// <summary>The changed capacity is in force.</summary>
    public sealed record ScalingCompleted : ReplicationEvent
    {
        public ScalingCompleted()
            : base("scaling-completed")
        {
        }
    }

    /// <summary>Autoscaling wanted a step that the compute config forbids, or that is not needed any more (then <paramref name="IsUp"/> is null).</summary>
    public sealed record ScalingRefused(TimeSpan Since, bool? IsUp) : ReplicationEvent("scaling-refused");

    /// <summary>The run ended by itself, without an error.</summary>
    public sealed record RunEnded(string StopReason, RunReport? Report) : ReplicationEvent("run-ended");

    /// <summary>The engine reported an error.</summary>
    public sealed record Failure(IReadOnlyList<string> Messages, string StopReason, RunReport? Report) : ReplicationEvent("failure");

    /// <summary>StopReplication was accepted.</summary>
    public sealed record StopRequested : ReplicationEvent
    {
        public StopRequested()
            : base("stop-requested")
        {
        }
    }

    /// <summary>The engine has stopped.</summary>
    public sealed record StopCompleted(RunReport? Report) : ReplicationEvent("stop-completed");

    /// <summary>Tables are loaded again.</summary>
    public sealed record ReloadRequested(IReadOnlyList<TableReload> Reloads) : ReplicationEvent("reload-requested");

    /// <summary>ModifyReplicationConfig was accepted.</summary>
    public sealed record ModifyRequested(ReplicationSpec Spec) : ReplicationEvent("modify-requested");

    /// <summary>The modification is in force.</summary>
    public sealed record Modified : ReplicationEvent
    {
        public Modified()
            : base("modified")
        {
        }
    }

    /// <summary>DeleteReplicationConfig was accepted.</summary>
    public sealed record DeleteRequested : ReplicationEvent
    {
        public DeleteRequested()
            : base("delete-requested")
        {
        }
    }

    /// <summary>Capacity is being taken back after rest.</summary>
    public sealed record DeprovisioningStarted : ReplicationEvent
    {
        public DeprovisioningStarted()
            : base("deprovisioning-started")
        {
        }
    }

    /// <summary>Capacity has been taken back; statistics are lost with it.</summary>
    public sealed record Deprovisioned : ReplicationEvent
    {
        public Deprovisioned()
            : base("deprovisioned")
        {
        }
    }
}

/// <summary>What a completed phase brought, for the phases that bring something.</summary>
/// <param name="Metadata">After fetching_metadata.</param>
/// <param name="Estimate">After calculating_capacity.</param>
/// <param name="GrantedUnits">After provisioning_capacity, DCUs.</param>
internal sealed record PhaseResult(SourceMetadata? Metadata = null, CapacityEstimate? Estimate = null, int? GrantedUnits = null)
{
    /// <summary>A phase that brings nothing but its end.</summary>
    public static PhaseResult Nothing { get; } = new();
}

/// <summary>Where a run stood when it came to rest; there is none when it never reached <c>running</c>.</summary>
/// <param name="Elapsed">Simulated running time, carried-over time included.</param>
/// <param name="Checkpoint">Where change capture stood; null without change capture.</param>
internal sealed record RunReport(TimeSpan Elapsed, string? Checkpoint);
