using System.Net;
using System.Net.Sockets;

namespace DmsOrleans.Silo;

/// <summary>Ports for a node that nobody else has to reach.</summary>
internal static class LoopbackPorts
{
    // Below the range the system hands out to clients, where a bind can fail at random.
    private const int First = 11_111;
    private const int Last = 30_000;

    /// <summary>Two ports free at this moment. Several nodes on one machine start looking at different places.</summary>
    public static (int Silo, int Gateway) TwoFree()
    {
        var start = First + (Environment.ProcessId * 37 % (Last - First));
        var free = Enumerable.Range(0, Last - First)
            .Select(i => First + ((start - First + i) % (Last - First)))
            .Where(IsFree)
            .Take(2)
            .ToArray();
        return free is [var silo, var gateway] ? (silo, gateway) : throw new InvalidOperationException($"No two free ports on loopback between {First} and {Last}.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
