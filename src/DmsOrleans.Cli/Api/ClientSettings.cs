using DmsOrleans.Cli.Aws;

namespace DmsOrleans.Cli.Api;

/// <summary>Where the service is and who asks.</summary>
/// <param name="Endpoint">The service's address, with a slash at its end.</param>
/// <param name="Region">For the signature, and so the region whose resources are seen.</param>
/// <param name="Credentials">For the signature, and so the account whose resources are seen.</param>
internal sealed record ClientSettings(Uri Endpoint, string Region, AwsCredentials Credentials)
{
    /// <summary>Where <c>dms up</c> listens unless told otherwise.</summary>
    public const string DefaultEndpoint = "http://127.0.0.1:4566";

    /// <summary>The command line first, then the variables the aws CLI reads, then the defaults.</summary>
    /// <exception cref="UsageException">A value is no address.</exception>
    public static ClientSettings From(string? endpointUrl, string? region, Func<string, string?> environment)
    {
        var (url, origin) = Endpoints(endpointUrl, environment).First(c => !string.IsNullOrEmpty(c.Url));
        return new ClientSettings(
            ParseEndpoint(url!) ?? throw new UsageException($"{origin} is '{url}'; it must be an http or https address, for example {DefaultEndpoint}."),
            FirstOf(region, environment("AWS_REGION"), environment("AWS_DEFAULT_REGION")) ?? AwsScope.Default.Region,
            CredentialsFrom(environment));
    }

    /// <summary>An http or https address with a slash at its end; null when the text is none.</summary>
    public static Uri? ParseEndpoint(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    private static IEnumerable<(string? Url, string Origin)> Endpoints(string? endpointUrl, Func<string, string?> environment)
    {
        yield return (endpointUrl, "--endpoint-url");
        if (!string.Equals(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
        {
            yield return (environment("AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE"), "AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE");
            yield return (environment("AWS_ENDPOINT_URL"), "AWS_ENDPOINT_URL");
        }

        yield return (DefaultEndpoint, "the default");
    }

    private static AwsCredentials CredentialsFrom(Func<string, string?> environment)
    {
        var (key, secret) = (environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"));
        if (string.IsNullOrEmpty(key) != string.IsNullOrEmpty(secret))
        {
            throw new UsageException("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together.");
        }

        return string.IsNullOrEmpty(key) ? AwsCredentials.Default : new AwsCredentials(key, secret!, FirstOf(environment("AWS_SESSION_TOKEN")));
    }

    private static string? FirstOf(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!string.IsNullOrEmpty(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
