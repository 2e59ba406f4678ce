using DmsOrleans.Records;
using DmsOrleans.Storage;
using Orleans.Concurrency;

namespace DmsOrleans.Endpoints;

/// <summary>Answers from the store; nothing is activated. Type and engine are not indexed: endpoints are few (AWS allows 1,000).</summary>
[StatelessWorker, Reentrant, GrainType("endpoint-directory")]
internal sealed class EndpointDirectory(IStateStore store) : Grain, IEndpointDirectory
{
    /// <inheritdoc/>
    public Task<RecordPage<EndpointView>> List(EndpointQuery query) => store.PageAsync<EndpointState, EndpointView>(
        new()
        {
            Kind = EndpointState.Kind,
            Scope = query.Scope?.ToString(),
            Keys = query.Arns,
            Names = query.Identifiers,
            Cursor = query.Cursor,
            Limit = query.Limit,
        },
        i => new(i.Key, i.State.Spec!, "active"),
        state => Matches(state.Spec!, query));

    private static bool Matches(EndpointSpec spec, EndpointQuery query) =>
        query.EndpointTypes?.Contains(spec.EndpointType, StringComparer.OrdinalIgnoreCase) != false
        && query.EngineNames?.Contains(spec.EngineName, StringComparer.Ordinal) != false;
}
