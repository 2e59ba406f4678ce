using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DmsOrleans.Certificates;

/// <summary>What can be imported (model: ImportCertificateMessage), and what is read from it.</summary>
internal static class CertificateRules
{
    private const byte DerSequence = 0x30;

    /// <summary>How an Oracle auto-login wallet (cwallet.sso) begins.</summary>
    private static readonly byte[] AutoLoginWallet = [0xA1, 0xF8, 0x4E];

    /// <summary>Signature algorithms by OID, named as the service names them.</summary>
    private static readonly FrozenDictionary<string, string> Algorithms = new Dictionary<string, string>
    {
        ["1.2.840.113549.1.1.4"] = "MD5withRSA",
        ["1.2.840.113549.1.1.5"] = "SHA1withRSA",
        ["1.2.840.113549.1.1.10"] = "RSASSA-PSS",
        ["1.2.840.113549.1.1.11"] = "SHA256withRSA",
        ["1.2.840.113549.1.1.12"] = "SHA384withRSA",
        ["1.2.840.113549.1.1.13"] = "SHA512withRSA",
        ["1.2.840.10045.4.1"] = "SHA1withECDSA",
        ["1.2.840.10045.4.3.2"] = "SHA256withECDSA",
        ["1.2.840.10045.4.3.3"] = "SHA384withECDSA",
        ["1.2.840.10045.4.3.4"] = "SHA512withECDSA",
        ["1.3.101.112"] = "Ed25519",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What is public of the certificate, or why it cannot be imported. No message repeats its content.</summary>
    public static (CertificateSpec? Spec, Refusal? Refusal) Read(ImportCertificate command, AwsScope scope, DateTimeOffset now)
    {
        if (!IsIdentifier(command.Identifier))
        {
            return (null, Refusal.InvalidValue(
                $"CertificateIdentifier '{command.Identifier}' is not valid: it has 1 to 255 letters, digits or hyphens, begins with a letter, and has no hyphen at its end nor two in a row."));
        }

        if (command.Pem is not null && command.Wallet is not null)
        {
            return (null, Refusal.InvalidCombination("CertificatePem and CertificateWallet exclude one another."));
        }

        var spec = new CertificateSpec { Identifier = command.Identifier, CreatedAt = now, Owner = scope.Account, KmsKeyId = command.KmsKeyId, Tags = command.Tags };
        return command.Wallet is { } wallet ? IsWallet(wallet) ? (spec, null) : (null, Invalid("CertificateWallet is neither an Oracle auto-login wallet (.sso) nor PKCS #12."))
            : command.Pem is { } pem ? ReadPem(spec, pem)
            : (null, Invalid("CertificatePem or CertificateWallet must be provided."));
    }

    private static (CertificateSpec? Spec, Refusal? Refusal) ReadPem(CertificateSpec spec, string pem)
    {
        // Looked for in the whole text, which is answered as it is: a key in a broken block is a key all the same.
        if (pem.Contains("PRIVATE KEY", StringComparison.OrdinalIgnoreCase))
        {
            return (null, Invalid("CertificatePem contains a private key: give the certificates alone."));
        }

        CertificateSpec? first = null;
        var blocks = 0;
        ReadOnlySpan<char> rest = pem;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (!rest[fields.Label].SequenceEqual("CERTIFICATE") || TryRead(spec, rest[fields.Base64Data]) is not { } read)
            {
                return (null, Invalid("CertificatePem contains a block that is no X.509 certificate."));
            }

            first ??= read with { Pem = pem };
            blocks++;
            rest = rest[fields.Location.End..];
        }

        return first is null ? (null, Invalid("CertificatePem contains no X.509 certificate between BEGIN CERTIFICATE and END CERTIFICATE."))
            : pem.AsSpan().Count("-----BEGIN") != blocks ? (null, Invalid("CertificatePem contains a block that cannot be read."))
            : (first, null);
    }

    private static CertificateSpec? TryRead(CertificateSpec spec, ReadOnlySpan<char> base64)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(base64.ToString()));
            return spec with
            {
                ValidFrom = new DateTimeOffset(certificate.NotBefore).ToUniversalTime(),
                ValidTo = new DateTimeOffset(certificate.NotAfter).ToUniversalTime(),
                SigningAlgorithm = certificate.SignatureAlgorithm.Value is { } oid ? Algorithms.GetValueOrDefault(oid, oid) : null,
                KeyLength = KeyLength(certificate),
            };
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static int? KeyLength(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key =
            certificate.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPublicKey() ?? certificate.GetDSAPublicKey();
        return key?.KeySize;
    }

    private static bool IsWallet(byte[] wallet) => wallet.Length > AutoLoginWallet.Length && (wallet[0] == DerSequence || wallet.AsSpan().StartsWith(AutoLoginWallet));

    private static bool IsIdentifier(string text) => Endpoints.EndpointRules.IsIdentifier(text);

    private static Refusal Invalid(string message) => new(Fault.InvalidCertificate, message);
}
