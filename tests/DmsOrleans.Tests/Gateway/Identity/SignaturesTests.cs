using System.Net;
using System.Text;
using DmsOrleans.Cli.Aws;
using DmsOrleans.Gateway;
using DmsOrleans.Gateway.Aws.Identity;
using DmsOrleans.Replications;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace DmsOrleans.Tests.Gateway.Identity;

/// <summary>A gateway that has keys: who is let in, and to what.</summary>
public sealed class SignaturesTests : IAsyncLifetime
{
    private const string Account = "123456789012";
    private static readonly AwsCredentials Owner = new("AKIDOWNER", "owner's");
    private static readonly AwsCredentials Onlooker = new("AKIDONLOOKER", "onlooker's");
    private static readonly AwsCredentials Other = new("210987654321", "other's");
    private readonly FakeTimeProvider time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly string file = Path.GetTempFileName();
    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(file, $"# two callers\n[owner]\naws_access_key_id = {Owner.AccessKeyId}\naws_secret_access_key = {Owner.SecretAccessKey}\naws_account_id = {Account}\n\n[other]\naws_access_key_id = {Other.AccessKeyId}\naws_secret_access_key = {Other.SecretAccessKey}\n\n[onlooker]\naws_access_key_id = {Onlooker.AccessKeyId}\naws_secret_access_key = {Onlooker.SecretAccessKey}\naws_account_id = {Account}\ndms_access = read-only\n");
        gateway = await StartAsync(_ => { });
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        File.Delete(file);
    }

    [Fact]
    public async Task A_request_that_is_not_signed_is_refused_before_it_is_read()
    {
        var answer = await gateway.SendAsync("AmazonDMSv20160101.DescribeReplications", "not JSON"u8.ToArray());
        Assert.Equal((HttpStatusCode.BadRequest, "MissingAuthenticationTokenException"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_key_sees_its_own_account_in_the_region_it_signs_for()
    {
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("DescribeReplications", "{}", Owner, region: "eu-west-1")).Status);
        Assert.Equal(new AwsScope(Account, "eu-west-1"), gateway.Cluster.Last<ReplicationQuery>().Scope);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("DescribeReplications", "{}", Other)).Status);
        Assert.Equal(new AwsScope(Other.AccessKeyId, "us-east-1"), gateway.Cluster.Last<ReplicationQuery>().Scope);
    }

    [Fact]
    public async Task A_read_only_key_looks_and_touches_nothing()
    {
        var arn = gateway.Cluster.Add("orders", scope: new AwsScope(Account, "us-east-1"));
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("DescribeReplications", "{}", Onlooker)).Status);
        var denied = await CallAsync("StopReplication", $$"""{"ReplicationConfigArn":"{{arn}}"}""", Onlooker);
        Assert.Equal((HttpStatusCode.BadRequest, "AccessDeniedFault"), (denied.Status, denied.Code));
        Assert.Contains("dms:StopReplication", denied.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ARN_of_another_account_or_region_is_not_found()
    {
        var arn = gateway.Cluster.Add("orders", scope: new AwsScope(Account, "us-east-1"));
        var input = $$"""{"ReplicationConfigArn":"{{arn}}"}""";
        foreach (var (credentials, region) in new[] { (Other, "us-east-1"), (Owner, "eu-west-1") })
        {
            Assert.Equal("ResourceNotFoundFault", (await CallAsync("StopReplication", input, credentials, region: region)).Code);
            Assert.Equal("ResourceNotFoundFault", (await CallAsync("DeleteReplicationConfig", input, credentials, region: region)).Code);
            Assert.Equal("ResourceNotFoundFault", (await CallAsync("ListTagsForResource", $$"""{"ResourceArn":"{{arn}}"}""", credentials, region: region)).Code);
        }

        Assert.Empty(gateway.Cluster.Received);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("StopReplication", input, Owner)).Status);
    }

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_key_are_told_apart_as_AWS_does()
    {
        Assert.Equal("InvalidSignatureException", (await CallAsync("DescribeReplications", "{}", Owner with { SecretAccessKey = "guess" })).Code);
        Assert.Equal("UnrecognizedClientException", (await CallAsync("DescribeReplications", "{}", Owner with { AccessKeyId = "AKIDNOBODY" })).Code);
        Assert.Equal("UnrecognizedClientException", (await CallAsync("DescribeReplications", "{}", Owner with { SessionToken = "stale" })).Code);
    }

    [Fact]
    public async Task A_command_that_was_overheard_cannot_be_sent_again()
    {
        var input = Stop();
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("StopReplication", input, Owner)).Status);
        var replayed = await CallAsync("StopReplication", input, Owner);
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidSignatureException"), (replayed.Status, replayed.Code));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("StopReplication", input, Owner)).Status);
        Assert.Equal(2, gateway.Cluster.Received.OfType<StopReplication>().Count());
    }

    [Fact]
    public async Task A_retry_reaches_the_grain_under_its_invocation_id_and_under_no_other()
    {
        var input = Stop();
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("StopReplication", input, Owner, invocation: "one")).Status);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("StopReplication", input, Owner, invocation: "one")).Status);
        Assert.Equal("InvalidSignatureException", (await CallAsync("StopReplication", input, Owner, invocation: "two")).Code);
        Assert.Equal("InvalidSignatureException", (await CallAsync("StopReplication", input, Owner)).Code);
    }

    [Fact]
    public async Task Questions_may_be_asked_again()
    {
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("DescribeReplications", "{}", Owner)).Status);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("DescribeReplications", "{}", Owner)).Status);
    }

    [Fact]
    public async Task Replays_are_let_through_where_the_options_say_so()
    {
        await gateway.DisposeAsync();
        gateway = await StartAsync(o => o.RefuseReplays = false);
        var input = Stop();
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("StopReplication", input, Owner)).Status);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("StopReplication", input, Owner)).Status);
    }

    [Fact]
    public void A_used_signature_is_forgotten_when_it_is_good_no_more()
    {
        var used = new UsedSignatures(time);
        var end = time.GetUtcNow().AddMinutes(5);
        Assert.Equal(UsedSignatures.Verdict.Take, used.Use("a", null, end));
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(UsedSignatures.Verdict.Replayed, used.Use("a", null, end));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(UsedSignatures.Verdict.Take, used.Use("a", null, end));
    }

    [Fact]
    public async Task Operators_sign_too()
    {
        var address = new Uri(gateway.Http.BaseAddress!, "/api/v1/replications/counts");
        using var bare = await gateway.Http.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, bare.StatusCode);
        Assert.Contains("MissingAuthenticationTokenException", await bare.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        new SigV4Signer(Owner, "us-east-1", "dms", time).Sign(request, []);
        using var signed = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, signed.StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:4566", true)]
    [InlineData("http://[::1]:4566", true)]
    [InlineData("http://localhost:4566", true)]
    [InlineData("http://unix:/run/dms.sock", true)]
    [InlineData("http://0.0.0.0:4566", false)]
    [InlineData("http://[::]:4566", false)]
    [InlineData("http://*:4566", false)]
    [InlineData("https://dms.example.com:4566", false)]
    public async Task Without_keys_a_gateway_listens_on_loopback_or_not_at_all(string address, bool allowed)
    {
        using var server = new ListeningOn(address);
        var refused = await Record.ExceptionAsync(() => new LoopbackCheck(server, Callers(new GatewayOptions())).StartedAsync(TestContext.Current.CancellationToken));
        Assert.Equal(allowed, refused is null);
        await new LoopbackCheck(server, Callers(new GatewayOptions { AccessKey = "a", SecretKey = "b" })).StartedAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("127.0.0.1", "/dashboard", true)]
    [InlineData("::ffff:127.0.0.1", "/dashboard", true)]
    [InlineData("192.0.2.1", "/dashboard", false)]
    [InlineData("192.0.2.1", "/dashboard/", false)]
    [InlineData("192.0.2.1", "/apix/v1", false)]
    [InlineData("192.0.2.1", "/", true)]
    [InlineData("192.0.2.1", "/api/v1/replications", true)]
    [InlineData("192.0.2.1", "/health/ready", true)]
    public void Other_machines_get_what_is_signed_and_health(string caller, string path, bool allowed) =>
        Assert.Equal(allowed, LocalOnly.Allows(IPAddress.Parse(caller), new PathString(path)));

    [Theory]
    [InlineData("[a]\naws_access_key_id=x\n", "The profile [a] of ")]
    [InlineData("[a]\naws_access_key_id=x\naws_secret_access_key=y\naws_account_id=12\n", "has the account id '12'; it must be twelve digits.")]
    [InlineData("[a]\naws_access_key_id=x\naws_secret_access_key=y\n[b]\naws_access_key_id=x\naws_secret_access_key=y\n", "The access key 'x' is configured twice.")]
    [InlineData("nonsense\n", "cannot be read")]
    [InlineData("", "has no profile")]
    public async Task A_credentials_file_that_cannot_be_used_is_said_at_once(string content, string said)
    {
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(_ => { }));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credentials_file_that_is_not_there_is_named()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(o => o.Credentials = "/nowhere/credentials"));
        Assert.Contains("DmsOrleans:Gateway:Credentials is '/nowhere/credentials', which cannot be read", refused.Message, StringComparison.Ordinal);
    }

    private Task<GatewayHost> StartAsync(Action<GatewayOptions> configure) => GatewayHost.StartAsync(
        options =>
        {
            options.Credentials = file;
            configure(options);
        },
        services => services.AddSingleton<TimeProvider>(time));

    private string Stop() => $$"""{"ReplicationConfigArn":"{{gateway.Cluster.Add("orders", scope: new AwsScope(Account, "us-east-1"))}}"}""";

    private AwsCallers Callers(GatewayOptions options) => new(Options.Create(options), time);

    private async Task<AwsAnswer> CallAsync(string operation, string json, AwsCredentials credentials, string region = "us-east-1", string? invocation = null)
    {
        var body = Encoding.UTF8.GetBytes(json);
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Http.BaseAddress) { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", $"AmazonDMSv20160101.{operation}");
        new SigV4Signer(credentials, region, "dms", time).Sign(request, body);
        if (invocation is not null)
        {
            request.Headers.TryAddWithoutValidation("amz-sdk-invocation-id", invocation);
        }

        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await AwsAnswer.OfAsync(response);
    }

    private sealed class ListeningOn(string address) : IServer, IServerAddressesFeature
    {
        public IFeatureCollection Features
        {
            get
            {
                var features = new FeatureCollection();
                features.Set<IServerAddressesFeature>(this);
                return features;
            }
        }

        public ICollection<string> Addresses { get; } = [address];

        public bool PreferHostingUrls { get; set; }

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
