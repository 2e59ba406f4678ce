using System.Globalization;
using DmsOrleans.Endpoints;

namespace DmsOrleans.Engines.Simulated;

/// <summary>Tests of connections that are never made.</summary>
internal static class SimulatedConnection
{
    private const int PostgresPort = 5432;

    /// <summary>What the test of an endpoint answers: null when it succeeds.</summary>
    public static StepFailure? Test(ConnectionTestSimulation options, EndpointSpec endpoint, bool isSource)
    {
        var host = endpoint.ServerName ?? "";
        foreach (var ending in options.InvalidHosts)
        {
            if (host.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return Failure($"could not translate host name \"{host}\" to address: Name or service not known");
            }
        }

        var fails = options.FailingEndpoint == "both" || options.FailingEndpoint == (isSource ? "source" : "target");
        return fails ? Failure(options.Message ?? Refused(host, endpoint.Port ?? PostgresPort)) : null;
    }

    private static string Refused(string host, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"connection to server at \"{host}\", port {port} failed: Connection refused. Is the server running on that host and accepting TCP/IP connections?");

    /// <summary>In the shape in which the service hands on what a database said.</summary>
    private static StepFailure Failure(string message) =>
        new($"Test Endpoint failed: Application-Status: 1020912, Application-Message: Failed to connect Network error has occurred, Application-Detailed-Message: RetCode: SQL_ERROR SqlState: 08001 NativeError: 101 Message: {message}");
}
