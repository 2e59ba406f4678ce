using DmsOrleans.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DmsOrleans.Hosting;

/// <summary>Liveness is local; readiness is "joined the cluster and storage usable".</summary>
public static class HealthRegistration
{
    private const string Ready = "ready";

    /// <summary>Adds the storage check; a silo adds its own with <see cref="AddReadiness{TCheck}"/>.</summary>
    public static IServiceCollection AddStorageHealth(this IServiceCollection services) => services.AddReadiness<StorageHealthCheck>("storage");

    /// <summary>Adds a check that must pass for the process to be ready.</summary>
    public static IServiceCollection AddReadiness<TCheck>(this IServiceCollection services, string name)
        where TCheck : class, IHealthCheck
    {
        services.AddHealthChecks().AddCheck<TCheck>(name, tags: [Ready], timeout: TimeSpan.FromSeconds(5));
        return services;
    }

    /// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: commands would be accepted; 503 and the reasons when not.</summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync });
        return routes;
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString(), reason = e.Value.Description }),
    });
}

/// <summary>Whether a write could be acknowledged now.</summary>
internal sealed class StorageHealthCheck(IStateStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await store.IsWritableAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The store cannot be written: nothing is acknowledged until it can.");
}
