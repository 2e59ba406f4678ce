using DmsOrleans.Replications;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace DmsOrleans.Endpoints;

/// <summary>
/// Tests connections to one endpoint and lists its schemas. A request is stored with the time at which the engine is asked; until the engine has
/// answered and that is stored too, the deadline stands, and whoever wakes the grain after a crash has it asked again.
/// </summary>
[GrainType(EndpointProbeState.Kind), CollectionAgeLimit(Minutes = 5)]
internal sealed partial class EndpointProbeGrain(
    [PersistentState(EndpointProbeState.Kind)] IPersistentState<EndpointProbeState> stored,
    EndpointProber prober,
    IOptions<EndpointOptions> options,
    IOptions<ReplicationOptions> replications,
    TimeProvider time,
    ILogger<EndpointProbeGrain> logger) : Grain, IEndpointProbeGrain, IDisposable
{
    // A replication's ARN is the name of its test, this that of the refresh.
    private const string RefreshJob = "schemas";

    // Timers take at most 49 days; a deadline further away is armed again when this one fires.
    private static readonly TimeSpan MaxTimerWait = TimeSpan.FromDays(40);

    private readonly Dictionary<string, Task<ProbeResult>> running = new(StringComparer.Ordinal);
    private CancellationTokenSource probing = new();
    private IGrainTimer? timer;

    private string EndpointArn => this.GetPrimaryKeyString();

    private EndpointProbeState State => stored.RecordExists ? stored.State : new() { EndpointArn = EndpointArn };

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        ArmTimer([]);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => probing.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => probing.Dispose();

    /// <inheritdoc/>
    public async Task<Answer<ConnectionView>> TestConnection(string replicationArn)
    {
        var (endpoint, replication, refusal) = await EndsAsync(replicationArn);
        if (refusal is not null)
        {
            return refusal;
        }

        var known = State.ConnectionWith(replicationArn);
        if (known is not { Status: ProbeStatus.Testing })
        {
            known = new()
            {
                ReplicationArn = replicationArn,
                ReplicationIdentifier = replication,
                Status = ProbeStatus.Testing,
                LastFailureMessage = known?.LastFailureMessage,
                Due = DueIn(options.Value.ConnectionTestDuration),
            };
            await WriteAsync(State.With(known));
            ArmTimer([]);
        }

        return View(endpoint, known);
    }

    /// <inheritdoc/>
    public async Task<Answer<ConnectionView>> DeleteConnection(string replicationArn)
    {
        if (await EndpointAsync() is not { } endpoint)
        {
            return NoEndpoint();
        }

        if (State.ConnectionWith(replicationArn) is not { } known)
        {
            return Refusal.NotFound($"There is no connection between {EndpointArn} and {replicationArn}.");
        }

        if (known.Status == ProbeStatus.Testing)
        {
            return Refusal.InvalidState($"The connection between {EndpointArn} and {replicationArn} is being tested and cannot be deleted.");
        }

        await WriteAsync(State.Without(replicationArn));
        return View(endpoint, known with { Status = ProbeStatus.Deleting });
    }

    /// <inheritdoc/>
    public async Task<Answer<SchemaRefreshView>> RefreshSchemas(string replicationArn)
    {
        var (_, _, refusal) = await EndsAsync(replicationArn);
        if (refusal is not null)
        {
            return refusal;
        }

        var known = State.Refresh;
        if (known is not { Status: ProbeStatus.Refreshing })
        {
            known = new()
            {
                ReplicationArn = replicationArn,
                Status = ProbeStatus.Refreshing,
                LastRefreshDate = known?.LastRefreshDate,
                LastFailureMessage = known?.LastFailureMessage,
                Schemas = known?.Schemas ?? [],
                Due = DueIn(options.Value.SchemaRefreshDuration),
            };
            await WriteAsync(State with { Refresh = known });
            ArmTimer([]);
        }

        return View(known);
    }

    /// <inheritdoc/>
    public async Task<EndpointProbeView?> GetState()
    {
        if (await EndpointAsync() is not { } endpoint)
        {
            DeactivateOnIdle();
            return null;
        }

        return new([.. State.Connections.Select(c => View(endpoint, c))], State.Refresh is { } refresh ? View(refresh) : null);
    }

    /// <inheritdoc/>
    public async Task<Answer<SchemaPage>> ListSchemas(string? after, int limit)
    {
        if (await EndpointAsync() is null)
        {
            return NoEndpoint();
        }

        var following = (State.Refresh?.Schemas ?? []).Where(name => after is null || string.CompareOrdinal(name, after) > 0).Take(limit + 1).ToList();
        return new SchemaPage([.. following.Take(limit)], following.Count > limit);
    }

    /// <inheritdoc/>
    public async Task Forget(ForgetProbes command)
    {
        running.Clear();
        await probing.CancelAsync();
        probing.Dispose();
        probing = new();
        if (stored.RecordExists)
        {
            await ConfirmedAsync(stored.ClearStateAsync());
        }

        DeactivateOnIdle();
    }

    /// <inheritdoc/>
    public async Task Wake(WakeReason reason)
    {
        var (next, postponed) = (State, new HashSet<string>(StringComparer.Ordinal));
        foreach (var (job, task) in running.Where(r => r.Value.IsCompleted).ToList())
        {
            running.Remove(job);
            if (await AnswerAsync(task) is not { } answer)
            {
                postponed.Add(job);
            }
            else if (answer.IsGone)
            {
                await Forget(new());
                return;
            }
            else
            {
                next = After(next, job, answer);
            }
        }

        if (next != State)
        {
            await WriteAsync(next);
        }

        foreach (var job in Jobs().Where(j => j.Due <= time.GetUtcNow() && !running.ContainsKey(j.Name) && !postponed.Contains(j.Name)).ToList())
        {
            Begin(job.Name, job.ReplicationArn);
        }

        ArmTimer(postponed);
        if (!stored.RecordExists)
        {
            DeactivateOnIdle();
        }
    }

    private static EndpointProbeState After(EndpointProbeState state, string job, ProbeResult answer)
    {
        var status = answer.Failure is null ? ProbeStatus.Successful : ProbeStatus.Failed;
        if (job == RefreshJob)
        {
            var refresh = state.Refresh! with { Status = status, Due = null, LastFailureMessage = answer.Failure?.Message };
            return state with { Refresh = answer.Failure is null ? refresh with { Schemas = answer.Schemas!, LastRefreshDate = answer.At } : refresh };
        }

        return state.With(state.ConnectionWith(job)! with { Status = status, Due = null, LastFailureMessage = answer.Failure?.Message });
    }

    // Null when it was not carried out: the deadline stands, and the sweeper asks again.
    private async Task<ProbeResult?> AnswerAsync(Task<ProbeResult> probe)
    {
        try
        {
            return await probe;
        }
        catch (Exception e)
        {
            LogPostponed(logger, e, EndpointArn);
            return null;
        }
    }

    private IEnumerable<(string Name, string ReplicationArn, DateTimeOffset Due)> Jobs()
    {
        foreach (var connection in State.Connections.Where(c => c.Due is not null))
        {
            yield return (connection.ReplicationArn, connection.ReplicationArn, connection.Due!.Value);
        }

        if (State.Refresh is { Due: { } due } refresh)
        {
            yield return (RefreshJob, refresh.ReplicationArn, due);
        }
    }

    // Beside the grain's turn: the engine may take its time, and the grain answers meanwhile.
    private void Begin(string job, string replicationArn)
    {
        var endpoint = EndpointArn;
        var token = probing.Token;
        var self = this.AsReference<IEndpointProbeGrain>();
        var probe = Task.Run(() => job == RefreshJob ? prober.ListSchemasAsync(endpoint, replicationArn, token) : prober.TestAsync(endpoint, replicationArn, token), token);
        running[job] = probe;
        _ = Task.Run(() => WakeAfterAsync(probe, self), CancellationToken.None);
    }

    private async Task WakeAfterAsync(Task probe, IEndpointProbeGrain self)
    {
        await Task.WhenAny(probe);
        if (probe.IsCanceled)
        {
            // The grain went, or forgot: nobody waits for it, or the sweeper has it done again.
            return;
        }

        try
        {
            await self.Wake(WakeReason.Command);
        }
        catch (Exception e)
        {
            LogPostponed(logger, e, EndpointArn);
        }
    }

    private async Task<(EndpointView? Endpoint, string Replication, Refusal? Refusal)> EndsAsync(string replicationArn)
    {
        if (await EndpointAsync() is not { } endpoint)
        {
            return (null, "", NoEndpoint());
        }

        if (!Arn.IsWellFormed(replicationArn, Arn.ReplicationConfigKind))
        {
            return (endpoint, new Arn(replicationArn).ResourceId.ToLowerInvariant(), null);
        }

        var replication = await GrainFactory.GetGrain<IReplicationGrain>(replicationArn).GetState();
        return (endpoint, replication?.Config.Identifier ?? "", replication is null ? Refusal.NotFound($"Replication Config {replicationArn} was not found.") : null);
    }

    private Task<EndpointView?> EndpointAsync() => GrainFactory.GetGrain<IEndpointGrain>(EndpointArn).GetState();

    private Refusal NoEndpoint()
    {
        DeactivateOnIdle();
        return Refusal.NotFound($"Endpoint {EndpointArn} was not found.");
    }

    private DateTimeOffset DueIn(TimeSpan simulated) => time.GetUtcNow() + replications.Value.Scale.ToReal(simulated);

    private async Task WriteAsync(EndpointProbeState next)
    {
        stored.State = next;
        await ConfirmedAsync(stored.WriteStateAsync());
    }

    private async Task ConfirmedAsync(Task write)
    {
        try
        {
            await write;
        }
        catch (Exception e)
        {
            // Memory may differ from the store now: the next activation reads what is true.
            DeactivateOnIdle();
            throw StoreRefusals.Unconfirmed(EndpointArn, e);
        }
    }

    private void ArmTimer(HashSet<string> postponed)
    {
        var due = Jobs().Where(j => !running.ContainsKey(j.Name) && !postponed.Contains(j.Name)).Select(j => (DateTimeOffset?)j.Due).Min();
        var wait = due is { } at ? at - time.GetUtcNow() : Timeout.InfiniteTimeSpan;
        wait = due is null ? wait : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > MaxTimerWait ? MaxTimerWait : wait;
        timer?.Dispose();
        timer = due is null ? null : this.RegisterGrainTimer(
            static (grain, _) => grain.Wake(WakeReason.Timer), this, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { KeepAlive = true });
    }

    private ConnectionView View(EndpointView? endpoint, TestedConnection connection) => connection.View(EndpointArn, endpoint!.Spec.Identifier);

    private SchemaRefreshView View(SchemaRefresh refresh) => new(EndpointArn, refresh.ReplicationArn, refresh.Status, refresh.LastRefreshDate, refresh.LastFailureMessage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Trying endpoint {Endpoint} was put off; the sweeper will have it tried again")]
    private static partial void LogPostponed(ILogger logger, Exception exception, string endpoint);
}
