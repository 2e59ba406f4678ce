using DmsOrleans.Gateway.Aws.Identity;
using Microsoft.AspNetCore.Http;

namespace DmsOrleans.Gateway.Api;

/// <summary>
/// Lets operators in by the same signatures as the AWS API, where those are verified. Any configured key sees all accounts: an operator
/// looks after all of them.
/// </summary>
internal sealed class ApiCallers(AwsCallers callers) : IEndpointFilter
{
    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (_, error) = callers.Identify(context.HttpContext.Request, ReadOnlyMemory<byte>.Empty);
        return error is null
            ? next(context)
            : ValueTask.FromResult<object?>(TypedResults.Problem(error.Message, statusCode: StatusCodes.Status403Forbidden, title: error.Code));
    }
}
