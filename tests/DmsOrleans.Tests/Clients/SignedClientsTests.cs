using DmsOrleans.Tests.Node;

namespace DmsOrleans.Tests.Clients;

/// <summary>A real AWS client signs, we verify: neither knows the other's code.</summary>
public sealed class SignedClientsTests
{
    [Fact]
    public async Task The_aws_CLI_is_known_by_its_key_and_refused_with_another_secret()
    {
        await using var node = await TestNode.StartAsync(configuration: Keys("test"));
        var aws = await AwsCli.ForAsync(node);
        var created = await aws.AnswerAsync(
            "create-endpoint", "--endpoint-identifier", "source-db", "--endpoint-type", "source", "--engine-name", "postgres", "--server-name", "db.example.com",
            "--port", "5432", "--database-name", "app", "--username", "dms", "--password", "s3cret");
        Assert.StartsWith("arn:aws:dms:us-east-1:123456789012:endpoint:", created.GetProperty("Endpoint").GetProperty("EndpointArn").GetString(), StringComparison.Ordinal);

        await using var stranger = await TestNode.StartAsync(configuration: Keys("something else"));
        var refused = await (await AwsCli.ForAsync(stranger)).TryAsync("describe-endpoints");
        Assert.Contains(
            "An error occurred (InvalidSignatureException) when calling the DescribeEndpoints operation: The request signature we calculated does not match the signature you provided.",
            refused.Error, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Keys(string secret) => new()
    {
        ["DmsOrleans:Gateway:AccessKey"] = "test",
        ["DmsOrleans:Gateway:SecretKey"] = secret,
        ["DmsOrleans:Gateway:AccountId"] = "123456789012",
    };
}
