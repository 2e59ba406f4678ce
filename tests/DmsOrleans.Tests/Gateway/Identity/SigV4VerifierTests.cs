using System.Text;
using DmsOrleans.Cli.Aws;
using DmsOrleans.Gateway.Aws.Identity;
using Microsoft.AspNetCore.Http;

namespace DmsOrleans.Tests.Gateway.Identity;

/// <summary>What a signature must cover and when it is good. Signed by the console's signer, which shares no line with the verifier.</summary>
public sealed class SigV4VerifierTests
{
    private const string Target = "AmazonDMSv20160101.StartReplication";
    private static readonly DateTimeOffset At = new(2026, 3, 1, 23, 58, 0, TimeSpan.Zero);
    private static readonly AccessKey Key = new("AKIDEXAMPLE", "secret", "123456789012");
    private static readonly byte[] Body = "{}"u8.ToArray();

    [Theory]
    [InlineData(0, null)]
    [InlineData(299, null)]
    [InlineData(-299, null)]
    [InlineData(301, "Signature expired: 20260301T235800Z is now earlier than 20260301T235801Z (20260302T000301Z - 5 min.)")]
    [InlineData(-301, "Signature not yet current: 20260301T235800Z is still later than 20260301T235759Z (20260301T235259Z + 5 min.)")]
    public void A_signature_is_good_for_five_minutes_before_and_after(int secondsLater, string? refused) =>
        Assert.Equal(refused, Verify(Signed(), At.AddSeconds(secondsLater))?.Message);

    [Fact]
    public void A_day_that_turns_within_the_window_changes_nothing() => Assert.Null(Verify(Signed(), At.AddMinutes(3)));

    [Theory]
    [InlineData("s3", "us-east-1", "Credential should be scoped to correct service: 'dms'.")]
    [InlineData("dms", "Us-East-1", "Credential should be scoped to a valid region.")]
    public void The_scope_is_checked(string service, string region, string refused) =>
        Assert.Equal(refused, Verify(Signed(service: service, region: region))?.Message);

    [Theory]
    [InlineData("/20260301/", "/20260302/", "InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260302' != '20260301', from '20260301T235800Z'.")]
    [InlineData("aws4_request", "aws3_request", "InvalidSignatureException", "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3_request'.")]
    [InlineData("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1", "IncompleteSignatureException", "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'.")]
    [InlineData("Credential=", "Credentials=", "IncompleteSignatureException", "not a valid key=value pair")]
    [InlineData("/us-east-1/", "/us/east-1/", "IncompleteSignatureException", "Credential must have exactly 5 slash-delimited elements")]
    [InlineData("AKIDEXAMPLE", "AKIDEXAMPLF", "UnrecognizedClientException", "The security token included in the request is invalid.")]
    [InlineData("host;", "", "InvalidSignatureException", "'Host' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData(";x-amz-target", "", "InvalidSignatureException", "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData("Signature=", "Signature=A", "InvalidSignatureException", "does not match the signature you provided")]
    public void What_is_wrong_with_a_header_is_named(string part, string changed, string code, string said)
    {
        var request = Signed();
        request.Headers.Authorization = request.Headers.Authorization.ToString().Replace(part, changed, StringComparison.Ordinal);
        var error = Verify(request);
        Assert.Equal(code, error?.Code);
        Assert.Contains(said, error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_missing_part_is_named()
    {
        var request = Signed();
        request.Headers.Authorization = "AWS4-HMAC-SHA256 SignedHeaders=host";
        request.Headers.Remove("X-Amz-Date");
        Assert.Equal(
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires existence of one 'X-Amz-Date' header.",
            Verify(request)?.Message);
    }

    [Theory, InlineData("20260301"), InlineData("2026-03-01T23:58:00Z"), InlineData("20260231T235800Z"), InlineData("")]
    public void A_date_is_in_the_basic_format(string date)
    {
        var request = Signed();
        request.Headers["X-Amz-Date"] = date;
        Assert.StartsWith($"Date must be in ISO-8601 'basic format'. Got '{date}'.", Verify(request)?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_is_signed_once()
    {
        var request = Signed();
        request.Headers.Authorization = new([.. request.Headers.Authorization, .. request.Headers.Authorization]);
        Assert.Equal("IncompleteSignatureException", Verify(request)?.Code);
        Assert.Equal("IncompleteSignatureException", Verify(Signed() with { Query = "X-Amz-Signature=00" })?.Code);
    }

    [Theory, InlineData("UNSIGNED-PAYLOAD"), InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), InlineData("00")]
    public void A_body_is_always_covered(string claimed) =>
        Assert.Contains("x-amz-content-sha256", Verify(Signed(("X-Amz-Content-Sha256", claimed)))?.Message, StringComparison.Ordinal);

    [Fact]
    public void A_header_put_in_afterwards_is_refused()
    {
        var request = Signed();
        request.Headers["X-Amz-Extra"] = "1";
        Assert.Equal("'X-Amz-Extra' must be a 'SignedHeader' in the AWS Authorization.", Verify(request)?.Message);
    }

    [Fact]
    public void Nothing_signed_is_no_token() => Assert.Equal(
        ("MissingAuthenticationTokenException", "Request is missing Authentication Token"),
        Verify(new SigV4Request("POST", "/", "", new HeaderDictionary(), Body)) is { } error ? (error.Code, error.Message) : default);

    private static DmsOrleans.Gateway.Aws.Protocol.AwsError? Verify(SigV4Request request, DateTimeOffset? now = null) =>
        new SigV4Verifier("dms", id => id == Key.Id ? Key : null, TimeSpan.FromMinutes(5)).Verify(request, now ?? At).Error;

    private static SigV4Request Signed((string Name, string Value)? extra = null, string service = "dms", string region = "us-east-1")
    {
        (string Name, string Value)[] headers = [("Host", "127.0.0.1:4566"), ("X-Amz-Date", "20260301T235800Z"), ("X-Amz-Target", Target)];
        headers = [.. headers.Concat(extra is { } more ? [more] : []).OrderBy(h => h.Name, StringComparer.OrdinalIgnoreCase)];
        var signer = new SigV4Signer(new AwsCredentials(Key.Id, Key.Secret), region, service, TimeProvider.System);
        var authorization = signer.Authorize("POST", "/", "", [.. headers.Select(h => (h.Name.ToLowerInvariant(), h.Value))], Body, At);
        return new SigV4Request("POST", "/", "", SigningVector.Headers([.. headers, ("Authorization", authorization)]), Body);
    }
}
