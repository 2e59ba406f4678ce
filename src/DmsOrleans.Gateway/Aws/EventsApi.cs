using System.Text.Json;
using DmsOrleans.Events;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>What happened to replications. Their source type, <c>replication-config</c>, is ours: AWS documents none for serverless replications.</summary>
internal static class EventsApi
{
    private const int FewestRecords = 20;
    private const int MostRecords = 100;
    private const string InstanceFilter = "replication-instance-id";

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeEvents(this AwsOperations operations) => operations
        .Serve("DescribeEvents", DescribeAsync)
        .Serve("DescribeEventCategories", DescribeCategoriesAsync);

    private static async Task<AwsReply> DescribeAsync(AwsCall call)
    {
        var (filters, badFilter) = AwsFilters.Read(call.Input, InstanceFilter);
        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        if ((badFilter ?? badPaging) is { } error)
        {
            return error;
        }

        if (filters.Any)
        {
            return Result(new EventPage([], null));   // of instances there are none
        }

        var answer = await call.Grains.GetGrain<IEventDirectory>(0).List(Query(call, paging));
        return
            answer.Refusal is { } refusal ? AwsError.Of(refusal)
            : !answer.Value!.CursorAccepted ? AwsPaging.BadMarker
            : Result(answer.Value);
    }

    private static EventQuery Query(AwsCall call, AwsPaging paging) => new()
    {
        Scope = call.Scope,
        SourceIdentifier = call.Input.Text("SourceIdentifier"),
        SourceType = call.Input.Text("SourceType"),
        Categories = call.Input.Texts("EventCategories") is { Count: > 0 } categories ? categories : null,
        StartTime = call.Input.Time("StartTime"),
        EndTime = call.Input.Time("EndTime"),
        DurationMinutes = call.Input.Integer("Duration"),
        Cursor = paging.Marker,
        Limit = paging.Limit,
    };

    private static Task<AwsReply> DescribeCategoriesAsync(AwsCall call)
    {
        var sourceType = call.Input.Text("SourceType");
        var (filters, badFilter) = AwsFilters.Read(call.Input, "source-type");
        if ((badFilter ?? (EventSources.CheckType(sourceType) is { } refusal ? AwsError.Of(refusal) : null)) is { } error)
        {
            return Task.FromResult<AwsReply>(error);
        }

        var groups = EventSources.Categories.Where(g => (sourceType ?? g.Key) == g.Key && filters["source-type"]?.Contains(g.Key) != false);
        return Task.FromResult<AwsReply>(new AwsResult(json => json.Structures("EventCategoryGroupList", groups, (member, group) =>
        {
            member.Text("SourceType", group.Key);
            member.Texts("EventCategories", group.Value);
        })));
    }

    private static AwsResult Result(EventPage page) => new(json =>
    {
        json.Text("Marker", page.Next);
        json.Structures("Events", page.Items, WriteEvent);
    });

    private static void WriteEvent(Utf8JsonWriter json, EventView view)
    {
        json.Text("SourceIdentifier", view.SourceIdentifier);
        json.Text("SourceType", EventSources.ReplicationConfig);
        json.Text("Message", view.Message);
        json.Texts("EventCategories", [view.Category]);
        json.Time("Date", view.Date);
    }
}
