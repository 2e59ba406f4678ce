namespace DmsOrleans;

/// <summary>The keys a resource may name. There is no KMS here, so a key of the caller's own account and region is there, and no other can be reached.</summary>
internal static class KmsKeys
{
    /// <summary>Null when the key, an id, alias or ARN, may be named; none is named by null and "".</summary>
    public static Refusal? Check(AwsScope scope, string? key) =>
        key is null || !key.StartsWith("arn:", StringComparison.Ordinal)
        || (key.Split(':') is ["arn", _, "kms", var region, var account, ..] && region == scope.Region && account == scope.Account)
            ? null
            : new(Fault.KmsKeyNotAccessible, $"The KMS key {key} is not accessible: it is not a key of account {scope.Account} in {scope.Region}.");
}
