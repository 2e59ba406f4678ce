using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DmsOrleans.Cli.Aws;

/// <summary>
/// Signs requests as AWS asks: Signature Version 4 in the Authorization header ("Signing AWS API requests", AWS General Reference).
/// Safe to use from many threads.
/// </summary>
internal sealed class SigV4Signer(AwsCredentials credentials, string region, string service, TimeProvider time)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private volatile DayKey? today;

    /// <summary>Adds X-Amz-Date, X-Amz-Security-Token when there is one, and Authorization, which covers the body and the headers present.</summary>
    /// <param name="request">With its absolute address; every header that shall be signed is already there.</param>
    /// <param name="body">Exactly the bytes that are sent.</param>
    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        var at = time.GetUtcNow();
        request.Headers.TryAddWithoutValidation("X-Amz-Date", Timestamp(at));
        if (credentials.SessionToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);
        }

        var uri = request.RequestUri!;
        var authorization = Authorize(request.Method.Method, uri.AbsolutePath, uri.Query, SignedHeaders(request), body, at);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
    }

    /// <summary>The value of the Authorization header.</summary>
    /// <param name="method">GET, POST.</param>
    /// <param name="path">As sent, percent-encoded.</param>
    /// <param name="query">As sent, with or without the question mark.</param>
    /// <param name="headers">Lower-case names in ordinal order, host and x-amz-date among them.</param>
    /// <param name="body">The bytes sent.</param>
    /// <param name="at">The instant in x-amz-date.</param>
    internal string Authorize(
        string method, string path, string query, IReadOnlyList<(string Name, string Value)> headers, ReadOnlySpan<byte> body, DateTimeOffset at)
    {
        var names = string.Join(';', headers.Select(h => h.Name));
        var canonical = new StringBuilder(512)
            .Append(method).Append('\n').Append(CanonicalPath(path)).Append('\n').Append(CanonicalQuery(query)).Append('\n');
        foreach (var (name, value) in headers)
        {
            canonical.Append(name).Append(':').Append(value.Trim()).Append('\n');
        }

        canonical.Append('\n').Append(names).Append('\n').Append(Hash(body));
        var day = at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var scope = $"{day}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{Timestamp(at)}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical.ToString()))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(KeyOf(day), Encoding.UTF8.GetBytes(toSign)));
        return $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    private static List<(string Name, string Value)> SignedHeaders(HttpRequestMessage request)
    {
        var headers = new List<(string Name, string Value)>(6) { ("host", request.RequestUri!.Authority) };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase))
            {
                headers.Add((name.ToLowerInvariant(), values.ToString()));
            }
        }

        if (request.Content?.Headers.NonValidated.TryGetValues("Content-Type", out var type) == true)
        {
            headers.Add(("content-type", type.ToString()));
        }

        headers.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return headers;
    }

    // Every service but S3 signs the path encoded once more than it travels.
    private static string CanonicalPath(string path) =>
        path.Length <= 1 ? "/" : string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static string CanonicalQuery(string query)
    {
        var pairs = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = pairs[i].Contains('=', StringComparison.Ordinal) ? pairs[i] : pairs[i] + "=";
        }

        Array.Sort(pairs, static (a, b) => string.CompareOrdinal(NameOf(a), NameOf(b)) is var byName and not 0 ? byName : string.CompareOrdinal(a, b));
        return string.Join('&', pairs);
    }

    private static string NameOf(string pair) => pair[..pair.IndexOf('=', StringComparison.Ordinal)];

    private static string Timestamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private byte[] KeyOf(string day)
    {
        if (today is { } known && known.Day == day)
        {
            return known.Key;
        }

        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey);
        foreach (var part in (string[])[day, region, service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        today = new DayKey(day, key);
        return key;
    }

    // The key depends on the day only: four of five hash rounds are saved.
    private sealed record DayKey(string Day, byte[] Key);
}
