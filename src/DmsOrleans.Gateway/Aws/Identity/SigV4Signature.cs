using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws.Identity;

/// <summary>What a request says of its own signature: in the Authorization header, or in <c>X-Amz-…</c> parameters of the query.</summary>
internal sealed record SigV4Signature
{
    /// <summary>The only algorithm taken.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    private const string Terminator = "aws4_request";
    private const string TimestampFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const int SignatureLength = 64;
    private static readonly TimeSpan LongestExpiry = TimeSpan.FromDays(7);

    private SigV4Signature()
    {
    }

    /// <summary>The access key.</summary>
    public required string KeyId { get; init; }

    /// <summary>Date of the credential scope, <c>yyyyMMdd</c>.</summary>
    public required string Day { get; init; }

    /// <summary>Region of the credential scope.</summary>
    public required string Region { get; init; }

    /// <summary>Service of the credential scope.</summary>
    public required string Service { get; init; }

    /// <summary>X-Amz-Date as sent.</summary>
    public required string Timestamp { get; init; }

    /// <summary>When it was signed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Names of the headers signed, as listed.</summary>
    public required string[] SignedHeaders { get; init; }

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public required string Value { get; init; }

    /// <summary>How long after <see cref="At"/> it is good, for one in the query; null in the header.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>The session token; null when none was sent.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Whether it came in the query.</summary>
    [MemberNotNullWhen(true, nameof(Expires))]
    public bool IsInQuery => Expires is not null;

    /// <summary><c>{date}/{region}/{service}/aws4_request</c>.</summary>
    public string Scope => $"{Day}/{Region}/{Service}/{Terminator}";

    /// <summary>Writes an instant as X-Amz-Date has it.</summary>
    public static string Show(DateTimeOffset at) => at.UtcDateTime.ToString(TimestampFormat, CultureInfo.InvariantCulture);

    /// <summary>Reads it; an error when there is none, or it is not as AWS's signing process makes it.</summary>
    public static (SigV4Signature? Signature, AwsError? Error) Read(SigV4Request request)
    {
        var headers = request.Headers.Authorization;
        var query = SigV4Query.Read(request.Query);
        var inQuery = query.Any(p => p.Name is "X-Amz-Signature" or "X-Amz-Algorithm");
        return
            headers.Count + (inQuery ? 1 : 0) > 1 ? Incomplete("A request must be signed once: in one Authorization header, or in the query.")
            : inQuery ? ReadQuery(query)
            : headers.Count == 0 || string.IsNullOrEmpty(headers[0]) ? (null, SigV4Errors.Missing)
            : ReadHeader(request, headers[0]!);
    }

    private static (SigV4Signature?, AwsError?) ReadHeader(SigV4Request request, string header)
    {
        if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
        {
            return Incomplete($"Unsupported AWS 'algorithm': {AwsError.Shown(header.Split(' ')[0])}.");
        }

        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in header[(Algorithm.Length + 1)..].Split(',').Select(p => p.Trim(' ')))
        {
            var sign = part.IndexOf('=', StringComparison.Ordinal);
            if (sign < 0 || part[..sign] is not ("Credential" or "SignedHeaders" or "Signature") || !parts.TryAdd(part[..sign], part[(sign + 1)..]))
            {
                return Incomplete($"{AwsError.Shown(part)} not a valid key=value pair (missing equal-sign) in Authorization header.");
            }
        }

        var missing = ((string[])["Credential", "Signature", "SignedHeaders"]).Where(n => !parts.ContainsKey(n)).Select(n => $"Authorization header requires '{n}' parameter.").ToList();
        var date = request.Headers["X-Amz-Date"];
        if (date.Count != 1)
        {
            missing.Add("Authorization header requires existence of one 'X-Amz-Date' header.");
        }

        var token = request.Headers["X-Amz-Security-Token"];
        return missing.Count > 0 ? Incomplete(string.Join(' ', missing))
            : Build(parts["Credential"], date[0] ?? "", parts["SignedHeaders"], parts["Signature"], null, token.Count == 0 ? null : token.ToString());
    }

    private static (SigV4Signature?, AwsError?) ReadQuery(IReadOnlyList<(string Name, string Value)> query)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in query.Where(p => p.Name.StartsWith("X-Amz-", StringComparison.Ordinal)))
        {
            if (!parts.TryAdd(name, value))
            {
                return Incomplete($"The query parameter {AwsError.Shown(name)} is given twice.");
            }
        }

        var missing = ((string[])["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Expires"])
            .Where(n => !parts.ContainsKey(n)).Select(n => $"AWS query-string parameters must include '{n}'.").ToList();
        if (missing.Count > 0)
        {
            return Incomplete(string.Join(' ', missing));
        }

        if (parts["X-Amz-Algorithm"] != Algorithm)
        {
            return Incomplete($"Unsupported AWS 'algorithm': {AwsError.Shown(parts["X-Amz-Algorithm"])}.");
        }

        return int.TryParse(parts["X-Amz-Expires"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && TimeSpan.FromSeconds(seconds) <= LongestExpiry
            ? Build(parts["X-Amz-Credential"], parts["X-Amz-Date"], parts["X-Amz-SignedHeaders"], parts["X-Amz-Signature"], TimeSpan.FromSeconds(seconds), parts.GetValueOrDefault("X-Amz-Security-Token"))
            : Incomplete($"X-Amz-Expires must be a number of seconds, at most {LongestExpiry.TotalSeconds:0}.");
    }

    private static (SigV4Signature?, AwsError?) Build(string credential, string timestamp, string signedHeaders, string signature, TimeSpan? expires, string? token)
    {
        var scope = credential.Split('/');
        if (scope.Length != 5 || scope[0].Length == 0)
        {
            return Incomplete($"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got {AwsError.Shown(credential)}.");
        }

        if (!DateTimeOffset.TryParseExact(timestamp, TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            return Incomplete($"Date must be in ISO-8601 'basic format'. Got {AwsError.Shown(timestamp)}. See http://en.wikipedia.org/wiki/ISO_8601");
        }

        if (signature.Length != SignatureLength || signature.Any(c => !char.IsAsciiHexDigitLower(c)))
        {
            return (null, SigV4Errors.Mismatch);
        }

        return scope[4] != Terminator
            ? (null, SigV4Errors.Invalid($"Credential should be scoped with a valid terminator: '{Terminator}', not {AwsError.Shown(scope[4])}."))
            : (new SigV4Signature
            {
                KeyId = scope[0], Day = scope[1], Region = scope[2], Service = scope[3], Timestamp = timestamp, At = at,
                SignedHeaders = signedHeaders.Split(';'), Value = signature, Expires = expires, SessionToken = token,
            }, null);
    }

    private static (SigV4Signature?, AwsError?) Incomplete(string message) => (null, SigV4Errors.Incomplete(message));
}
