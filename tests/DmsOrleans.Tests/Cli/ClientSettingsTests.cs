using DmsOrleans.Cli;
using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Aws;

namespace DmsOrleans.Tests.Cli;

/// <summary>Where the console goes and as whom: what the aws CLI would do with the same line and environment.</summary>
public sealed class ClientSettingsTests
{
    private static readonly (string, string) Service = ("AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE", "http://service:1");
    private static readonly (string, string) General = ("AWS_ENDPOINT_URL", "http://general:2/base");

    [Fact]
    public void The_option_comes_before_the_services_variable_before_the_general_one_before_the_default()
    {
        Assert.Equal("http://option/", Endpoint("http://option", Service, General));
        Assert.Equal("http://service:1/", Endpoint(null, Service, General));
        Assert.Equal("http://general:2/base/", Endpoint(null, General));
        Assert.Equal("http://127.0.0.1:4566/", Endpoint(null));
        Assert.Equal("http://general:2/base/", Endpoint(null, (Service.Item1, ""), General));
    }

    [Fact]
    public void Configured_endpoints_can_be_ignored_but_not_the_option()
    {
        var ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");

        Assert.Equal("http://127.0.0.1:4566/", Endpoint(null, Service, General, ignore));
        Assert.Equal("http://option/", Endpoint("http://option", Service, ignore));
    }

    [Fact]
    public void A_variable_that_is_no_address_is_named()
    {
        var wrong = Assert.Throws<UsageException>(() => Endpoint(null, (General.Item1, "nowhere")));

        Assert.StartsWith("AWS_ENDPOINT_URL is 'nowhere'", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
    }

    [Fact]
    public void The_region_comes_from_the_option_then_AWS_REGION_then_AWS_DEFAULT_REGION()
    {
        var both = new[] { ("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "ap-south-1") };

        Assert.Equal("us-west-2", From(null, "us-west-2", both).Region);
        Assert.Equal("eu-west-1", From(null, null, both).Region);
        Assert.Equal("ap-south-1", From(null, null, both[1]).Region);
        Assert.Equal("us-east-1", From(null, null).Region);
    }

    [Fact]
    public void Credentials_come_from_the_environment_and_are_never_printed()
    {
        var credentials = From(null, null, ("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "hidden"), ("AWS_SESSION_TOKEN", "covert")).Credentials;

        Assert.Equal(new AwsCredentials("k", "hidden", "covert"), credentials);
        Assert.Equal("AwsCredentials { k }", credentials.ToString());
        Assert.Equal(AwsCredentials.Default, From(null, null).Credentials);
        Assert.Throws<UsageException>(() => From(null, null, ("AWS_ACCESS_KEY_ID", "k")));
    }

    [Fact]
    public async Task Requests_are_signed_for_the_region_and_key_of_the_environment()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var environment = new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE"] = gateway.Url.ToString(),
            ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1",
            ["AWS_ACCESS_KEY_ID"] = "123456789012",
            ["AWS_SECRET_ACCESS_KEY"] = "s",
            ["AWS_REGION"] = "eu-central-1",
        };

        var run = await ConsoleRun.AsAsync(environment, "", ["endpoint", "list"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("^AWS4-HMAC-SHA256 Credential=123456789012/[0-9]{8}/eu-central-1/dms/aws4_request, ", gateway.Calls.Single().Authorization);
    }

    [Fact]
    public async Task AWS_DEFAULT_OUTPUT_is_the_default_of_output()
    {
        await using var gateway = await FakeGateway.StartAsync();
        var environment = new Dictionary<string, string> { ["AWS_ENDPOINT_URL"] = gateway.Url.ToString(), ["AWS_DEFAULT_OUTPUT"] = "json" };

        var run = await ConsoleRun.AsAsync(environment, "", ["list"]);
        var table = await ConsoleRun.AsAsync(environment, "", ["list", "--output", "table"]);

        Assert.StartsWith("{", run.Out, StringComparison.Ordinal);
        Assert.StartsWith("identifier", table.Out, StringComparison.Ordinal);
    }

    private static string Endpoint(string? option, params (string, string)[] environment) => From(option, null, environment).Endpoint.ToString();

    private static ClientSettings From(string? option, string? region, params (string Name, string Value)[] environment) =>
        ClientSettings.From(option, region, environment.ToDictionary(e => e.Name, e => e.Value).GetValueOrDefault);
}
