namespace DmsOrleans.Endpoints;

/// <summary>How endpoints are tried on this silo. Section <c>DmsOrleans:Endpoints</c>. Durations marked "simulated" are divided by the time scale.</summary>
public sealed class EndpointOptions
{
    /// <summary>Where these options are configured.</summary>
    public const string Section = "DmsOrleans:Endpoints";

    /// <summary>How long a connection is <c>testing</c> before the engine is asked, simulated. AWS: some tens of seconds.</summary>
    public TimeSpan ConnectionTestDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long schemas are <c>refreshing</c> before the engine is asked, simulated. AWS: "can take several minutes".</summary>
    public TimeSpan SchemaRefreshDuration { get; set; } = TimeSpan.FromMinutes(2);
}
