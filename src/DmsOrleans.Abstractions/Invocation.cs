using System.Security.Cryptography;
using System.Text;
using Orleans.Runtime;

namespace DmsOrleans;

/// <summary>
/// One call of a client, with all its attempts. AWS's SDKs send the header <c>amz-sdk-invocation-id</c> unchanged when they try again, so a
/// command that comes under a known id and with the same content is not done again: it is answered as it was. Another content under a known
/// id is another call. Travels beside the commands of a request, not in them.
/// </summary>
/// <param name="Id">As sent, at most <see cref="LongestId"/> characters.</param>
/// <param name="Digest">Of the operation and the bytes of the request.</param>
[GenerateSerializer, Immutable, Alias("dms.Invocation")]
public sealed record Invocation([property: Id(0)] string Id, [property: Id(1)] string Digest)
{
    /// <summary>Longest id that is remembered; SDKs send 36 characters.</summary>
    public const int LongestId = 64;

    private const string Key = "dms.invocation";
    private const int DigestBytes = 16;

    /// <summary>The call that the present one belongs to; null when the client named none.</summary>
    public static Invocation? Current => RequestContext.Get(Key) as Invocation;

    /// <summary>The invocation of a request.</summary>
    public static Invocation Of(string id, string operation, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(operation + "\n"));
        hash.AppendData(body);
        return new Invocation(id, Convert.ToBase64String(hash.GetHashAndReset().AsSpan(0, DigestBytes)));
    }

    /// <summary>Lets the grain calls of this asynchronous flow belong to it.</summary>
    public void Enter() => RequestContext.Set(Key, this);
}
