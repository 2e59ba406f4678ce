using System.Text.Json;
using DmsOrleans.Certificates;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Certificates that endpoints check their connections with. A wallet goes in and never comes out: it may hold a private key.</summary>
internal static class CertificatesApi
{
    private const int FewestRecords = 1;
    private const int MostRecords = 100;
    private const int DefaultRecords = 10;

    private static readonly RecordList Certificates = new("Certificates", "certificate", "certificate-arn", "certificate-id", id => id);

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeCertificates(this AwsOperations operations) => operations
        .Serve("ImportCertificate", ImportAsync)
        .Serve("DescribeCertificates", DescribeAsync)
        .Serve("DeleteCertificate", DeleteAsync);

    private static async Task<AwsReply> ImportAsync(AwsCall call)
    {
        var (tags, badTags) = AwsTags.Read(call.Input);
        if (badTags is not null)
        {
            return badTags;
        }

        var command = new ImportCertificate
        {
            Identifier = call.Input.RequiredText("CertificateIdentifier"),
            Pem = call.Input.Text("CertificatePem"),
            Wallet = call.Input.Bytes("CertificateWallet"),
            KmsKeyId = call.Input.Text("KmsKeyId"),
            Tags = tags,
        };
        var arn = Arn.Of(call.Scope, Arn.CertificateKind, ResourceIds.Generate());
        return AwsReply.Of(await call.Grains.GetGrain<ICertificateGrain>(arn.Value).Import(command), WriteAnswer);
    }

    private static async Task<AwsReply> DeleteAsync(AwsCall call) => call.TryArn("CertificateArn", Arn.CertificateKind, out var arn, out var notFound)
        ? AwsReply.Of(await call.Grains.GetGrain<ICertificateGrain>(arn.Value).Delete(new()), WriteAnswer)
        : notFound;

    private static Task<AwsReply> DescribeAsync(AwsCall call) => Certificates.DescribeAsync(
        call,
        AwsPaging.Read(call.Input, FewestRecords, MostRecords, DefaultRecords),
        query => call.Grains.GetGrain<ICertificateDirectory>(0).List(query),
        WriteCertificate);

    private static void WriteAnswer(Utf8JsonWriter json, CertificateView view) => json.Structure("Certificate", view, WriteCertificate);

    private static void WriteCertificate(Utf8JsonWriter json, CertificateView view)
    {
        var spec = view.Spec;
        json.Text("CertificateIdentifier", spec.Identifier);
        json.Time("CertificateCreationDate", spec.CreatedAt);
        json.Text("CertificatePem", spec.Pem);
        json.Text("CertificateArn", view.Arn);
        json.Text("CertificateOwner", spec.Owner);
        json.Time("ValidFromDate", spec.ValidFrom);
        json.Time("ValidToDate", spec.ValidTo);
        json.Text("SigningAlgorithm", spec.SigningAlgorithm);
        json.Number("KeyLength", spec.KeyLength);
        json.Text("KmsKeyId", spec.KmsKeyId);
    }
}
