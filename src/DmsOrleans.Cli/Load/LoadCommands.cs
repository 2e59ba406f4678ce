using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Cli.Api;

namespace DmsOrleans.Cli.Load;

/// <summary>
/// The commands a load sends and how long each took. A command whose outcome is unknown (no answer, a retriable error) is sent again
/// until the service says yes or no: an acknowledgement is what the verdict counts.
/// </summary>
internal sealed class LoadCommands(DmsClient client, Pacer pacer, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private long errors;

    /// <summary>Latency of the answers to CreateReplicationConfig.</summary>
    public LatencyHistogram Create { get; } = new();

    /// <summary>Latency of the answers to StartReplication.</summary>
    public LatencyHistogram Start { get; } = new();

    /// <summary>Latency of the answers to StopReplication.</summary>
    public LatencyHistogram Stop { get; } = new();

    /// <summary>Answers received.</summary>
    public long Answered => Create.Count + Start.Count + Stop.Count;

    /// <summary>Attempts without an answer, and refusals.</summary>
    public long Errors => Interlocked.Read(ref errors);

    /// <summary>The last error, for the live view; null before the first.</summary>
    public string? LastError { get; private set; }

    /// <summary>Makes the requests to create replications of each type between two endpoints; only the identifier is missing.</summary>
    public static Func<LoadReplication, byte[]> CreateBodies(string sourceArn, string targetArn)
    {
        const string Mark = "IDENTIFIER";
        const string Mappings =
            """{"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"%","table-name":"%"},"rule-action":"include"}]}""";
        var templates = LoadFleet.Types.ToDictionary(type => type, type => new JsonObject
        {
            ["ReplicationConfigIdentifier"] = Mark,
            ["ReplicationType"] = type,
            ["SourceEndpointArn"] = sourceArn,
            ["TargetEndpointArn"] = targetArn,
            ["TableMappings"] = Mappings,
            ["ComputeConfig"] = new JsonObject { ["MinCapacityUnits"] = 1, ["MaxCapacityUnits"] = 4 },
        }.ToJsonString().Split(Mark));
        return replication => Encoding.UTF8.GetBytes(string.Concat(templates[replication.Type][0], replication.Identifier, templates[replication.Type][1]));
    }

    /// <summary>CreateReplicationConfig; answers the ARN, or null when refused.</summary>
    public async Task<string?> CreateAsync(LoadReplication replication, byte[] body, CancellationToken cancellationToken)
    {
        var (answer, refused, uncertain) = await SendAsync("CreateReplicationConfig", body, Create, cancellationToken);
        if (answer is not null)
        {
            return ReadArn(answer);
        }

        // Sent again after an unknown outcome, "it exists" is the acknowledgement that got lost.
        if (uncertain && refused is { Code: "ResourceAlreadyExistsFault", ResourceArn: { } arn })
        {
            return arn;
        }

        Refuse(replication, "create", refused!);
        return null;
    }

    /// <summary>StartReplication; says whether it was acknowledged.</summary>
    public Task<bool> StartAsync(LoadReplication replication, CancellationToken cancellationToken) =>
        CommandAsync(replication, "StartReplication", $$"""{"ReplicationConfigArn":"{{replication.Arn}}","StartReplicationType":"start-replication"}""", Start, cancellationToken);

    /// <summary>StopReplication; says whether it was acknowledged.</summary>
    public Task<bool> StopAsync(LoadReplication replication, CancellationToken cancellationToken) =>
        CommandAsync(replication, "StopReplication", $$"""{"ReplicationConfigArn":"{{replication.Arn}}"}""", Stop, cancellationToken);

    /// <summary>Notes an error of a question, which is not a command but tells as much of the node.</summary>
    public void NoteError(string message)
    {
        Interlocked.Increment(ref errors);
        LastError = message;
    }

    private async Task<bool> CommandAsync(
        LoadReplication replication, string operation, string body, LatencyHistogram latency, CancellationToken cancellationToken)
    {
        var (answer, refused, uncertain) = await SendAsync(operation, Encoding.UTF8.GetBytes(body), latency, cancellationToken);
        // Sent again after an unknown outcome, "not in this state" means that the first one worked; the history will tell.
        if (answer is not null || (uncertain && refused is { Code: "InvalidResourceStateFault" }))
        {
            return true;
        }

        Refuse(replication, operation, refused!);
        return false;
    }

    private async Task<(byte[]? Answer, ServiceException? Refused, bool Uncertain)> SendAsync(
        string operation, byte[] body, LatencyHistogram latency, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var uncertain = false; ; uncertain = true)
        {
            await pacer.WaitAsync(cancellationToken);
            var began = time.GetTimestamp();
            try
            {
                var answer = await client.PostAsync(operation, body, cancellationToken);
                latency.Record(time.GetElapsedTime(began));
                return (answer, null, uncertain);
            }
            catch (ServiceException refused) when (!refused.Retriable)
            {
                latency.Record(time.GetElapsedTime(began));
                return (null, refused, uncertain);
            }
            catch (ConsoleException unanswered) when (unanswered is ServiceException or ConnectionException)
            {
                NoteError(unanswered.Message);
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void Refuse(LoadReplication replication, string operation, ServiceException refused)
    {
        NoteError(refused.Message);
        replication.Refusal = $"{operation} was refused: {refused.Code}: {refused.ServiceMessage}";
    }

    private static string ReadArn(byte[] answer)
    {
        var reader = new Utf8JsonReader(answer);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("ReplicationConfigArn"u8) && reader.Read())
            {
                return reader.GetString()!;
            }
        }

        throw new ConnectionException("The answer to CreateReplicationConfig names no ReplicationConfigArn.");
    }
}
