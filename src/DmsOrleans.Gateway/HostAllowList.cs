using System.Collections.Frozen;
using System.Net;
using DmsOrleans.Gateway.Aws.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Gateway;

/// <summary>
/// Refuses requests whose Host header is not a name of ours: a web page that points its own name at this machine (DNS rebinding)
/// still sends that name. Stands before everything the host serves, the dashboard included.
/// </summary>
internal sealed class HostAllowList(IOptions<GatewayOptions> options) : IStartupFilter
{
    private const string AnyHost = "*";

    private readonly FrozenSet<string> names = options.Value.AllowedHosts.Append("localhost").ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, rest) => Allows(http.Request.Host.Host) ? rest(http) : RefuseAsync(http));
        next(app);
    };

    /// <summary>Whether <paramref name="host"/>, without its port, may be asked for.</summary>
    public bool Allows(string host) =>
        names.Contains(host) || names.Contains(AnyHost) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static Task RefuseAsync(HttpContext http)
    {
        var message = $"The host {AwsError.Shown(http.Request.Host.Host)} is not served here; names beside localhost have to be allowed in the gateway's options.";
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.Path != "/")
        {
            return Results.Problem(message, statusCode: StatusCodes.Status403Forbidden, title: "Host not allowed").ExecuteAsync(http);
        }

        AwsResponse.Put(http.Response, new AwsError("AccessDeniedFault", message, StatusCodes.Status403Forbidden), AwsProtocol.NewRequestId());
        return http.Response.BodyWriter.FlushAsync(http.RequestAborted).AsTask();
    }
}
