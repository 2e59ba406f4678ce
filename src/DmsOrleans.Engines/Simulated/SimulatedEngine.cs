using DmsOrleans.Engines.Capacity;
using DmsOrleans.Engines.Settings;
using DmsOrleans.Replications;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Engines.Simulated;

/// <summary>
/// Moves no rows, and tells of rows moved. Every answer is a pure function of the profile's seed, the replication's identifier, the run, and
/// the time asked about: nothing runs, nothing is kept, and any process gives the same answer.
/// </summary>
public sealed class SimulatedEngine : IReplicationEngine
{
    /// <summary>The mappings of whoever looks at a source without a replication.</summary>
    private const string Everything = """
        {"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"%","table-name":"%"},"rule-action":"include"}]}
        """;

    private readonly SimulationOptions node;
    private readonly SimulationProfile nodeProfile;
    private readonly BoundedCache<string, ParsedProfile> profiles = new(8_000_000);

    /// <summary>An engine whose replications follow <paramref name="options"/> unless their own settings say otherwise.</summary>
    /// <exception cref="OptionsValidationException">The options are wrong.</exception>
    public SimulatedEngine(IOptions<SimulationOptions> options)
    {
        node = options.Value;
        var parsed = SimulationProfile.Parse(node, null);
        nodeProfile = parsed.Value ?? throw new OptionsValidationException(SimulationOptions.Section, typeof(SimulationOptions), parsed.Faults);
    }

    /// <inheritdoc/>
    public TimeSpan PlannedDuration(EngineJob job, ReplicationStatus phase)
    {
        if (!phase.IsStartPhase())
        {
            return TimeSpan.Zero;
        }

        var profile = ProfileOf(job);
        return profile.PhaseOf(phase).Duration(DrawOf(profile, job, phase));
    }

    /// <inheritdoc/>
    public ValueTask<StepFailure?> InitializeAsync(EngineJob job, CancellationToken cancellationToken)
    {
        var profileFault = FaultOf(job);
        var profile = ProfileOf(job);
        var mappingFault = SourceOf(profile, job.Spec.TableMappings).Fault;
        var settingsFault = TaskSettings.Validate(job.Spec.ReplicationSettings);
        var positionFault = job.CdcStopPosition is null || CdcStopPosition.TryParse(job.CdcStopPosition, out _) ? null
            : $"CdcStopPosition is '{job.CdcStopPosition}'; it must be server_time: or commit_time: and a UTC time such as 2018-02-09T12:12:12.";
        return (mappingFault ?? settingsFault ?? profileFault ?? positionFault) is null
            ? ValueTask.FromResult(Drawn(profile, job, ReplicationStatus.Initializing))
            : ValueTask.FromResult<StepFailure?>(new StepFailure(string.Join(" ", new[] { mappingFault, settingsFault, profileFault, positionFault }.Where(f => f is not null))));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ApplicableAssessments(string sourceEngine, string targetEngine, ReplicationType type) =>
        SimulatedAssessments.Applicable(sourceEngine, type);

    /// <inheritdoc/>
    public TimeSpan PlannedAssessmentDuration(EngineJob job, string assessment) => TimeSpan.FromSeconds(ProfileOf(job).Options.Assessments.SecondsEach);

    /// <inheritdoc/>
    public ValueTask<AssessmentVerdict> AssessAsync(
        EngineJob job, string assessment, EngineEndpoint source, EngineEndpoint target, CancellationToken cancellationToken)
    {
        var profile = ProfileOf(job);
        var tables = SourceOf(profile, job.Spec.TableMappings).Match(Draw.Of(profile.Options.Seed, job.Spec.Identifier), out _);
        return ValueTask.FromResult(SimulatedAssessments.Assess(profile.Options.Assessments, assessment, tables));
    }

    /// <inheritdoc/>
    public ValueTask<StepFailure?> PrepareMetadataResourcesAsync(EngineJob job, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Drawn(ProfileOf(job), job, ReplicationStatus.PreparingMetadataResources));

    /// <inheritdoc/>
    public ValueTask<StepFailure?> TestConnectionAsync(EngineJob? job, EngineEndpoint endpoint, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Test(job, endpoint));

    /// <inheritdoc/>
    public ValueTask<StepResult<IReadOnlyList<string>>> ListSchemasAsync(EngineJob? job, EngineEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (Test(job, endpoint) is { } refused)
        {
            return ValueTask.FromResult<StepResult<IReadOnlyList<string>>>(refused);
        }

        var source = SourceOf(ProfileOf(job), job?.Spec.TableMappings ?? Everything);
        return ValueTask.FromResult(source.Fault is { } fault ? new StepFailure(fault) : new StepResult<IReadOnlyList<string>>(source.Schemas, null));
    }

    /// <inheritdoc/>
    public ValueTask<StepResult<SourceMetadata>> FetchMetadataAsync(EngineJob job, CancellationToken cancellationToken)
    {
        var profile = ProfileOf(job);
        var source = SourceOf(profile, job.Spec.TableMappings);
        if ((source.Fault is null ? Drawn(profile, job, ReplicationStatus.FetchingMetadata) : new StepFailure(source.Fault)) is { } failure)
        {
            return ValueTask.FromResult<StepResult<SourceMetadata>>(failure);
        }

        var matched = source.Match(Draw.Of(profile.Options.Seed, job.Spec.Identifier), out var listed);
        return matched.Count > 0 || !TaskSettings.Read(job.Spec).FailOnNoTablesCaptured
            ? ValueTask.FromResult<StepResult<SourceMetadata>>(SimulatedSource.Sum(matched, listed))
            : ValueTask.FromResult<StepResult<SourceMetadata>>(new StepFailure(
                $"No tables were found at task initialization: none of the {listed} tables of the source matches the selection rules. Check the schema and table names of the table mappings; case matters."));
    }

    /// <inheritdoc/>
    public ValueTask<StepResult<CapacityEstimate>> EstimateCapacityAsync(EngineJob job, SourceMetadata metadata, CancellationToken cancellationToken) =>
        ValueTask.FromResult<StepResult<CapacityEstimate>>(Drawn(ProfileOf(job), job, ReplicationStatus.CalculatingCapacity) is { } failure
            ? failure
            : CapacityEstimator.Estimate(metadata, job.Spec.Type, job.Spec.Compute));

    /// <inheritdoc/>
    public ValueTask<StepFailure?> ProvisionAsync(EngineJob job, int capacityUnits, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Drawn(ProfileOf(job), job, ReplicationStatus.ProvisioningCapacity));

    /// <inheritdoc/>
    public ValueTask<StepFailure?> StartAsync(EngineJob job, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Drawn(ProfileOf(job), job, ReplicationStatus.ReplicationStarting));

    /// <inheritdoc/>
    public RunEnd? PlannedEnd(EngineJob job, RunClock clock) => RunPlan.NeverEnds(ProfileOf(job), job) ? null : PlanOf(job, clock).End?.Run;

    /// <inheritdoc/>
    public LoadForecast? ExpectedLoad(EngineJob job, RunClock clock)
    {
        var profile = ProfileOf(job);
        return SimulatedLoad.IsSteady(profile, job) ? null : SimulatedLoad.Of(profile, job, PlanOf(job, clock));
    }

    /// <inheritdoc/>
    public RunProgress Progress(EngineJob job, RunClock clock, DateTimeOffset now) =>
        RunReport.Of(PlanOf(job, clock), job, LogPosition.Of(Draw.Of(ProfileOf(job).Options.Seed, job.Spec.Identifier)), now);

    /// <inheritdoc/>
    public IReadOnlyList<TableStatistics> Tables(EngineJob job, RunClock clock, DateTimeOffset now)
    {
        var plan = PlanOf(job, clock);
        var elapsed = plan.ElapsedAt(now);
        var tables = new TableStatistics[plan.Tables.Count];
        for (var i = 0; i < tables.Length; i++)
        {
            tables[i] = plan.Tables[i].Statistics(plan, elapsed, plan.HasEndedBy(now) ? plan.End!.Run.At : now);
        }

        return tables;
    }

    /// <inheritdoc/>
    public ValueTask StopAsync(EngineJob job, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask CleanUpAsync(EngineJob job, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>The seven start phases branch off by run and phase, so that the next run is another walk.</summary>
    private static Draw DrawOf(SimulationProfile profile, EngineJob job, ReplicationStatus phase) =>
        Draw.Of(profile.Options.Seed, job.Spec.Identifier).Split((ulong)job.Run).Split((ulong)phase);

    private static StepFailure? Drawn(SimulationProfile profile, EngineJob job, ReplicationStatus phase)
    {
        ref readonly var settings = ref profile.PhaseOf(phase);
        return settings.FailureProbability > 0 && DrawOf(profile, job, phase).Split(Purpose.Failure).Happens(settings.FailureProbability) ? settings.Failure : null;
    }

    private StepFailure? Test(EngineJob? job, EngineEndpoint endpoint)
    {
        var profile = ProfileOf(job);
        var isSource = endpoint.Spec.EndpointType.Equals("source", StringComparison.OrdinalIgnoreCase);
        var refused = SimulatedConnection.Test(profile.Options.ConnectionTest, endpoint.Spec, isSource);
        return refused ?? (isSource && job is not null ? Drawn(profile, job, ReplicationStatus.TestingConnection) : null);
    }

    private static SimulatedSource SourceOf(SimulationProfile profile, string mappings) =>
        profile.Sources.Get(mappings, mappings.Length, profile, SimulatedSource.Of);

    private RunPlan PlanOf(EngineJob job, RunClock clock)
    {
        var profile = ProfileOf(job);
        return RunPlan.Of(profile, SourceOf(profile, job.Spec.TableMappings), TaskSettings.Read(job.Spec), job, clock);
    }

    /// <summary>The replication's profile; the node's without one, and when its own is wrong, which <see cref="InitializeAsync"/> refuses.</summary>
    private SimulationProfile ProfileOf(EngineJob? job) =>
        string.IsNullOrEmpty(job?.Spec.SupplementalSettings) ? nodeProfile : Parse(job.Spec.SupplementalSettings).Profile;

    private string? FaultOf(EngineJob job) =>
        string.IsNullOrEmpty(job.Spec.SupplementalSettings) ? null : Parse(job.Spec.SupplementalSettings).Fault;

    private ParsedProfile Parse(string supplementalSettings) =>
        profiles.Get(supplementalSettings, supplementalSettings.Length, this, static (text, engine) =>
        {
            var parsed = SimulationProfile.Parse(engine.node, text);
            return new ParsedProfile(parsed.Value ?? engine.nodeProfile, parsed.Value is null ? parsed.FaultText : null);
        });

    private sealed record ParsedProfile(SimulationProfile Profile, string? Fault);
}
