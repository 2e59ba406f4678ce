using System.Text.Json;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Records;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Describe operations over stored records: filters by ARN and identifier, pages, and the fault of a filter that matches nothing.</summary>
/// <param name="List">The member of the answer that holds the list.</param>
/// <param name="Noun">What is listed, for messages.</param>
/// <param name="ArnFilter">The filter by ARN; null when there is none.</param>
/// <param name="IdFilter">The filter by identifier.</param>
/// <param name="IdOf">How an identifier is stored.</param>
internal sealed record RecordList(string List, string Noun, string? ArnFilter, string IdFilter, Func<string, string> IdOf)
{
    /// <summary>Answers a Describe request.</summary>
    public async Task<AwsReply> DescribeAsync<TView>(
        AwsCall call, (AwsPaging Paging, AwsError? Error) paging, Func<RecordQuery, Task<RecordPage<TView>>> ask, Action<Utf8JsonWriter, TView> members)
    {
        var (filters, badFilter) = ArnFilter is null ? AwsFilters.Read(call.Input, IdFilter) : AwsFilters.Read(call.Input, ArnFilter, IdFilter);
        if ((badFilter ?? paging.Error) is { } error)
        {
            return error;
        }

        var page = await ask(new()
        {
            Scope = call.Scope,
            Arns = ArnFilter is null ? null : filters[ArnFilter],
            Identifiers = filters[IdFilter]?.Select(IdOf).ToArray(),
            Cursor = paging.Paging.Marker,
            Limit = paging.Paging.Limit,
        });
        return page.Items.Count == 0 && page.CursorAccepted && filters.Any && paging.Paging.Marker is null
            ? AwsError.NotFound($"No {Noun} matches the filters.")
            : Answer(List, page, members);
    }

    /// <summary>The answer that shows a page.</summary>
    public static AwsReply Answer<TView>(string list, RecordPage<TView> page, Action<Utf8JsonWriter, TView> members) => !page.CursorAccepted
        ? AwsPaging.BadMarker
        : new AwsResult(json =>
        {
            json.Text("Marker", page.Next);
            json.Structures(list, page.Items, members);
        });
}
