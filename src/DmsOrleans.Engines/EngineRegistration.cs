using DmsOrleans.Engines.Simulated;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Engines;

/// <summary>Puts engines into a host.</summary>
public static class EngineRegistration
{
    /// <summary>
    /// The simulated engine, configured by the section <see cref="SimulationOptions.Section"/> of the host's configuration if it has one; wrong
    /// or unknown settings stop the host at its start.
    /// </summary>
    public static IServiceCollection AddSimulatedEngine(this IServiceCollection services)
    {
        services.AddOptions<SimulationOptions>()
            .Configure<IServiceProvider>(static (options, provider) => provider.GetService<IConfiguration>()?
                .GetSection(SimulationOptions.Section)
                .Bind(options, binder => binder.ErrorOnUnknownConfiguration = true))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<SimulationOptions>, SimulationCheck>();
        services.AddSingleton<IReplicationEngine, SimulatedEngine>();
        return services;
    }
}
