using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DmsOrleans.Tests.Fuzz;

/// <summary>An answer as bytes gave it.</summary>
internal sealed record RawAnswer(int Status, string Body);

/// <summary>Sends bytes and reads what comes back, with no client in between that would mend either.</summary>
internal sealed class RawHttp(int port) : IDisposable
{
    private TcpClient? connection;

    /// <summary>Sends a whole request; null when the server closed instead of answering.</summary>
    public async Task<RawAnswer?> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (connection is null)
        {
            connection = new TcpClient { NoDelay = true };
            await connection.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        }

        try
        {
            var stream = connection.GetStream();
            await stream.WriteAsync(request, cancellationToken);
            var answer = await ReadAsync(stream, cancellationToken);
            if (answer is not { KeepsOpen: true })
            {
                Close();
            }

            return answer is { } read ? new RawAnswer(read.Status, read.Body) : null;
        }
        catch (IOException)
        {
            Close();
            return null;
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Ends the connection: what was sent so far is all there will be.</summary>
    public void Close()
    {
        connection?.Dispose();
        connection = null;
    }

    public void Dispose() => Close();

    private static async Task<(int Status, string Body, bool KeepsOpen)?> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            received.Write(buffer, 0, read);
            var text = Encoding.Latin1.GetString(received.GetBuffer(), 0, (int)received.Length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && BodyOf(text, end) is { } body)
            {
                var keepsOpen = !text[..end].Contains("Connection: close", StringComparison.OrdinalIgnoreCase);
                return (int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture), body, keepsOpen);
            }

            if (read == 0)
            {
                return null;
            }
        }
    }

    // Null while it is not all there.
    private static string? BodyOf(string text, int headEnd)
    {
        var head = text[..headEnd];
        var body = text[(headEnd + 4)..];
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            return body.EndsWith("0\r\n\r\n", StringComparison.Ordinal) ? body : null;
        }

        var at = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        var length = at < 0 ? 0 : int.Parse(head.AsSpan(at + 16).ToString().Split('\r')[0], CultureInfo.InvariantCulture);
        return body.Length >= length ? body[..length] : null;
    }
}
