using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws.Identity;

/// <summary>
/// Says who signed a request, after AWS's "Create a signed AWS API request" (Signature Version 4). Knows no HTTP server and no clock.
/// Safe to use from many threads.
/// </summary>
/// <param name="service">The service a signature must be scoped to.</param>
/// <param name="keyOf">The key of an id; null when there is none.</param>
/// <param name="window">How far the signer's clock may be from ours.</param>
internal sealed class SigV4Verifier(string service, Func<string, AccessKey?> keyOf, TimeSpan window)
{
    private const int MostSigningKeys = 1000;
    private static readonly AccessKey Nobody = new("", "nobody's", "");

    private readonly ConcurrentDictionary<(string KeyId, string Day, string Region), byte[]> signingKeys = [];

    /// <summary>Whether dots and empty segments are taken out of a path before it is signed, as all services do but those that keep names of objects in it.</summary>
    public bool NormalizesPath { get; init; } = true;

    /// <summary>The signer and the signature, or why it is refused.</summary>
    public (AccessKey? Key, SigV4Signature? Signature, AwsError? Error) Verify(SigV4Request request, DateTimeOffset now)
    {
        var (signature, unreadable) = SigV4Signature.Read(request);
        if (signature is null)
        {
            return (null, null, unreadable);
        }

        if ((WrongScope(signature) ?? WrongTime(signature, now) ?? WrongHeaders(request, signature)) is { } wrong)
        {
            return (null, null, wrong);
        }

        var bodyHash = Hash(request.Body.Span);
        if (request.Headers.TryGetValue("X-Amz-Content-Sha256", out var claimed) && claimed != bodyHash)
        {
            return (null, null, SigV4Errors.Invalid("The provided 'x-amz-content-sha256' header does not match what was computed."));
        }

        // Computed for an unknown key too: how long a refusal takes says nothing of which ids there are.
        var key = keyOf(signature.KeyId);
        var signingKey = SigningKeyOf(key ?? Nobody, signature);
        var genuine = IsGenuine(request, signature, bodyHash, signingKey);
        if (key is null || !IsSame(key.SessionToken, signature.SessionToken))
        {
            return (null, null, SigV4Errors.Unrecognized);
        }

        if (!genuine)
        {
            return (null, null, SigV4Errors.Mismatch);
        }

        Keep(signature, signingKey);
        return (key, signature, null);
    }

    private AwsError? WrongScope(SigV4Signature signature) =>
        signature.Service != service ? SigV4Errors.Invalid($"Credential should be scoped to correct service: '{service}'.")
        : !AwsCredentialScope.IsRegion(signature.Region) ? SigV4Errors.Invalid("Credential should be scoped to a valid region.")
        : signature.Timestamp[..8] != signature.Day ? SigV4Errors.Invalid(
            $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: {AwsError.Shown(signature.Day)} != '{signature.Timestamp[..8]}', from '{signature.Timestamp}'.")
        : null;

    private AwsError? WrongTime(SigV4Signature signature, DateTimeOffset now)
    {
        var minutes = $"{window.TotalMinutes:0.##} min.";
        if (signature.At > now + window)
        {
            return SigV4Errors.Invalid(
                $"Signature not yet current: {signature.Timestamp} is still later than {SigV4Signature.Show(now + window)} ({SigV4Signature.Show(now)} + {minutes})");
        }

        var (end, margin) = signature.IsInQuery ? (signature.At + signature.Expires.Value, $"{signature.Expires.Value.TotalSeconds:0} s.") : (signature.At + window, minutes);
        return end >= now ? null : SigV4Errors.Invalid(
            $"Signature expired: {signature.Timestamp} is now earlier than {SigV4Signature.Show(now - (end - signature.At))} ({SigV4Signature.Show(now)} - {margin})");
    }

    // A header that steers the service and is not signed could be anybody's. The token is compared with what is known of the key instead:
    // some signers add it after they have signed.
    private static AwsError? WrongHeaders(SigV4Request request, SigV4Signature signature)
    {
        if (!signature.SignedHeaders.Contains("host"))
        {
            return SigV4Errors.Invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.");
        }

        foreach (var name in request.Headers.Keys)
        {
            var steers = name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase) && !name.Equals("X-Amz-Security-Token", StringComparison.OrdinalIgnoreCase);
            if (steers && !signature.SignedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return SigV4Errors.Invalid($"{AwsError.Shown(name)} must be a 'SignedHeader' in the AWS Authorization.");
            }
        }

        return null;
    }

    private bool IsGenuine(SigV4Request request, SigV4Signature signature, string bodyHash, byte[] signingKey) =>
        IsSignatureOf(CanonicalRequest(request, signature, bodyHash, withToken: true), signature, signingKey)
        || (signature is { IsInQuery: true, SessionToken: not null } && IsSignatureOf(CanonicalRequest(request, signature, bodyHash, withToken: false), signature, signingKey));

    private static bool IsSignatureOf(string canonicalRequest, SigV4Signature signature, byte[] signingKey)
    {
        var toSign = $"{SigV4Signature.Algorithm}\n{signature.Timestamp}\n{signature.Scope}\n{Hash(Encoding.UTF8.GetBytes(canonicalRequest))}";
        var expected = HMACSHA256.HashData(signingKey, Encoding.UTF8.GetBytes(toSign));
        return CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(signature.Value));
    }

    private string CanonicalRequest(SigV4Request request, SigV4Signature signature, string bodyHash, bool withToken)
    {
        var text = new StringBuilder(1024).Append(request.Method).Append('\n').Append(CanonicalPath(request.Path)).Append('\n');
        var query = SigV4Query.Read(request.Query).Where(p => !signature.IsInQuery || (p.Name != "X-Amz-Signature" && (withToken || p.Name != "X-Amz-Security-Token")));
        text.Append(SigV4Query.Canonical(query)).Append('\n');
        foreach (var name in signature.SignedHeaders)
        {
            text.Append(name).Append(':').AppendJoin(',', request.Headers[name].Select(Folded)).Append('\n');
        }

        return text.Append('\n').AppendJoin(';', signature.SignedHeaders).Append('\n').Append(bodyHash).ToString();
    }

    private string CanonicalPath(string path)
    {
        var segments = path.Split('/');
        if (!NormalizesPath)
        {
            return string.Join('/', segments.Select(Uri.EscapeDataString));
        }

        var kept = new List<string>(segments.Length);
        foreach (var segment in segments)
        {
            if (segment == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not ("" or "." or ".."))
            {
                kept.Add(Uri.EscapeDataString(segment));
            }
        }

        var isFolder = segments[^1] is "" or "." or "..";
        return $"/{string.Join('/', kept)}{(isFolder && kept.Count > 0 ? "/" : "")}";
    }

    // Trimmed, and runs of spaces as one.
    private static string Folded(string? value) =>
        value is null ? "" : value.Contains("  ", StringComparison.Ordinal) ? string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : value.Trim(' ');

    private byte[] SigningKeyOf(AccessKey key, SigV4Signature signature)
    {
        if (signingKeys.TryGetValue((key.Id, signature.Day, signature.Region), out var known))
        {
            return known;
        }

        var derived = Encoding.UTF8.GetBytes("AWS4" + key.Secret);
        foreach (var part in signature.Scope.Split('/'))
        {
            derived = HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(part));
        }

        return derived;
    }

    // Only those of genuine signatures: nobody else decides what is kept here.
    private void Keep(SigV4Signature signature, byte[] signingKey)
    {
        if (signingKeys.TryAdd((signature.KeyId, signature.Day, signature.Region), signingKey) && signingKeys.Count > MostSigningKeys)
        {
            signingKeys.Clear();
        }
    }

    private static bool IsSame(string? expected, string? sent) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected ?? ""), Encoding.UTF8.GetBytes(sent ?? ""));

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
