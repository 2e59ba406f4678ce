using System.Net;
using System.Text;
using CsCheck;
using DmsOrleans.Gateway.Aws;
using DmsOrleans.Gateway.Aws.Model;
using DmsOrleans.Gateway.Aws.Protocol;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace DmsOrleans.Tests.Gateway;

public sealed class AwsProtocolTests : IAsyncLifetime
{
    private const string Describe = "AmazonDMSv20160101.DescribeReplications";

    private GatewayHost gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public void Every_operation_of_DMS_Serverless_is_served() => Assert.Equal(
        AwsModel.Instance.Operations.Keys.Order(StringComparer.Ordinal),
        AwsRoutes.Operations().Served.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(null, "X-Amz-Target is missing")]
    [InlineData("", "X-Amz-Target is missing")]
    [InlineData("DescribeReplications", "must be AmazonDMSv20160101.<operation>")]
    [InlineData("AmazonDMSv20160101.", "no operation ''")]
    [InlineData("AmazonDMSv20160101.describereplications", "no operation 'describereplications'")]
    [InlineData("AmazonDMSv20160101.CreateReplicationTask", "CreateReplicationTask of AWS DMS is outside DMS Serverless")]
    public async Task An_operation_that_is_not_served_is_named(string? target, string said)
    {
        var answer = await gateway.SendAsync(target, "{}"u8.ToArray());
        Assert.Equal((HttpStatusCode.BadRequest, "UnknownOperationException"), (answer.Status, answer.Code));
        Assert.Contains(said, answer.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> HostileBodies() =>
    [
        "", " ", "null", "[]", "7", "\"text\"", "{", "{}}", "{} {}", "{,}", "{\"a\":}", "{'a':1}", "{\"a\":1,}", "// note\n{}", "\uFEFF{}", "{\"a\":NaN}", "{\"a\":01}",
        "{\"Marker\":\"a\",\"Marker\":\"a\"}", "{\"x\":{\"y\":1,\"y\":2}}", "{\"\\u0041\":1,\"A\":2}", "{\"Marker\":\"\\ud800\"}", "{\"\\udc00\":1}", "{\"Marker\":\"a\nb\"}",
        "{\"x\":" + new string('[', 64) + new string(']', 64) + "}", "{\"x\":" + string.Concat(Enumerable.Repeat("{\"x\":", 100_000)),
    ];

    [Theory]
    [MemberData(nameof(HostileBodies))]
    public async Task A_body_that_is_not_one_plain_object_is_a_SerializationException(string body)
    {
        var answer = await gateway.SendAsync(Describe, Encoding.UTF8.GetBytes(body));
        Assert.Equal((HttpStatusCode.BadRequest, "SerializationException"), (answer.Status, answer.Code));
        Assert.Empty(gateway.Log.Entries);
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_is_a_SerializationException() =>
        Assert.Equal("SerializationException", (await gateway.SendAsync(Describe, [.. "{\"Marker\":\""u8, 0xC3, 0x28, .. "\"}"u8])).Code);

    [Fact]
    public async Task The_deepest_nesting_accepted_is_64_levels() =>
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync(Describe, Encoding.UTF8.GetBytes("{\"x\":" + new string('[', 63) + new string(']', 63) + "}"))).Status);

    [Theory]
    [InlineData(1024 * 1024, true)]
    [InlineData((1024 * 1024) + 1, false)]
    public async Task A_body_has_at_most_one_mebibyte(int length, bool accepted)
    {
        var body = new byte[length];
        Array.Fill(body, (byte)' ');
        "{}"u8.CopyTo(body);
        var answer = await gateway.SendAsync(Describe, body);
        Assert.Equal(accepted ? HttpStatusCode.OK : HttpStatusCode.RequestEntityTooLarge, answer.Status);
    }

    [Fact]
    public async Task A_chunked_body_is_bounded_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StreamContent(new MemoryStream(new byte[2 * 1024 * 1024])) };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Amz-Target", Describe);
        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("RequestEntityTooLargeException", (await AwsAnswer.OfAsync(response)).Code);
    }

    public static TheoryData<string> Served() => [.. AwsRoutes.Operations().Served];

    [Theory]
    [MemberData(nameof(Served))]
    public async Task A_wrong_type_anywhere_names_the_member_and_the_type_expected(string operation)
    {
        var input = AwsModel.Instance.Operations[operation].Input;
        var tried = 0;
        foreach (var (path, shape) in Places(input, []))
        {
            foreach (var wrong in ModelConformance.Wrong(shape))
            {
                var sample = ModelConformance.Sample(input);
                var holder = path[..^1].Aggregate(sample, (node, step) => int.TryParse(step, out var i) ? node[i]! : node[step]!);
                if (int.TryParse(path[^1], out var index))
                {
                    holder[index] = wrong.DeepClone();
                }
                else
                {
                    holder[path[^1]] = wrong.DeepClone();
                }

                var answer = await gateway.CallAsync(operation, sample.ToJsonString());
                Assert.True(answer is { Status: HttpStatusCode.BadRequest, Code: "SerializationException" }, $"{string.Join('.', path)} = {wrong.ToJsonString()}: {answer.Json}");
                Assert.Contains(path.Last(step => !int.TryParse(step, out _)), answer.Message, StringComparison.Ordinal);
                Assert.Contains("must be a", answer.Message, StringComparison.Ordinal);
                tried++;
            }
        }

        Assert.Equal(input.Members.Count > 0, tried > 0);
        Assert.Empty(gateway.Cluster.Received);
    }

    [Theory]
    [MemberData(nameof(Served))]
    public async Task A_required_member_that_is_missing_null_or_blank_is_named(string operation)
    {
        var input = AwsModel.Instance.Operations[operation].Input;
        foreach (var name in input.Required)
        {
            var missing = ModelConformance.Sample(input).AsObject();
            missing.Remove(name);
            await ExpectNamed(missing);
            missing[name] = null;
            await ExpectNamed(missing);
            if (input.Members[name].Type == AwsType.String && input.Members[name].Words.Count == 0)
            {
                missing[name] = " ";
                await ExpectNamed(missing);
            }

            async Task ExpectNamed(System.Text.Json.Nodes.JsonObject body) => Assert.Equal(
                $"The parameter {name} must be provided and must not be blank.",
                await gateway.FailAsync("InvalidParameterValueException", operation, body.ToJsonString()));
        }
    }

    [Fact]
    public async Task A_fault_deep_in_the_request_has_its_whole_path() => Assert.Equal(
        "The parameter Filters[1].Values[0] must be a string.",
        await gateway.FailAsync("SerializationException", "DescribeReplications",
            """{"Filters":[{"Name":"replication-config-id","Values":["a"]},{"Name":"replication-config-id","Values":[1]}]}"""));

    [Fact]
    public async Task A_time_outside_the_calendar_is_refused() => Assert.Contains("CdcStartTime",
        await gateway.FailAsync("SerializationException", "StartReplication", """{"ReplicationConfigArn":"a","StartReplicationType":"b","CdcStartTime":1e15}"""),
        StringComparison.Ordinal);

    public static TheoryData<Exception> Outages() =>
        [new StorageUnavailableException("disk"), new TimeoutException(), new SiloUnavailableException(), new OrleansException("busy"), new TaskCanceledException()];

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task An_outage_is_a_retriable_503(Exception outage)
    {
        gateway.Cluster.Throws = outage;
        var answer = await gateway.CallAsync("DescribeReplications", "{}");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ServiceUnavailableException"), (answer.Status, answer.Code));
        Assert.Equal(LogLevel.Warning, Assert.Single(gateway.Log.Entries).Level);
    }

    [Fact]
    public async Task A_fault_of_ours_is_a_500_logged_once_with_the_request_id_and_tells_no_details()
    {
        gateway.Cluster.Throws = new InvalidOperationException("inner workings");
        var answer = await gateway.CallAsync("DescribeReplications", "{}");

        Assert.Equal((HttpStatusCode.InternalServerError, "InternalFailure"), (answer.Status, answer.Code));
        Assert.DoesNotContain("inner workings", answer.Message, StringComparison.Ordinal);
        var (level, text) = Assert.Single(gateway.Log.Entries);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains(answer.RequestId, text, StringComparison.Ordinal);
        Assert.Contains("inner workings", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_mutation_of_a_good_request_gets_a_documented_answer()
    {
        var arn = gateway.Cluster.Add("orders");
        var seeds = AwsRoutes.Operations().Served.Select(operation => (operation, Body: SeedBody(operation, arn))).ToArray();
        var mutations = Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Select(Gen.Int[0, 1_000_000], Gen.Byte, Gen.Int[0, 2]).Array[1, 8]);
        var answered = 0;

        await mutations.SampleAsync(
            async mutation =>
            {
                var (operation, body) = seeds[mutation.Item1];
                var answer = await gateway.SendAsync($"AmazonDMSv20160101.{operation}", Mutate(body, mutation.Item2));
                answered++;
                Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{operation}: {answer.Status} {answer.Json} {string.Join(' ', gateway.Log.Entries)}");
            },
            time: 5,
            threads: 1);

        Assert.True(answered > 100, $"only {answered} requests in the time");
        Assert.Empty(gateway.Log.Entries);
    }

    [Theory]
    [InlineData(null, "000000000000", "us-east-1")]
    [InlineData("nonsense", "000000000000", "us-east-1")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIA/20260301/eu-west-1/dms/aws4_request, SignedHeaders=a, Signature=b", "000000000000", "eu-west-1")]
    [InlineData("AWS4-HMAC-SHA256 Credential=123456789012/20260301/ap-south-2/dms/aws4_request,SignedHeaders=a", "123456789012", "ap-south-2")]
    [InlineData("AWS4-HMAC-SHA256 Credential=123456789012/20260301/ap-south-2/dms/aws4_request", "123456789012", "ap-south-2")]
    [InlineData("AWS4-HMAC-SHA256 Credential=1234567890123/20260301/ap-south-2/dms/aws4_request", "000000000000", "ap-south-2")]
    [InlineData("AWS4-HMAC-SHA256 Credential=123456789012/20260301/ap:south/dms/aws4_request", "000000000000", "us-east-1")]
    [InlineData("AWS4-HMAC-SHA256 Credential=123456789012/20260301//dms/aws4_request", "000000000000", "us-east-1")]
    [InlineData("AWS4-HMAC-SHA256 Credential=123456789012/20260301/eu-west-1/dms", "000000000000", "us-east-1")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/eu-west-1/dms/aws4_request/more", "000000000000", "us-east-1")]
    [InlineData("Credential=", "000000000000", "us-east-1")]
    public void Account_and_region_come_from_the_credential_scope(string? header, string account, string region) =>
        Assert.Equal(new AwsScope(account, region), AwsCredentialScope.Of(header));

    [Fact]
    public void Generated_ids_are_26_capitals_and_digits_and_never_hexadecimal() =>
        Assert.All(Enumerable.Range(0, 1000).Select(_ => ResourceIds.Generate()), id =>
        {
            Assert.Matches("^[A-Z0-9]{26}$", id);
            Assert.Contains(id, c => c is >= 'G' and <= 'Z');
        });

    private static IEnumerable<(string[] Path, AwsShape Shape)> Places(AwsShape shape, string[] path) => shape.Type switch
    {
        AwsType.Structure => shape.Members.SelectMany(m => Places(m.Value, [.. path, m.Key]).Prepend(([.. path, m.Key], m.Value))),
        AwsType.List => Places(shape.Element!, [.. path, "0"]).Prepend(([.. path, "0"], shape.Element!)),
        _ => [],
    };

    private static byte[] SeedBody(string operation, string arn)
    {
        var sample = ModelConformance.Sample(AwsModel.Instance.Operations[operation].Input).AsObject();
        foreach (var name in new[] { "ReplicationConfigArn", "ResourceArn" })
        {
            if (sample.ContainsKey(name))
            {
                sample[name] = arn;
            }
        }

        foreach (var settings in sample.Select(m => m.Key).Where(k => k.EndsWith("Settings", StringComparison.Ordinal) && k != "PostgreSQLSettings").ToList())
        {
            sample.Remove(settings);
        }

        sample.Remove("Marker");
        sample.Remove("ResourceArnList");
        sample.Remove("Filters");
        return Encoding.UTF8.GetBytes(sample.ToJsonString());
    }

    private static byte[] Mutate(byte[] body, IEnumerable<(int At, byte Value, int How)> mutations)
    {
        var bytes = body.ToList();
        foreach (var (at, value, how) in mutations)
        {
            var index = at % (bytes.Count + 1);
            if (how == 0 || index == bytes.Count)
            {
                bytes.Insert(index, value);
            }
            else if (how == 1)
            {
                bytes[index] = value;
            }
            else
            {
                bytes.RemoveAt(index);
            }
        }

        return [.. bytes];
    }
}
