using DmsOrleans.Records;
using Orleans.Concurrency;

namespace DmsOrleans.Certificates;

/// <summary>One certificate that endpoints check their connections with, keyed by its ARN. Commands are answered once durable.</summary>
[Alias("dms.ICertificateGrain")]
public interface ICertificateGrain : ITaggedGrain
{
    /// <summary>Imports it; refused when the identifier is taken or the content is no certificate.</summary>
    [Alias("import")]
    Task<Answer<CertificateView>> Import(ImportCertificate command);

    /// <summary>Deletes it; refused while an endpoint names it. Gone when this answers.</summary>
    [Alias("delete")]
    Task<Answer<CertificateView>> Delete(DeleteCertificate command);

    /// <summary>What it is; null when there is no such certificate. Also what the dashboard shows.</summary>
    [ReadOnly, AlwaysInterleave, Alias("get-state")]
    Task<CertificateView?> GetState();
}

/// <summary>Questions about many certificates, answered from the store.</summary>
[Alias("dms.ICertificateDirectory")]
public interface ICertificateDirectory : IGrainWithIntegerKey
{
    /// <summary>A page of certificates, in the order they were imported.</summary>
    [Alias("list")]
    Task<RecordPage<CertificateView>> List(RecordQuery query);
}

/// <summary>ImportCertificate: PEM text or an Oracle wallet, one of the two.</summary>
[GenerateSerializer, Immutable, Alias("dms.ImportCertificate")]
public sealed record ImportCertificate
{
    /// <summary>CertificateIdentifier, unique in its account and region.</summary>
    [Id(0)]
    public required string Identifier { get; init; }

    /// <summary>CertificatePem.</summary>
    [Id(1)]
    public string? Pem { get; init; }

    /// <summary>CertificateWallet.</summary>
    [Id(2)]
    public byte[]? Wallet { get; init; }

    /// <summary>KmsKeyId, kept and answered; the node encrypts with its own keys.</summary>
    [Id(3)]
    public string? KmsKeyId { get; init; }

    /// <summary>Tags by key.</summary>
    [Id(4)]
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Never prints its content.</summary>
    public override string ToString() => $"ImportCertificate {{ {Identifier} }}";
}

/// <summary>DeleteCertificate.</summary>
[GenerateSerializer, Immutable, Alias("dms.DeleteCertificate")]
public sealed record DeleteCertificate;

/// <summary>What is public about a certificate. Members are those of the model's <c>Certificate</c>; those read from an X.509 certificate are null for a wallet.</summary>
[GenerateSerializer, Immutable, Alias("dms.CertificateSpec")]
public sealed record CertificateSpec
{
    /// <summary>CertificateIdentifier.</summary>
    [Id(0)]
    public required string Identifier { get; init; }

    /// <summary>When it was imported.</summary>
    [Id(1)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>CertificatePem as it was given; certificates only, never a key. Null for a wallet.</summary>
    [Id(2)]
    public string? Pem { get; init; }

    /// <summary>CertificateOwner: the account.</summary>
    [Id(3)]
    public required string Owner { get; init; }

    /// <summary>ValidFromDate.</summary>
    [Id(4)]
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>ValidToDate.</summary>
    [Id(5)]
    public DateTimeOffset? ValidTo { get; init; }

    /// <summary>SigningAlgorithm, for example <c>SHA256withRSA</c>.</summary>
    [Id(6)]
    public string? SigningAlgorithm { get; init; }

    /// <summary>KeyLength in bits.</summary>
    [Id(7)]
    public int? KeyLength { get; init; }

    /// <summary>KmsKeyId.</summary>
    [Id(8)]
    public string? KmsKeyId { get; init; }

    /// <summary>Tags by key.</summary>
    [Id(9)]
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>What we tell of a certificate.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Spec">All that is public of it.</param>
[GenerateSerializer, Immutable, Alias("dms.CertificateView")]
public sealed record CertificateView([property: Id(0)] string Arn, [property: Id(1)] CertificateSpec Spec);
