using DmsOrleans.Storage;
using Orleans.Concurrency;

namespace DmsOrleans.Endpoints;

/// <summary>Answers from the store; nothing is activated.</summary>
[StatelessWorker, GrainType("endpoint-directory")]
internal sealed class EndpointDirectory(IStateStore store) : Grain, IEndpointDirectory
{
    /// <inheritdoc/>
    /// <remarks>Type and engine are not indexed: endpoints are few (AWS allows 1,000), so pages are read until one is full.</remarks>
    public async Task<EndpointPage> List(EndpointQuery query)
    {
        var limit = Math.Clamp(query.Limit, 1, 1_000);
        var found = new List<EndpointView>();
        var question = new StateQuery
        {
            Kind = EndpointState.Kind,
            Scope = query.Scope?.ToString(),
            Keys = query.Arns,
            Names = query.Identifiers,
            Cursor = query.Cursor,
            Limit = limit,
        };
        while (true)
        {
            var page = await store.ListAsync<EndpointState>(question with { Limit = limit - found.Count }, CancellationToken.None);
            found.AddRange(page.Items.Where(i => Matches(i.State.Spec!, query)).Select(i => new EndpointView(i.Key, i.State.Spec!, "active")));
            if (page.Next is null || !page.CursorAccepted || found.Count == limit)
            {
                return new EndpointPage(found, page.Next, page.CursorAccepted);
            }

            question = question with { Cursor = page.Next };
        }
    }

    private static bool Matches(EndpointSpec spec, EndpointQuery query) =>
        query.EndpointTypes?.Contains(spec.EndpointType, StringComparer.OrdinalIgnoreCase) != false
        && query.EngineNames?.Contains(spec.EngineName, StringComparer.Ordinal) != false;
}
