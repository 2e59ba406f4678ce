using System.Collections.Frozen;
using DmsOrleans.Gateway.Aws.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Gateway.Aws.Identity;

/// <summary>The keys that are configured. Where none is, signatures are not verified.</summary>
internal sealed class AccessKeys
{
    private const string ReadOnly = "read-only";

    private readonly FrozenDictionary<string, AccessKey> byId;

    private AccessKeys(IEnumerable<AccessKey> keys) => byId = keys.ToFrozenDictionary(k => k.Id, StringComparer.Ordinal);

    /// <summary>Whether any key is configured.</summary>
    public bool Any => byId.Count > 0;

    /// <summary>The key of this id; null when it is not configured.</summary>
    public AccessKey? this[string id] => byId.GetValueOrDefault(id);

    /// <summary>
    /// Reads the key of the options and those of their credentials file, which is written as the AWS CLI writes
    /// <c>~/.aws/credentials</c>: <c>aws_access_key_id</c>, <c>aws_secret_access_key</c>, <c>aws_session_token</c> and
    /// <c>aws_account_id</c> under a <c>[profile]</c>; <c>dms_access = read-only</c> lets a key describe and list, and nothing else.
    /// </summary>
    /// <exception cref="OptionsValidationException">Something is missing, unreadable or given twice; the message names it.</exception>
    public static AccessKeys Of(GatewayOptions options)
    {
        var keys = new List<AccessKey>();
        if (options.AccessKey is not null || options.SecretKey is not null)
        {
            keys.Add(Read($"{GatewayOptions.Section}:AccessKey", options.AccessKey, options.SecretKey, options.AccountId, null));
        }

        if (options.Credentials is { } path)
        {
            keys.AddRange(ReadFile(path));
        }

        if (keys.GroupBy(k => k.Id).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Wrong($"The access key {AwsError.Shown(twice.Key)} is configured twice.");
        }

        return new AccessKeys(keys);
    }

    private static List<AccessKey> ReadFile(string path)
    {
        try
        {
            var profiles = new ConfigurationBuilder().AddIniFile(Path.GetFullPath(path)).Build().GetChildren();
            var keys = profiles.Select(p => Read(
                $"The profile [{p.Key}] of {path}", p["aws_access_key_id"], p["aws_secret_access_key"], p["aws_account_id"], p["aws_session_token"], p["dms_access"])).ToList();
            return keys.Count > 0 ? keys : throw Wrong($"{GatewayOptions.Section}:Credentials is '{path}', which has no profile.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            throw Wrong($"{GatewayOptions.Section}:Credentials is '{path}', which cannot be read: {unreadable.GetBaseException().Message}");
        }
    }

    private static AccessKey Read(string where, string? id, string? secret, string? account, string? token, string? access = null) =>
        string.IsNullOrEmpty(id) || string.IsNullOrEmpty(secret) ? throw Wrong($"{where} must have both an access key and a secret key.")
        : id.Contains('/', StringComparison.Ordinal) || id.Contains(',', StringComparison.Ordinal) ? throw Wrong($"{where} has an access key with a slash or a comma in it.")
        : !string.IsNullOrEmpty(account) && !AwsCredentialScope.IsAccount(account) ? throw Wrong($"{where} has the account id '{account}'; it must be twelve digits.")
        : access is not (null or "" or ReadOnly or "full") ? throw Wrong($"{where} has dms_access = {AwsError.Shown(access)}; it is {ReadOnly} or full.")
        : new AccessKey(
            id, secret, string.IsNullOrEmpty(account) ? AwsCredentialScope.AccountOf(id) : account, string.IsNullOrEmpty(token) ? null : token, access == ReadOnly);

    private static OptionsValidationException Wrong(string what) => new(GatewayOptions.Section, typeof(GatewayOptions), [what]);
}

/// <summary>Has a node with unusable keys say so before it listens.</summary>
internal sealed class AccessKeysCheck : IValidateOptions<GatewayOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        try
        {
            AccessKeys.Of(options);
            return ValidateOptionsResult.Success;
        }
        catch (OptionsValidationException wrong)
        {
            return ValidateOptionsResult.Fail(wrong.Failures);
        }
    }
}
