using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using DmsOrleans.Cli.Api;

namespace DmsOrleans.Cli.Load;

/// <summary>
/// One load: drives the replications (creates, starts, stops), follows them by counts and pages, waits for their ends, and then has every
/// history judged. Following takes at most a tenth of the time, so that the load measures the node and not its own questions.
/// </summary>
internal sealed class LoadRun(DmsClient client, LoadOptions options, TimeProvider time, Action<LoadSnapshot> show)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);
    // Others may use the node too: equal counts need not mean the same replications.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);
    private readonly LoadFleet fleet = new(options, $"load-{Guid.NewGuid().ToString("N")[..8]}");
    private readonly LoadCommands commands = new(client, new Pacer(options.Rate, time), time);
    private readonly Channel<LoadReplication> stops = Channel.CreateUnbounded<LoadReplication>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly ConcurrentQueue<LoadReplication> unsampled = new();
    private readonly PhaseTimes sampled = new();
    private readonly long began = time.GetTimestamp();
    private IReadOnlyDictionary<string, long> counts = new Dictionary<string, long>();
    private IReadOnlyDictionary<string, long> before = new Dictionary<string, long>();
    private TimeSpan nextListing;
    private TimeSpan staleListing;
    private string listedCounts = "";

    /// <summary>
    /// Runs it. Interrupted, it ends early and says so; a service that was never reached is an exception, one that is lost on the way
    /// is waited for until the time is up.
    /// </summary>
    /// <exception cref="ConsoleException">The service was not reached, or refused the endpoints.</exception>
    public async Task<LoadOutcome> RunAsync(CancellationToken interrupted)
    {
        counts = before = (await client.GetAsync(Paths.Counts, ApiJson.Default.CountsItem, interrupted)).ByStatus;
        var create = LoadCommands.CreateBodies(await CreateEndpointAsync("source", interrupted), await CreateEndpointAsync("target", interrupted));
        using var timeUp = new CancellationTokenSource(options.Timeout, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(interrupted, timeUp.Token);
        try
        {
            await FollowAsync(DriveAsync(create, ended.Token), ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // What is known by now is what the report tells.
        }

        var drove = time.GetElapsedTime(began);
        var verdict = await JudgeAsync(interrupted);
        return new LoadOutcome(fleet, commands, verdict, drove, time.GetElapsedTime(began) - drove, counts);
    }

    private async Task<string> CreateEndpointAsync(string type, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["EndpointIdentifier"] = $"{fleet.Name}-{type}", ["EndpointType"] = type, ["EngineName"] = "postgres", ["ServerName"] = "db.example.com", ["Port"] = 5432 };
        foreach (var (member, value) in new (string, JsonNode)[] { ("ServerName", "simulated"), ("Port", 5432), ("DatabaseName", "load"), ("Username", "load"), ("Password", "load") })
        {
            request[member] = value;
        }

        var answer = await client.CallAsync("CreateEndpoint", request, cancellationToken);
        return answer["Endpoint"]?["EndpointArn"]?.GetValue<string>() ?? throw new ConnectionException("The answer to CreateEndpoint names no EndpointArn.");
    }

    // Stops are driven beside the starts: with --stop-after the first replications may be due while the last are being created.
    private async Task DriveAsync(Func<LoadReplication, byte[]> create, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
        var stopping = Parallel.ForEachAsync(stops.Reader.ReadAllAsync(cancellationToken), parallel, async (replication, token) =>
            replication.Stops += await commands.StopAsync(replication, token) ? 1 : 0);
        var starting = Parallel.ForEachAsync(fleet.Replications, parallel, async (replication, token) =>
        {
            if (await commands.CreateAsync(replication, create(replication), token) is { } arn)
            {
                fleet.Created(replication, arn);
                replication.Starts += await commands.StartAsync(replication, token) ? 1 : 0;
            }
        });
        await Task.WhenAll(starting, stopping);
    }

    private async Task FollowAsync(Task driving, CancellationToken cancellationToken)
    {
        try
        {
            while (!driving.IsCompleted && fleet.Settled < fleet.Replications.Count)
            {
                await LookAsync(cancellationToken);
                show(Snapshot("driving", judged: 0));
                await Task.Delay(PollInterval, time, cancellationToken);
            }
        }
        finally
        {
            stops.Writer.TryComplete();
            await driving;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            counts = (await client.GetAsync(Paths.Counts, ApiJson.Default.CountsItem, cancellationToken)).ByStatus;
            await ListWhenWorthwhileAsync(cancellationToken);
            await SampleAsync(cancellationToken);
        }
        catch (ConsoleException unanswered) when (unanswered is ServiceException or ConnectionException)
        {
            commands.NoteError(unanswered.Message);
        }
    }

    // A listing is worth its cost when the counts of settled replications moved, or when a running one may be due for its stop.
    private async Task ListWhenWorthwhileAsync(CancellationToken cancellationToken)
    {
        string[] settled = fleet.HasCdc ? ["running", "stopped", "failed"] : ["stopped", "failed"];
        var now = time.GetElapsedTime(began);
        var seen = string.Join(' ', settled.Select(s => counts.GetValueOrDefault(s)));
        var stopsDue = options.StopAfter is not null && fleet.HasCdc;
        if (now < nextListing || (seen == listedCounts && !stopsDue && now < staleListing))
        {
            return;
        }

        await ListAsync(settled, cancellationToken);
        listedCounts = seen;
        var took = time.GetElapsedTime(began) - now;
        var everyoneRests = settled.Sum(s => counts.GetValueOrDefault(s) - before.GetValueOrDefault(s)) >= fleet.Replications.Count;
        nextListing = now + (everyoneRests ? took * 2 : took * 10);
        staleListing = now + StaleAfter;
    }

    private async Task ListAsync(string[] statuses, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await client.GetAsync(Paths.Replications(statuses, 1000, cursor), ApiJson.Default.ReplicationGlancePage, cancellationToken);
            foreach (var glance in page.Items)
            {
                if (fleet.Find(glance.Arn) is { } replication)
                {
                    Note(replication, glance);
                }
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private void Note(LoadReplication replication, ReplicationGlance glance)
    {
        var wasSettled = replication.Settled;
        replication.Listed = (glance.Sequence, glance.Status);
        if (!wasSettled && replication.Settled)
        {
            unsampled.Enqueue(replication);
        }

        if (glance.Status != "running" || replication.Type == "full-load" || options.StopAfter is not { } stopAfter)
        {
            return;
        }

        replication.RunningSeen ??= time.GetElapsedTime(began);
        if (!replication.StopAsked && time.GetElapsedTime(began) - replication.RunningSeen >= stopAfter)
        {
            replication.StopAsked = true;
            stops.Writer.TryWrite(replication);
        }
    }

    // For the live view: lateness as a few finished histories show it. The report reads them all.
    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        const int PerLook = 4;
        for (var i = 0; i < PerLook && unsampled.TryDequeue(out var replication); i++)
        {
            sampled.Add(await HistoryReader.ReadAsync(client, replication.Arn!, cancellationToken));
        }
    }

    private async Task<Verdict> JudgeAsync(CancellationToken interrupted)
    {
        var judge = new Judge(client, options.Concurrency);
        try
        {
            interrupted.ThrowIfCancellationRequested();
            await ListAsync([], interrupted);
            var shown = time.GetTimestamp();
            return await judge.JudgeAsync(fleet, () =>
            {
                if (time.GetElapsedTime(shown) >= PollInterval)
                {
                    shown = time.GetTimestamp();
                    show(Snapshot("judging", judge.Read));
                }
            }, interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return judge.Interrupted();
        }
    }

    private LoadSnapshot Snapshot(string stage, int judged) => new(
        stage, time.GetElapsedTime(began), options.Replications, fleet.Settled, judged, commands.Answered, commands.Errors, commands.LastError,
        counts, before, sampled.Lateness.Count == 0 ? null : (sampled.Lateness.Percentile(50), sampled.Lateness.Percentile(99)));
}
