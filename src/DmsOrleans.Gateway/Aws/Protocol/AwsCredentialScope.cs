namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>
/// The account and region of a request, from the credential scope of its Authorization header. The signature is not checked here: this is
/// what stands in for <see cref="Identity.SigV4Verifier"/> where no keys are configured.
/// </summary>
internal static class AwsCredentialScope
{
    private const string Marker = "Credential=";
    private const int AccountDigits = 12;
    private const int LongestRegion = 64;

    /// <summary>
    /// The scope of <c>AWS4-HMAC-SHA256 Credential={key}/{date}/{region}/dms/aws4_request, …</c>: an access key of twelve digits is
    /// the account, any other belongs to the default account. A missing or garbled header means <see cref="AwsScope.Default"/>.
    /// </summary>
    public static AwsScope Of(string? authorization)
    {
        var start = authorization?.IndexOf(Marker, StringComparison.Ordinal) ?? -1;
        if (start < 0)
        {
            return AwsScope.Default;
        }

        var credential = authorization!.AsSpan(start + Marker.Length);
        var end = credential.IndexOfAny(',', ' ');
        credential = end < 0 ? credential : credential[..end];
        Span<Range> parts = stackalloc Range[6];
        if (credential.Split(parts, '/') != 5 || !IsRegion(credential[parts[2]]))
        {
            return AwsScope.Default;
        }

        var key = credential[parts[0]];
        return new AwsScope(AccountOf(key), credential[parts[2]].ToString());
    }

    /// <summary>The account of an access key that is mapped to none: the key itself when it is twelve digits, else the default account.</summary>
    public static string AccountOf(ReadOnlySpan<char> key) => IsAccount(key) ? key.ToString() : AwsScope.Default.Account;

    /// <summary>Whether the text is an account id: twelve digits.</summary>
    public static bool IsAccount(ReadOnlySpan<char> key) => key.Length == AccountDigits && !key.ContainsAnyExceptInRange('0', '9');

    /// <summary>Whether the text could be the name of a region.</summary>
    public static bool IsRegion(ReadOnlySpan<char> region)
    {
        foreach (var c in region)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return region.Length is > 0 and <= LongestRegion;
    }
}
