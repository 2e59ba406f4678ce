using System.Security.Cryptography;
using System.Text;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>The last part of a new resource's ARN.</summary>
internal static class ResourceIds
{
    private const int GeneratedLength = 26;
    private const int LongestGiven = 31;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>The caller's ResourceIdentifier, or a generated one when none is given: a retry gets the one of the first attempt, and so its resource.</summary>
    public static (string Id, AwsError? Error) Of(AwsInput input)
    {
        if (input.Text("ResourceIdentifier") is not { } given)
        {
            return (Invocation.Current is { } invocation ? Derive(invocation) : Generate(), null);
        }

        return IsValid(given) ? (given, null) : ("", AwsError.InvalidValue(
            $"The parameter ResourceIdentifier must have at most {LongestGiven} characters, only ASCII letters, digits and hyphens, begin with a letter, and neither end with a hyphen nor contain two in a row."));
    }

    private static bool IsValid(string given) =>
        given.Length is > 0 and <= LongestGiven
        && char.IsAsciiLetter(given[0])
        && given.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
        && given[^1] != '-'
        && !given.Contains("--", StringComparison.Ordinal);

    /// <summary>26 random capitals and digits, never readable as a hexadecimal number.</summary>
    public static string Generate()
    {
        while (true)
        {
            var id = RandomNumberGenerator.GetString(Alphabet, GeneratedLength);
            if (id.AsSpan().ContainsAnyInRange('G', 'Z'))
            {
                return id;
            }
        }
    }

    private static string Derive(Invocation invocation)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{invocation.Id}\n{invocation.Digest}"));
        var id = string.Create(GeneratedLength, digest, static (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = Alphabet[bytes[i] % Alphabet.Length];
            }
        });
        return id.AsSpan().ContainsAnyInRange('G', 'Z') ? id : "Z" + id[1..];
    }
}
