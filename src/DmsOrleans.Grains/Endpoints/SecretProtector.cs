using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace DmsOrleans.Endpoints;

/// <summary>Encrypts the secrets of endpoints and certificates at rest with ASP.NET Data Protection. The purpose is the resource's ARN, so a copied ciphertext opens nowhere else.</summary>
internal sealed class SecretProtector(IDataProtectionProvider provider)
{
    /// <summary>Null when there is nothing to protect.</summary>
    public string? Protect(string arn, EndpointSecrets secrets) =>
        secrets is { Password: null, SettingsSecrets: null } ? null : Of(arn).Protect(JsonSerializer.Serialize(secrets));

    /// <summary>The secrets; empty for null.</summary>
    public EndpointSecrets Unprotect(string arn, string? text) =>
        text is null ? new() : JsonSerializer.Deserialize<EndpointSecrets>(Of(arn).Unprotect(text))!;

    /// <summary>As text for the store.</summary>
    public string ProtectBytes(string arn, byte[] bytes) => Convert.ToBase64String(Of(arn).Protect(bytes));

    /// <summary>The bytes that were protected.</summary>
    public byte[] UnprotectBytes(string arn, string text) => Of(arn).Unprotect(Convert.FromBase64String(text));

    private IDataProtector Of(string arn) => provider.CreateProtector("DmsOrleans.Endpoints", arn);
}
