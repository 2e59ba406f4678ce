using System.Globalization;
using DmsOrleans.Cli.Aws;
using Microsoft.Extensions.Time.Testing;

namespace DmsOrleans.Tests.Cli;

/// <summary>Signatures that AWS has published.</summary>
public sealed class SigV4SignerTests
{
    private const string Key = "AKIDEXAMPLE";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static readonly DateTimeOffset At = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("GET", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("GET", "?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    public void The_published_test_suite_is_signed_as_published(string method, string query, string signature)
    {
        var signer = new SigV4Signer(new AwsCredentials(Key, Secret), "us-east-1", "service", new FakeTimeProvider(At));

        var authorization = signer.Authorize(method, "/", query, [("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")], [], At);

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential={Key}/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}", authorization);
    }

    [Fact]
    public void The_example_of_the_general_reference_is_signed_as_published()
    {
        var signer = new SigV4Signer(new AwsCredentials(Key, Secret), "us-east-1", "iam", new FakeTimeProvider(At));

        var authorization = signer.Authorize("GET", "/", "Action=ListUsers&Version=2010-05-08",
            [("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("host", "iam.amazonaws.com"), ("x-amz-date", "20150830T123600Z")], [], At);

        Assert.EndsWith("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", authorization, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_is_signed_with_its_host_its_target_its_token_and_its_date()
    {
        var signer = new SigV4Signer(new AwsCredentials(Key, Secret, "token"), "eu-west-1", "dms", new FakeTimeProvider(At));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://127.0.0.1:4566/") { Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentType = new("application/x-amz-json-1.1");
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "AmazonDMSv20160101.DescribeReplications");

        signer.Sign(request, []);

        var authorization = request.Headers.NonValidated["Authorization"].ToString();
        Assert.Contains("/20150830/eu-west-1/dms/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,", authorization, StringComparison.Ordinal);
        Assert.Equal(At.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), request.Headers.NonValidated["X-Amz-Date"].ToString());
    }

    [Fact]
    public void The_day_turns_and_the_key_with_it()
    {
        var signer = new SigV4Signer(new AwsCredentials(Key, Secret), "us-east-1", "service", new FakeTimeProvider(At));
        var fresh = new SigV4Signer(new AwsCredentials(Key, Secret), "us-east-1", "service", new FakeTimeProvider(At));
        signer.Authorize("GET", "/", "", [("host", "h")], [], At);

        Assert.Equal(fresh.Authorize("GET", "/", "", [("host", "h")], [], At.AddDays(1)), signer.Authorize("GET", "/", "", [("host", "h")], [], At.AddDays(1)));
    }
}
