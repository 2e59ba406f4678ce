using DmsOrleans.Gateway.Api;
using DmsOrleans.Gateway.Aws;
using DmsOrleans.Gateway.Aws.Identity;
using DmsOrleans.Gateway.Aws.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Gateway;

/// <summary>Puts the gateway into a host. The host brings the <see cref="IGrainFactory"/>: its own silo's or an Orleans client's.</summary>
public static class GatewayRegistration
{
    /// <summary>What the gateway needs, and the check of Host headers before everything the host serves. Settings: <see cref="GatewayOptions"/>.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, HostAllowList>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, LocalOnly>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LoopbackCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayOptions>, AccessKeysCheck>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AwsCallers>();
        services.TryAddSingleton<UsedSignatures>();
        services.TryAddSingleton<RequestLimits>();
        services.TryAddSingleton(AwsRoutes.Operations());
        services.TryAddSingleton<AwsProtocol>();
        return services;
    }

    /// <summary>The routes: <c>POST /</c> is the AWS API, <c>/api/v1</c> what AWS's lacks.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/", (RequestDelegate)routes.ServiceProvider.GetRequiredService<AwsProtocol>().HandleAsync);
        routes.MapGroup("/api/v1").AddEndpointFilter<ApiCallers>().MapReplications();
        return routes;
    }
}
