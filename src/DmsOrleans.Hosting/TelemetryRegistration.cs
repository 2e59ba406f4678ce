using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DmsOrleans.Hosting;

/// <summary>Metrics and traces of silo and gateway, ours and Orleans' own.</summary>
public static class TelemetryRegistration
{
    private static readonly string[] EndpointVariables =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    /// <summary>Whether the standard <c>OTEL_*</c> variables ask for export.</summary>
    public static bool IsExportWanted(IConfiguration configuration) =>
        !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && EndpointVariables.Any(v => !string.IsNullOrEmpty(configuration[v]));

    /// <summary>
    /// Exports by OTLP when the <c>OTEL_*</c> variables ask for it; otherwise collects nothing, since nobody would read it and every call
    /// would pay for it. Endpoint, protocol, headers and resource come from those variables.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddMetrics();
        if (!IsExportWanted(configuration))
        {
            return services;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("dms-orleans"))
            .WithMetrics(metrics => metrics.AddMeter(Telemetry.Name, "Microsoft.Orleans").AddAspNetCoreInstrumentation().AddRuntimeInstrumentation())
            .WithTracing(traces => traces.AddSource(Telemetry.Name, "Microsoft.Orleans.*").AddAspNetCoreInstrumentation())
            .UseOtlpExporter();
        return services;
    }
}
