using System.Net;
using DmsOrleans.Gateway.Aws.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace DmsOrleans.Gateway;

/// <summary>
/// Serves other machines only what asks for a signature, and health: what else the host serves, the dashboard among it, knows no callers.
/// </summary>
internal sealed class LocalOnly(AwsCallers callers) : IStartupFilter
{
    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (callers.Verifies)
        {
            app.Use((http, rest) => Allows(http.Connection.RemoteIpAddress, http.Request.Path) ? rest(http) : RefuseAsync(http));
        }

        next(app);
    };

    /// <summary>Whether a caller at this address may ask for the path; no address is a socket of this machine.</summary>
    public static bool Allows(IPAddress? caller, PathString path) =>
        caller is null || IPAddress.IsLoopback(caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller) || path == "/" || path.StartsWithSegments("/api/v1") || path.StartsWithSegments("/health");

    private static Task RefuseAsync(HttpContext http) => Results.Problem(
        "Only the machine itself may ask for this.", statusCode: StatusCodes.Status403Forbidden, title: "Not served to other machines").ExecuteAsync(http);
}

/// <summary>Refuses to go on when the host listens where others can reach it and no access keys are configured: whoever reached it would command it.</summary>
internal sealed class LoopbackCheck(IServer server, AwsCallers callers) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) =>
        !callers.Verifies && server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(a => !IsLocal(a)) is { } open
            ? throw new InvalidOperationException(
                $"The gateway listens on {open}, which others can reach, and knows no access keys: configure {GatewayOptions.Section}:Credentials, or listen on loopback.")
            : Task.CompletedTask;

    /// <summary>Whether only this machine can reach the address of a server.</summary>
    public static bool IsLocal(string address)
    {
        var binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe || binding.IsNamedPipe || binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
