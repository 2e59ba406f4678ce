using DmsOrleans.Gateway.Aws.Protocol;
using Microsoft.AspNetCore.Http;

namespace DmsOrleans.Gateway.Api;

/// <summary>Errors of <c>/api/v1</c>, as RFC 9457 has them.</summary>
internal static class ApiProblem
{
    /// <summary>The request asks for what cannot be.</summary>
    public static IResult BadRequest(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    /// <summary>There is no such replication.</summary>
    public static IResult NotFound(string id) =>
        TypedResults.Problem($"There is no replication {AwsError.Shown(id)}.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>The cluster or its store does not answer now.</summary>
    public static IResult Unavailable() => TypedResults.Problem(Gateway.Unavailable.Message, statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>A fault of ours.</summary>
    public static IResult Fault(string requestId) =>
        TypedResults.Problem($"The request failed by a fault of the service; its log has the cause under {requestId}.", statusCode: StatusCodes.Status500InternalServerError);
}
