using System.Text.Json;

namespace DmsOrleans.Endpoints;

/// <summary>What an endpoint may be (model: CreateEndpointMessage).</summary>
internal static class EndpointRules
{
    private static readonly string[] SslModes = ["none", "require", "verify-ca", "verify-full"];

    /// <summary>Null when acceptable.</summary>
    public static Refusal? Check(EndpointSpec spec)
    {
        if (!IsIdentifier(spec.Identifier))
        {
            return Refusal.InvalidValue(
                $"EndpointIdentifier '{spec.Identifier}' is not valid: it has 1 to 255 letters, digits or hyphens, begins with a letter, and has no hyphen at its end nor two in a row.");
        }

        if (spec.EndpointType is not ("SOURCE" or "TARGET"))
        {
            return Refusal.InvalidValue($"EndpointType '{spec.EndpointType}' is not valid: it is source or target.");
        }

        if (string.IsNullOrWhiteSpace(spec.EngineName))
        {
            return Refusal.InvalidValue("EngineName is empty: name the engine, for example postgres.");
        }

        return !SslModes.Contains(spec.SslMode) ? Refusal.InvalidValue($"SslMode '{spec.SslMode}' is not valid: it is one of {string.Join(", ", SslModes)}.")
            : spec.Port is < 0 or > 65535 ? Refusal.InvalidValue($"Port {spec.Port} is not valid: it is 0 to 65535.")
            : null;
    }

    /// <summary>The spec after a modification.</summary>
    public static EndpointSpec Changed(EndpointSpec before, ModifyEndpoint change) => before with
    {
        Identifier = change.Identifier ?? before.Identifier,
        EndpointType = change.EndpointType ?? before.EndpointType,
        EngineName = change.EngineName ?? before.EngineName,
        ServerName = change.ServerName ?? before.ServerName,
        Port = change.Port ?? before.Port,
        DatabaseName = change.DatabaseName ?? before.DatabaseName,
        Username = change.Username ?? before.Username,
        SslMode = change.SslMode ?? before.SslMode,
        ExtraConnectionAttributes = change.ExtraConnectionAttributes ?? before.ExtraConnectionAttributes,
        OtherMembers = JsonMerge.Into(before.OtherMembers, change.OtherMembers, change.ExactSettings),
    };

    /// <summary>The CertificateArn among the other members; null when none is named.</summary>
    public static string? CertificateArnOf(EndpointSpec? spec)
    {
        if (spec?.OtherMembers is not { } members)
        {
            return null;
        }

        using var json = JsonDocument.Parse(members);
        return json.RootElement.TryGetProperty("CertificateArn", out var arn) && arn.GetString() is { Length: > 0 } named ? named : null;
    }

    /// <summary>Whether an endpoint may name a certificate: one of its own account and region. That there is one, the store sees to. Null when it may.</summary>
    public static Refusal? CheckCertificate(AwsScope scope, string? arn) =>
        arn is null || (Arn.IsWellFormed(arn, Arn.CertificateKind) && new Arn(arn).Scope == scope) ? null : Refusal.NotFound($"Certificate {arn} was not found.");

    /// <summary>Whether a text is an identifier as endpoints and certificates have it.</summary>
    public static bool IsIdentifier(string text) =>
        text.Length is > 0 and <= 255 && char.IsAsciiLetter(text[0]) && !text.EndsWith('-') && !text.Contains("--", StringComparison.Ordinal)
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
