using System.Text;

namespace DmsOrleans.Tests.Fuzz;

/// <summary>A request in its two halves. Its length is said truly, so that the server knows where it ends whatever else is wrong.</summary>
/// <param name="Head">Request line and headers, each line with its end, without the length.</param>
/// <param name="Body">The rest.</param>
/// <param name="HeadIsIntact">Whether the head is as it was written by hand.</param>
internal sealed record FuzzRequest(byte[] Head, byte[] Body, bool HeadIsIntact = true)
{
    /// <summary>Whether the AWS API is asked, and not some other address.</summary>
    public bool IsAws => HeadText.StartsWith("POST / HTTP/1.1\r\n", StringComparison.Ordinal) || HeadText.StartsWith("POST /?X-Amz-", StringComparison.Ordinal);

    /// <summary>Whether the head says nothing of where the request ends, which would contradict what we say of it.</summary>
    public bool IsFramed => HeadIsIntact
        || (!HeadText.Contains("\n\r\n", StringComparison.Ordinal) && !HeadText.Contains("\n\n", StringComparison.Ordinal) && HeadText.EndsWith("\r\n", StringComparison.Ordinal)
            && !HeadText.Contains("content-length", StringComparison.OrdinalIgnoreCase) && !HeadText.Contains("transfer-encoding", StringComparison.OrdinalIgnoreCase)
            && !HeadText.Contains("expect", StringComparison.OrdinalIgnoreCase) && !HeadText.Contains("upgrade", StringComparison.OrdinalIgnoreCase));

    private string HeadText => Encoding.Latin1.GetString(Head);

    public static FuzzRequest Parse(byte[] raw)
    {
        var end = raw.AsSpan().IndexOf("\r\n\r\n"u8);
        return new FuzzRequest(raw[..(end + 2)], raw[(end + 4)..]);
    }

    public byte[] ToBytes() => [.. Head, .. Encoding.ASCII.GetBytes($"Content-Length: {Body.Length}\r\n\r\n"), .. Body];

    /// <summary>Enough to send it again: save what stands between the quotes, decoded, in <c>corpus/</c>.</summary>
    public override string ToString() => $"'{Convert.ToBase64String([.. Head, .. "\r\n"u8, .. Body.AsSpan(0, Math.Min(Body.Length, 4096))])}' (of {Body.Length} bytes)";
}

/// <summary>Makes new requests of old ones.</summary>
internal sealed class Mutator(IReadOnlyList<FuzzRequest> corpus, Random random)
{
    private const int LongestBody = 1_200_000;

    private static readonly string[] Tokens =
    [
        "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "true", "-0", "1e999", "99999999999999999999", "NaN", "\u0000", "\r\n", "\n", "%", "arn:aws:dms:", "../",
        "é", "\U0001F600", " ", "\t", "'; --", "<", "=", ";", "/", "AWS4-HMAC-SHA256 ", "Signature=", "X-Amz-Target: ", "X-Amz-Date: ", "Host: ", "Authorization: ",
    ];

    public FuzzRequest Next()
    {
        var request = corpus[random.Next(corpus.Count)];
        if (random.Next(10) == 0)
        {
            request = request with { Body = corpus[random.Next(corpus.Count)].Body };
        }

        var head = random.Next(3) == 0;
        return head ? request with { Head = Changed(request.Head), HeadIsIntact = false } : request with { Body = Changed(request.Body) };
    }

    private byte[] Changed(byte[] bytes)
    {
        var changed = new List<byte>(bytes);
        for (var i = random.Next(1, 9); i > 0; i--)
        {
            Change(changed);
        }

        return [.. changed];
    }

    private void Change(List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 65), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4 when random.Next(200) == 0 && length > 0:
                var piece = bytes.GetRange(at, length);
                bytes.InsertRange(at, Enumerable.Repeat(piece, random.Next(1, LongestBody / length)).SelectMany(p => p));
                break;
            case 5:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            default:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                break;
        }
    }
}
