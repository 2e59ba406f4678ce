using System.Text.Json;
using System.Text.Json.Nodes;

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

        if (EndpointEngine.Fault(spec.EngineName) is { } unknown)
        {
            return Refusal.InvalidValue(unknown);
        }

        return !SslModes.Contains(spec.SslMode) ? Refusal.InvalidValue($"SslMode '{spec.SslMode}' is not valid: it is one of {string.Join(", ", SslModes)}.")
            : spec.Port is < 0 or > 65535 ? Refusal.InvalidValue($"Port {spec.Port} is not valid: it is 0 to 65535.")
            : Check(spec, EndpointEngine.All[spec.EngineName]);
    }

    /// <summary>The spec after a modification.</summary>
    public static EndpointSpec Changed(EndpointSpec before, ModifyEndpoint change)
    {
        var engine = change.EngineName ?? before.EngineName;
        return before with
        {
            Identifier = change.Identifier ?? before.Identifier,
            EndpointType = change.EndpointType ?? before.EndpointType,
            EngineName = engine,
            ServerName = change.ServerName ?? before.ServerName,
            Port = change.Port ?? before.Port,
            DatabaseName = change.DatabaseName ?? before.DatabaseName,
            Username = change.Username ?? before.Username,
            SslMode = change.SslMode ?? before.SslMode,
            ExtraConnectionAttributes = change.ExtraConnectionAttributes ?? before.ExtraConnectionAttributes,
            OtherMembers = JsonMerge.Into(WithoutForeignSettings(before.OtherMembers, engine), change.OtherMembers, change.ExactSettings),
        };
    }

    private static Refusal? Check(EndpointSpec spec, EndpointEngine engine)
    {
        var others = Parsed(spec.OtherMembers);
        if (!engine.StandsAt(spec.EndpointType))
        {
            return Refusal.InvalidValue($"EngineName '{spec.EngineName}' is not valid for EndpointType {spec.EndpointType.ToLowerInvariant()}: {engine.DisplayName} is a {(engine.Ends == EngineEnds.Source ? "source" : "target")} only.");
        }

        if (others.Select(m => m.Key).FirstOrDefault(name => IsForeign(name, engine)) is { } foreign)
        {
            return Refusal.InvalidCombination($"{foreign} does not belong to an endpoint with EngineName '{spec.EngineName}', which takes {string.Join(" or ", engine.Settings)}.");
        }

        return engine.NeedsServer ? CheckServer(spec, engine, others) : null;
    }

    private static Refusal? CheckServer(EndpointSpec spec, EndpointEngine engine, JsonObject others)
    {
        var settings = engine.Settings.Select(name => others[name]).OfType<JsonObject>().ToList();
        bool Given(string member) => settings.Exists(s => s.ContainsKey(member));
        return Given("SecretsManagerSecretId") ? null
            : string.IsNullOrWhiteSpace(spec.ServerName) && !Given("ServerName") ? Missing("ServerName", engine)
            : spec.Port is null && !Given("Port") ? Missing("Port", engine)
            : null;
    }

    private static Refusal Missing(string member, EndpointEngine engine) =>
        Refusal.InvalidValue($"The parameter {member} must be provided and must not be blank: an endpoint with EngineName '{engine.Name}' is connected to at a server and port, or by a SecretsManagerSecretId.");

    // Left from another engine, or taken by an earlier release: of no use to this one, and not to be got rid of by a request.
    private static string? WithoutForeignSettings(string? otherMembers, string engineName)
    {
        if (otherMembers is null || !EndpointEngine.All.TryGetValue(engineName, out var engine))
        {
            return otherMembers;
        }

        var others = Parsed(otherMembers);
        foreach (var foreign in others.Select(m => m.Key).Where(name => IsForeign(name, engine)).ToList())
        {
            others.Remove(foreign);
        }

        return others.ToJsonString();
    }

    private static bool IsForeign(string member, EndpointEngine engine) => EndpointEngine.AllSettings.Contains(member) && !engine.Settings.Contains(member);

    private static JsonObject Parsed(string? otherMembers) => otherMembers is null ? [] : JsonNode.Parse(otherMembers)!.AsObject();

    /// <summary>The CertificateArn among the other members; null when none is named.</summary>
    public static string? CertificateArnOf(EndpointSpec? spec) => Named(spec, "CertificateArn");

    private static string? Named(EndpointSpec? spec, string member)
    {
        if (spec?.OtherMembers is not { } members)
        {
            return null;
        }

        using var json = JsonDocument.Parse(members);
        return json.RootElement.TryGetProperty(member, out var value) && value.GetString() is { Length: > 0 } named ? named : null;
    }

    /// <summary>Whether an endpoint may name its certificate and key. Null when it may.</summary>
    public static Refusal? CheckNames(AwsScope scope, string? certificate, EndpointSpec spec) =>
        CheckCertificate(scope, certificate) ?? KmsKeys.Check(scope, Named(spec, "KmsKeyId"));

    /// <summary>Whether an endpoint may name a certificate: one of its own account and region. That there is one, the store sees to. Null when it may.</summary>
    private static Refusal? CheckCertificate(AwsScope scope, string? arn) =>
        arn is null || (Arn.IsWellFormed(arn, Arn.CertificateKind) && new Arn(arn).Scope == scope) ? null : Refusal.NotFound($"Certificate {arn} was not found.");

    /// <summary>Whether a text is an identifier as endpoints and certificates have it.</summary>
    public static bool IsIdentifier(string text) =>
        text.Length is > 0 and <= 255 && char.IsAsciiLetter(text[0]) && !text.EndsWith('-') && !text.Contains("--", StringComparison.Ordinal)
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
