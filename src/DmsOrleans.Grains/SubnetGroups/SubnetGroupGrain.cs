using DmsOrleans.Records;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace DmsOrleans.SubnetGroups;

/// <summary>One replication subnet group.</summary>
[GrainType("subnet-group"), CollectionAgeLimit(Minutes = 5)]
internal sealed class SubnetGroupGrain(
    [PersistentState(SubnetGroupState.Kind)] IPersistentState<SubnetGroupState> stored, RecordServices services, SubnetGroupRules rules, SimulatedNetwork network)
    : RecordGrain<SubnetGroupState, SubnetGroupView>(RecordKinds.SubnetGroup, stored, services), ISubnetGroupGrain
{
    /// <inheritdoc/>
    public Task<Answer<SubnetGroupView>> Create(CreateSubnetGroup command) =>
        CreateAsync(() => rules.Check(Scope, command.Spec), () => new() { Spec = command.Spec, Scope = Scope.ToString() });

    /// <inheritdoc/>
    public async Task<Answer<SubnetGroupView>> Modify(ModifySubnetGroup command)
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
        var spec = before with { Description = command.Description ?? before.Description, SubnetIds = command.SubnetIds };
        return (rules.Check(Scope, spec) ?? await CheckLeavingAsync(before, spec)) is { } refusal ? refusal : await ChangeAsync(State with { Spec = spec });
    }

    /// <inheritdoc/>
    public Task<Answer<SubnetGroupView>> Delete(DeleteSubnetGroup command) => DeleteAsync();

    protected override SubnetGroupView View() => SubnetGroupDirectory.ViewOf(network, Arn, State);

    // Capacity may lie in any subnet of the group while it is held.
    private async Task<Refusal?> CheckLeavingAsync(SubnetGroupSpec before, SubnetGroupSpec after)
    {
        var leaving = before.SubnetIds.Except(after.SubnetIds, StringComparer.Ordinal).ToList();
        return leaving.Count > 0 && await Services.Store.IsReferencedAsync(SubnetGroupState.Kind, Arn, ReplicationStatuses.InMotion, CancellationToken.None)
            ? new(Fault.SubnetAlreadyInUse, $"{string.Join(", ", leaving)} cannot leave the group: a replication placed in it is starting, running or stopping. Stop it first.")
            : null;
    }
}

/// <summary>Answers from the store; nothing is activated.</summary>
[StatelessWorker, Reentrant, GrainType("subnet-group-directory")]
internal sealed class SubnetGroupDirectory(IStateStore store, SimulatedNetwork network) : Grain, ISubnetGroupDirectory
{
    /// <inheritdoc/>
    public Task<RecordPage<SubnetGroupView>> List(RecordQuery query) =>
        store.PageAsync<SubnetGroupState, SubnetGroupView>(query.Of(SubnetGroupState.Kind), i => ViewOf(network, i.Key, i.State));

    public static SubnetGroupView ViewOf(SimulatedNetwork network, string arn, SubnetGroupState state)
    {
        var scope = new Arn(arn).Scope;
        return new(arn, state.Spec!, SimulatedNetwork.VpcOf(scope), [.. state.Spec!.SubnetIds.Select(id => new SubnetView(id, network.ZoneOf(scope, id)))]);
    }
}
