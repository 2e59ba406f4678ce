using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DmsOrleans.Certificates;

namespace DmsOrleans.Tests.Grains;

public sealed class CertificateRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset From = new(2020, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2049, 6, 7, 8, 9, 10, TimeSpan.Zero);

    [Fact]
    public void What_is_public_is_read_from_a_PEM()
    {
        using var key = RSA.Create(2048);
        var pem = Rsa(key, HashAlgorithmName.SHA256);
        var spec = Accepted(new() { Identifier = "ca", Pem = pem, KmsKeyId = "k", Tags = new Dictionary<string, string> { ["a"] = "1" } });

        Assert.Equal(("ca", pem, "123456789012", Now, "k", "1"), (spec.Identifier, spec.Pem, spec.Owner, spec.CreatedAt, spec.KmsKeyId, spec.Tags["a"]));
        Assert.Equal((From, To, "SHA256withRSA", 2048), (spec.ValidFrom, spec.ValidTo, spec.SigningAlgorithm, spec.KeyLength));
    }

    [Fact]
    public void Algorithms_are_named_as_the_service_names_them()
    {
        using var rsa = RSA.Create(1024);
        Assert.Equal(("SHA512withRSA", 1024), Algorithm(Rsa(rsa, HashAlgorithmName.SHA512)));
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var certificate = new CertificateRequest("CN=ec", curve, HashAlgorithmName.SHA384).CreateSelfSigned(From, To);
        Assert.Equal(("SHA384withECDSA", 384), Algorithm(certificate.ExportCertificatePem()));
    }

    [Fact]
    public void Of_a_bundle_the_first_is_described_and_all_is_kept()
    {
        using var large = RSA.Create(2048);
        using var small = RSA.Create(1024);
        var bundle = $"# roots\n{Rsa(large, HashAlgorithmName.SHA256)}\n\n{Rsa(small, HashAlgorithmName.SHA512)}\n";
        var spec = Accepted(new() { Identifier = "bundle", Pem = bundle });
        Assert.Equal((2048, "SHA256withRSA", bundle), (spec.KeyLength, spec.SigningAlgorithm, spec.Pem));
    }

    [Fact]
    public void Whatever_is_or_holds_no_certificate_is_refused_without_repeating_it()
    {
        using var key = RSA.Create(2048);
        var pem = Rsa(key, HashAlgorithmName.SHA256);
        string[] bad =
        [
            "canary", "", "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nY2FuYXJ5\n-----END CERTIFICATE-----",
            pem[..^40], pem + pem[..200], pem.Replace("CERTIFICATE", "CANARY", StringComparison.Ordinal), pem.Replace("MII", "MIJ", StringComparison.Ordinal),
            pem + key.ExportRSAPrivateKeyPem(), key.ExportPkcs8PrivateKeyPem() + pem, pem + key.ExportRSAPrivateKeyPem()[..^20],
        ];
        Assert.All(bad, text =>
        {
            var refusal = Refused(new() { Identifier = "ca", Pem = text });
            Assert.Equal(Fault.InvalidCertificate, refusal.Fault);
            Assert.DoesNotContain("canary", refusal.Message, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public void A_wallet_is_known_by_how_it_begins()
    {
        byte[][] good = [[0xA1, 0xF8, 0x4E, 0x36, 0, 0], [0x30, 0x82, 0x01, 0x00]];
        Assert.All(good, wallet => Assert.Equal((null, null, "ca"), (Accepted(new() { Identifier = "ca", Wallet = wallet }) is var s ? s.Pem : "", s.KeyLength, s.Identifier)));
        byte[][] bad = [[], [0xA1], "nonsense"u8.ToArray(), [0xA1, 0xF8, 0x00, 0x36]];
        Assert.All(bad, wallet => Assert.Equal(Fault.InvalidCertificate, Refused(new() { Identifier = "ca", Wallet = wallet }).Fault));
    }

    [Fact]
    public void One_of_the_two_is_given()
    {
        Assert.Equal(Fault.InvalidCertificate, Refused(new() { Identifier = "ca" }).Fault);
        Assert.Equal(Fault.InvalidParameterCombination, Refused(new() { Identifier = "ca", Pem = "x", Wallet = [0x30, 1, 2, 3] }).Fault);
    }

    [Theory, InlineData("1a"), InlineData("a-"), InlineData("a--b"), InlineData("a_b"), InlineData("")]
    public void An_identifier_begins_with_a_letter_and_has_letters_digits_and_single_hyphens(string identifier) =>
        Assert.Equal(Fault.InvalidParameterValue, Refused(new() { Identifier = identifier, Wallet = [0x30, 1, 2, 3] }).Fault);

    private static string Rsa(RSA key, HashAlgorithmName hash)
    {
        using var certificate = new CertificateRequest("CN=root", key, hash, RSASignaturePadding.Pkcs1).CreateSelfSigned(From, To);
        return certificate.ExportCertificatePem();
    }

    private static (string?, int?) Algorithm(string pem) => Accepted(new() { Identifier = "ca", Pem = pem }) is var spec ? (spec.SigningAlgorithm, spec.KeyLength) : default;

    private static CertificateSpec Accepted(ImportCertificate command)
    {
        var (spec, refusal) = CertificateRules.Read(command, new("123456789012", "us-east-1"), Now);
        Assert.True(refusal is null, refusal?.Message);
        return spec!;
    }

    private static Refusal Refused(ImportCertificate command)
    {
        var (spec, refusal) = CertificateRules.Read(command, AwsScope.Default, Now);
        Assert.Null(spec);
        return refusal!;
    }
}
