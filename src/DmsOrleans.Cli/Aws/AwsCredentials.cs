namespace DmsOrleans.Cli.Aws;

/// <summary>Who asks. The gateway reads account and region from it; the secret never travels.</summary>
/// <param name="AccessKeyId">AWS_ACCESS_KEY_ID.</param>
/// <param name="SecretAccessKey">AWS_SECRET_ACCESS_KEY.</param>
/// <param name="SessionToken">AWS_SESSION_TOKEN; null for long-lived keys.</param>
internal sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    /// <summary>Used when the environment names none: a node on this machine asks for no more.</summary>
    public static AwsCredentials Default { get; } = new("test", "test");

    /// <summary>Never prints the secrets.</summary>
    public override string ToString() => $"AwsCredentials {{ {AccessKeyId} }}";
}
