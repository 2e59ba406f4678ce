using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws.Identity;

/// <summary>How AWS's JSON services refuse a signature: HTTP 400 and these codes and texts ("Signature Version 4 troubleshooting", IAM User Guide).</summary>
internal static class SigV4Errors
{
    /// <summary>The request is not signed.</summary>
    public static AwsError Missing { get; } = new("MissingAuthenticationTokenException", "Request is missing Authentication Token");

    /// <summary>Nobody knows the access key, or its session token is not the one sent.</summary>
    public static AwsError Unrecognized { get; } = new("UnrecognizedClientException", "The security token included in the request is invalid.");

    /// <summary>It is a signature of something else, or by another key.</summary>
    public static AwsError Mismatch { get; } = Invalid(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");

    /// <summary>Sent before; not of AWS's texts, because AWS does not say.</summary>
    public static AwsError Replayed { get; } = Invalid("The request has been received before: sign it anew, or repeat it under its amz-sdk-invocation-id.");

    /// <summary>The signature cannot be what it claims to be.</summary>
    public static AwsError Invalid(string message) => new("InvalidSignatureException", message);

    /// <summary>Something of the signature is missing or malformed.</summary>
    public static AwsError Incomplete(string message) => new("IncompleteSignatureException", message);
}
