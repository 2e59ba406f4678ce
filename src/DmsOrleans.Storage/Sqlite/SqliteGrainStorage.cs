using System.Diagnostics;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>Orleans' face of the store: any state of any grain.</summary>
internal sealed class SqliteGrainStorage(SqliteStore store, IActivatorProvider activators) : IGrainStorage
{
    private const int RowBytes = 500;   // what a waiting write occupies beside its JSON, about

    /// <inheritdoc />
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc />
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc />
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc />
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(session => StateQueries.Read(session, stateName, grainId), cancellationToken);
        grainState.State = (stored is null ? default : StateJson.Read<T>(stored.State, stored.Spec)) ?? Fresh<T>();
        Tags.Set(grainState, stored?.Tag, stateName, grainId);
    }

    /// <inheritdoc />
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();   // once queued it may become durable at any moment
        var write = ToWrite(stateName, grainId, grainState);
        return Activity.Current is null ? store.WriteAsync(write) : TracedWriteAsync(write);
    }

    /// <inheritdoc />
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var activity = StorageMeters.StartWrite(stateName);
        await store.WriteAsync(new StateClear(stateName, grainId, Tags.Get(grainState, stateName, grainId)));
        grainState.State = Fresh<T>();
        Tags.Set(grainState, null, stateName, grainId);
    }

    private async Task TracedWriteAsync(StateWrite write)
    {
        using var activity = StorageMeters.StartWrite(write.Kind);
        await store.WriteAsync(write);
    }

    /// <summary>Everything the writer's thread needs, prepared on the caller's.</summary>
    private static StateWrite<T> ToWrite<T>(string kind, GrainId grain, IGrainState<T> grainState)
    {
        var expected = Tags.Get(grainState, kind, grain);
        var state = StateJson.Write(grainState.State);
        var spec = grainState.State as ISpecState;
        var specBytes = spec?.Spec is { } value && expected?.SpecRevision != spec.SpecRevision ? StateJson.Write(value, spec.SpecType) : null;
        var transition = (grainState.State as IHistoryState)?.LastTransition;
        var stored = expected?.Sequence ?? 0;
        if (transition is not null && transition.Sequence != stored && transition.Sequence != stored + 1)
        {
            throw new InconsistentStateException($"The history of {grain} is at {stored}; step {transition.Sequence} is not the next.", "unknown", grainState.ETag);
        }

        var index = (grainState.State as IIndexedState)?.Index;
        return new StateWrite<T>(RowBytes + state.Length + (specBytes?.Length ?? 0), grainState)
        {
            Kind = kind,
            Grain = grain,
            Expected = expected,
            State = state,
            Index = index,
            IdentityHash = StateTag.HashOf(index),
            Transition = transition?.Sequence == stored ? null : transition,
            SpecRevision = spec?.SpecRevision ?? 0,
            Spec = specBytes,
        };
    }

    private T Fresh<T>() => activators.GetActivator<T>().Create();
}
