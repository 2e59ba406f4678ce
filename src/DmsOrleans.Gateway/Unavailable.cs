using Orleans.Runtime;

namespace DmsOrleans.Gateway;

/// <summary>Tells a cluster that cannot answer now, which is worth a retry, from a fault of ours, which is not.</summary>
internal static class Unavailable
{
    /// <summary>What to tell the client.</summary>
    public const string Message = "The service could not reach its storage or silos in time. Whether the request took effect is unknown; try again.";

    /// <summary>Whether <paramref name="failure"/> of a grain call is the cluster's or the store's, not ours.</summary>
    public static bool Covers(Exception failure) => 
        failure is StorageUnavailableException or TimeoutException or OrleansException or OperationCanceledException;
}
