using DmsOrleans.Events;
using DmsOrleans.Replications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DmsOrleans.Gateway.Api;

/// <summary>
/// Replications as operators ask for them. <c>{id}</c> is the ARN of a config, or its identifier in the account and region of
/// the query (else the default ones).
/// </summary>
internal static class ReplicationsApi
{
    private const int DefaultPage = 100;
    private const int DefaultHistory = 1000;
    private const int LongestPage = 1000;

    /// <summary>The routes of this resource.</summary>
    public static RouteGroupBuilder MapReplications(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/replications").WithTags("Replications").AddEndpointFilter<ApiFaults>();
        group.MapGet("/", ListAsync);
        group.MapGet("/counts", CountAsync);
        group.MapGet("/{id}", GetAsync);
        group.MapGet("/{id}/history", HistoryAsync);
        group.MapGet("/{id}/log", LogAsync);
        return group;
    }

    private static async Task<IResult> ListAsync(HttpRequest request, IGrainFactory grains)
    {
        var query = new ApiQuery(request.Query);
        var asked = new ReplicationQuery
        {
            Scope = query.Scope(),
            Statuses = query.Statuses(),
            Cursor = query.Text("cursor"),
            Limit = (int)query.Number("limit", DefaultPage, 1, LongestPage),
        };
        if (query.Fault is { } fault)
        {
            return ApiProblem.BadRequest(fault);
        }

        var page = await grains.GetGrain<IReplicationDirectory>(0).List(asked);
        return page.CursorAccepted
            ? TypedResults.Json(new ReplicationItems(page.Items.Select(ReplicationItem.Of), page.Next), ApiJson.Default.ReplicationItems)
            : ApiProblem.BadRequest("The parameter cursor must be the 'next' of an earlier page.");
    }

    private static async Task<IResult> CountAsync(HttpRequest request, IGrainFactory grains)
    {
        var counts = await grains.GetGrain<IReplicationDirectory>(0).Count(new ApiQuery(request.Query).Scope());
        return TypedResults.Json(new CountsItem(counts.ByStatus.Values.Sum(), counts.ByStatus), ApiJson.Default.CountsItem);
    }

    private static async Task<IResult> GetAsync(string id, HttpRequest request, IGrainFactory grains) =>
        await FindAsync(id, new ApiQuery(request.Query).Scope(), grains) is { } view
            ? TypedResults.Json(ReplicationItem.Of(view), ApiJson.Default.ReplicationItem)
            : ApiProblem.NotFound(id);

    private static async Task<IResult> HistoryAsync(string id, HttpRequest request, IGrainFactory grains)
    {
        var query = new ApiQuery(request.Query);
        var after = query.Number("after", 0, 0, long.MaxValue);
        var limit = (int)query.Number("limit", DefaultHistory, 1, LongestPage);
        if (query.Fault is { } fault)
        {
            return ApiProblem.BadRequest(fault);
        }

        var arn = IsArn(id) ? id : (await FindAsync(id, query.Scope(), grains))?.Arn;
        var history = arn is null ? null : await grains.GetGrain<IReplicationDirectory>(0).History(arn, after, limit);
        return history is null
            ? ApiProblem.NotFound(id)
            : TypedResults.Json(new HistoryItem(arn!, history.Transitions.Select(TransitionItem.Of), history.More), ApiJson.Default.HistoryItem);
    }

    private static async Task<IResult> LogAsync(string id, HttpRequest request, IGrainFactory grains)
    {
        var query = new ApiQuery(request.Query);
        var asked = new LogQuery(
            query.Scope() ?? AwsScope.Default, id, query.Number("after", 0, 0, long.MaxValue), (int)query.Number("limit", DefaultHistory, 1, LongestPage));
        if (query.Fault is { } fault)
        {
            return ApiProblem.BadRequest(fault);
        }

        return await grains.GetGrain<IEventDirectory>(0).Log(asked) is { } page
            ? TypedResults.Json(LogItem.Of(page), ApiJson.Default.LogItem)
            : ApiProblem.NotFound(id);
    }

    private static async Task<ReplicationView?> FindAsync(string id, AwsScope? scope, IGrainFactory grains)
    {
        var query = IsArn(id)
            ? new ReplicationQuery { Arns = [id], Limit = 1 }
            : new ReplicationQuery { Scope = scope ?? AwsScope.Default, Identifiers = [id], Limit = 1 };
        return (await grains.GetGrain<IReplicationDirectory>(0).List(query)).Items is [var view, ..] ? view : null;
    }

    private static bool IsArn(string id) => Arn.IsWellFormed(id, Arn.ReplicationConfigKind);
}
