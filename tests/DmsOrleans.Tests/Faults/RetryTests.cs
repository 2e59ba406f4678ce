using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DmsOrleans.Tests.Node;
using Orleans.Runtime;

namespace DmsOrleans.Tests.Faults;

/// <summary>A client that did not hear an answer asks again under the same invocation id: one effect, and the answer it missed.</summary>
public sealed class RetryTests
{
    private static readonly Dictionary<string, string?> Slow = new() { ["DmsOrleans:Replications:DeprovisionDelay"] = "100.00:00:00" };
    private static readonly TimeScale Frozen = new(0.01);

    [Fact]
    public async Task Each_command_whose_acknowledgement_is_killed_has_one_effect_and_one_answer()
    {
        var kill = new KilledAcks();
        await using var node = await TestNode.StartAsync(configuration: Slow, services: s => s.AddStateFaults(kill).WithoutFlushing());
        using var client = new RetryingClient(node.Url);
        await node.CreateEndpointsAsync();

        var created = await client.KilledAsync(kill, "CreateReplicationConfig", Create("orders"));
        var arn = created.GetProperty("ReplicationConfig").GetProperty("ReplicationConfigArn").GetString()!;
        Assert.Equal("initializing", Status(await client.KilledAsync(kill, "StartReplication", $$"""{"ReplicationConfigArn":"{{arn}}","StartReplicationType":"start-replication"}""")));
        await WaitForAsync(node, arn, "running");
        Assert.Equal("stopping", Status(await client.KilledAsync(kill, "StopReplication", Named(arn))));
        await WaitForAsync(node, arn, "stopped");
        var modified = await client.KilledAsync(kill, "ModifyReplicationConfig", $$"""{"ComputeConfig":{"MaxCapacityUnits":64},"ReplicationConfigArn":"{{arn}}"}""");
        Assert.Equal(64, modified.GetProperty("ReplicationConfig").GetProperty("ComputeConfig").GetProperty("MaxCapacityUnits").GetInt32());

        var history = (await node.Directory.History(arn, 0, 1_000))!.Transitions;
        Assert.Single(history, t => t.To.ToString() == "Initializing");
        Assert.Single(history, t => t.To.ToString() == "Stopping");
        Assert.Single(history, t => t.To.ToString() == "Modifying");
        Assert.Equal(4, kill.Killed);
    }

    [Fact]
    public async Task A_repeat_is_answered_to_the_byte_whatever_happened_since_and_also_by_the_next_process()
    {
        using var directory = new DataDirectory();
        const string Start = """{"ReplicationConfigArn":"arn:aws:dms:us-east-1:000000000000:replication-config:orders","StartReplicationType":"start-replication"}""";
        string created, started, stopped, deleted;
        await using (var node = await TestNode.StartAsync(dataDirectory: directory.Path, configuration: Slow))
        {
            using var client = new RetryingClient(node.Url);
            await node.CreateEndpointsAsync();
            created = await client.OkAsync("CreateReplicationConfig", Create("orders", "orders"), "create");
            started = await client.OkAsync("StartReplication", Start, "start");
            await node.WaitForAsync("orders", "running");
            Assert.Equal(started, await client.OkAsync("StartReplication", Start, "start"));
            var (status, refused) = await client.SendAsync("StartReplication", Start, "another");
            Assert.Equal((HttpStatusCode.BadRequest, "InvalidResourceStateFault"), (status, JsonDocument.Parse(refused).RootElement.GetProperty("__type").GetString()));
            stopped = await client.OkAsync("StopReplication", Named(TestNode.ArnOf("orders")), "stop");
            Assert.Equal(stopped, await client.OkAsync("StopReplication", Named(TestNode.ArnOf("orders")), "stop"));
            await node.WaitForAsync("orders", "stopped");
        }

        await using var next = await TestNode.StartAsync(Frozen, directory.Path);
        using var again = new RetryingClient(next.Url);
        Assert.Equal(created, await again.OkAsync("CreateReplicationConfig", Create("orders", "orders"), "create"));
        Assert.Equal(started, await again.OkAsync("StartReplication", Start, "start"));
        Assert.Equal(stopped, await again.OkAsync("StopReplication", Named(TestNode.ArnOf("orders")), "stop"));
        Assert.Equal("stopped", (await next.ViewAsync("orders")).Status);
        deleted = await again.OkAsync("DeleteReplicationConfig", Named(TestNode.ArnOf("orders")), "delete");
        Assert.Equal(deleted, await again.OkAsync("DeleteReplicationConfig", Named(TestNode.ArnOf("orders")), "delete"));
        Assert.Single(await next.HistoryAsync("orders"), t => t.To.ToString() == "Deleting");
    }

    [Fact]
    public async Task A_creation_that_leaves_the_id_to_us_makes_one_resource_however_often_it_is_sent()
    {
        await using var node = await TestNode.StartAsync();
        using var client = new RetryingClient(node.Url);
        const string Endpoint = """{"EndpointIdentifier":"src","EndpointType":"source","EngineName":"postgres","ServerName":"db.example.com","Port":5432,"DatabaseName":"app","Username":"dms","Password":"s3cret"}""";

        var first = await client.OkAsync("CreateEndpoint", Endpoint, "one");
        Assert.Equal(first, await client.OkAsync("CreateEndpoint", Endpoint, "one"));
        var (status, body) = await client.SendAsync("CreateEndpoint", Endpoint, "two");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("ResourceAlreadyExistsFault", body, StringComparison.Ordinal);

        var arn = JsonDocument.Parse(first).RootElement.GetProperty("Endpoint").GetProperty("EndpointArn").GetString()!;
        var modify = $$"""{"EndpointArn":"{{arn}}","ServerName":"db2.example.com"}""";
        Assert.Equal(await client.OkAsync("ModifyEndpoint", modify, "three"), await client.OkAsync("ModifyEndpoint", modify, "three"));
    }

    private static string Create(string identifier, string? resource = null) =>
        $$"""{"ReplicationConfigIdentifier":"{{identifier}}",{{(resource is null ? "" : $"\"ResourceIdentifier\":\"{resource}\",")}}"SourceEndpointArn":"{{Tests.Grains.Sample.SourceArn}}","TargetEndpointArn":"{{Tests.Grains.Sample.TargetArn}}","ReplicationType":"cdc","ComputeConfig":{"MaxCapacityUnits":2},"TableMappings":{{JsonSerializer.Serialize(Tests.Grains.Sample.EverythingIncluded)}}}""";

    private static string Named(string arn) => $$"""{"ReplicationConfigArn":"{{arn}}"}""";

    private static string Status(JsonElement answer) => answer.GetProperty("Replication").GetProperty("Status").GetString()!;

    private static Task<string> WaitForAsync(TestNode node, string arn, string status) =>
        Until.AsyncIs(async () => (await node.Directory.List(new() { Arns = [arn] })).Items.Single().Status, s => s == status, $"{arn} to be {status}");

    /// <summary>Kills the acknowledgement of the next write.</summary>
    private sealed class KilledAcks : IStorageFaults
    {
        private int armed;

        public int Killed { get; private set; }

        public void Arm() => Volatile.Write(ref armed, 1);

        public void BeforeRead(GrainId grain)
        {
        }

        public void BeforeWrite(GrainId grain)
        {
        }

        public void AfterWrite(GrainId grain)
        {
            if (Interlocked.Exchange(ref armed, 0) == 1)
            {
                Killed++;
                throw new TimeoutException("Injected: done, and not confirmed.");
            }
        }
    }

    /// <summary>Sends requests as SDKs do, with an invocation id of the caller's choice.</summary>
    private sealed class RetryingClient(Uri url) : IDisposable
    {
        private readonly HttpClient http = new() { BaseAddress = url };

        public async Task<(HttpStatusCode Status, string Body)> SendAsync(string operation, string body, string invocation)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body, Encoding.UTF8) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
            request.Headers.Add("X-Amz-Target", $"AmazonDMSv20160101.{operation}");
            request.Headers.Add("amz-sdk-invocation-id", invocation);
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        public async Task<string> OkAsync(string operation, string body, string invocation)
        {
            var (status, answer) = await SendAsync(operation, body, invocation);
            Assert.True(status == HttpStatusCode.OK, $"{operation}: {status} {answer}");
            return answer;
        }

        /// <summary>A command whose first acknowledgement is killed; what the retry answers.</summary>
        public async Task<JsonElement> KilledAsync(KilledAcks kill, string operation, string body)
        {
            var invocation = Guid.NewGuid().ToString();
            kill.Arm();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(operation, body, invocation)).Status);
            return JsonDocument.Parse(await OkAsync(operation, body, invocation)).RootElement;
        }

        public void Dispose() => http.Dispose();
    }
}
