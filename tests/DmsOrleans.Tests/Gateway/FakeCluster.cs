using System.Globalization;
using System.Reflection;
using DmsOrleans.Assessments;
using DmsOrleans.Endpoints;
using DmsOrleans.Events;
using DmsOrleans.Records;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Gateway;

/// <summary>Grains in memory, without rules: they keep what they are told, so that tests see what the gateway said and how it shows it.</summary>
internal sealed class FakeCluster
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    public Dictionary<string, ReplicationView> Replications { get; } = [];

    public Dictionary<string, (EndpointView View, EndpointSecrets Secrets)> Endpoints { get; } = [];

    public Dictionary<string, EventSubscriptionView> Subscriptions { get; } = [];

    public List<EventView> Events { get; } = [];

    public LogPage? Log { get; set; }

    public List<TableStatistics> Tables { get; } = [];

    public List<Transition> Transitions { get; } = [];

    /// <summary>Commands and queries received, in order.</summary>
    public List<object> Received { get; } = [];

    /// <summary>Answered to every command, when set.</summary>
    public Refusal? Refuses { get; set; }

    /// <summary>Thrown by every call, when set.</summary>
    public Exception? Throws { get; set; }

    public IGrainFactory Grains
    {
        get
        {
            var factory = DispatchProxy.Create<IGrainFactory, FakeGrainFactory>();
            ((FakeGrainFactory)factory).Cluster = this;
            return factory;
        }
    }

    public T Last<T>() => Received.OfType<T>().Last();

    public void Hear(object message)
    {
        lock (Received)
        {
            Received.Add(message);
        }

        if (Throws is { } failure)
        {
            throw failure;
        }
    }

    public static ReplicationView View(string arn, ReplicationSpec spec, string status = "created") => new()
    {
        Arn = arn,
        Config = spec with { CreatedAt = Now, UpdatedAt = Now.AddSeconds(1) },
        Status = status,
        Sequence = 1,
        Run = 0,
        StatusSince = Now,
        CreatedAt = Now,
        UpdatedAt = Now,
    };

    public static ReplicationSpec Spec(string identifier) => new()
    {
        Identifier = identifier,
        SourceEndpointArn = "arn:aws:dms:us-east-1:000000000000:endpoint:SRC",
        TargetEndpointArn = "arn:aws:dms:us-east-1:000000000000:endpoint:TGT",
        Type = ReplicationType.FullLoadAndCdc,
        TableMappings = """{"rules":[]}""",
        Compute = new ComputeConfig { MaxCapacityUnits = 4 },
    };

    /// <summary>Adds a replication that is there already and gives its ARN.</summary>
    public string Add(string identifier, string status = "created", AwsScope? scope = null)
    {
        var arn = Arn.Of(scope ?? AwsScope.Default, Arn.ReplicationConfigKind, identifier).Value;
        Replications[arn] = View(arn, Spec(identifier), status);
        return arn;
    }

#pragma warning disable CA1852 // DispatchProxy derives from it at run time.
    internal class FakeGrainFactory : DispatchProxy
#pragma warning restore CA1852
    {
        public FakeCluster Cluster { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var grain = targetMethod is { Name: "GetGrain", IsGenericMethod: true } ? targetMethod.GetGenericArguments()[0] : null;
            return grain == typeof(IReplicationGrain) ? new Replication(Cluster, (string)args![0]!)
                : grain == typeof(IEndpointGrain) ? new Endpoint(Cluster, (string)args![0]!)
                : grain == typeof(IAssessmentDirectory) ? new AssessmentDirectory(Cluster)
                : grain == typeof(IReplicationDirectory) ? new ReplicationDirectory(Cluster)
                : grain == typeof(IEndpointDirectory) ? new EndpointDirectory(Cluster)
                : grain == typeof(IConnectionDirectory) ? new ConnectionDirectory(Cluster)
                : grain == typeof(IEventSubscriptionGrain) ? new FakeEventSubscription(Cluster, (string)args![0]!)
                : grain == typeof(IEventDirectory) ? new FakeEventDirectory(Cluster)
                : FakeRecords.Find(Cluster, grain, args![0]!) ?? throw new NotSupportedException($"{targetMethod} of {grain}");
        }
    }

    private sealed class Replication(FakeCluster cluster, string arn) : IReplicationGrain
    {
        public Task<Answer<ReplicationView>> Create(CreateReplication command)
        {
            cluster.Hear(command);
            return cluster.Refuses is { } no ? Task.FromResult<Answer<ReplicationView>>(no) : Put(View(arn, command.Spec));
        }

        public Task<Answer<ReplicationView>> Start(StartReplication command) => Change(command, v => v with
        {
            Status = "initializing",
            StartType = command.StartType,
            CdcStartTime = command.CdcStartTime,
            CdcStartPosition = command.CdcStartPosition,
            CdcStopPosition = command.CdcStopPosition,
        });

        public Task<Answer<ReplicationView>> Stop(StopReplication command) => Change(command, v => v with { Status = "stopping" });

        public Task<Answer<ReplicationView>> Modify(ModifyReplication command) => Change(command, v => v with
        {
            Config = v.Config with { TableMappings = command.TableMappings ?? v.Config.TableMappings },
        });

        public Task<Answer<ReplicationView>> Delete(DeleteReplication command) => Change(command, v => v with { Status = "deleting" });

        public Task<Answer<ReplicationView>> Reload(ReloadTables command) => Change(command, v => v);

        public Task<Answer<TagSet>> AddTags(AddTags command) => Tag(command, tags => tags.Where(t => !command.Tags.ContainsKey(t.Key)).Concat(command.Tags));

        public Task<Answer<TagSet>> RemoveTags(RemoveTags command) => Tag(command, tags => tags.Where(t => !command.Keys.Contains(t.Key)));

        public Task<TagSet?> ListTags(ListTags query) => Task.FromResult(cluster.Replications.TryGetValue(arn, out var view) ? new TagSet(view.Config.Tags) : null);

        public async Task<Answer<PendingMaintenance>> ApplyMaintenance(ApplyMaintenance command)
        {
            var answer = await Change(command, v => v);
            return answer.Refusal is { } no ? no : new PendingMaintenance(arn, [new(command.Action, command.OptIn, Now, null)]);
        }

        public Task<ReplicationView?> GetState()
        {
            cluster.Hear("GetState");
            return Task.FromResult(cluster.Replications.GetValueOrDefault(arn));
        }

        public Task Wake(WakeReason reason) => Task.CompletedTask;

        public Task Seen(string status, DateTimeOffset since) => Task.CompletedTask;

        public Task<Answer<AssessmentRunView>> CancelAssessment(CancelAssessment command) => Assessment(command, command.RunArn, AssessmentStatuses.Cancelling);

        public Task<Answer<AssessmentRunView>> DeleteAssessment(DeleteAssessment command) => Assessment(command, command.RunArn, AssessmentStatuses.Deleting);

        private async Task<Answer<AssessmentRunView>> Assessment(object command, string runArn, string status)
        {
            var answer = await Change(command, v => v);
            return answer.Refusal is { } no ? no
                : answer.Value!.Assessments?.FirstOrDefault(r => r.Arn == runArn) is { } run ? run with { Status = status }
                : Refusal.NotFound($"no {runArn}");
        }

        private Task<Answer<ReplicationView>> Change(object command, Func<ReplicationView, ReplicationView> change)
        {
            cluster.Hear(command);
            return cluster.Refuses is { } no ? Task.FromResult<Answer<ReplicationView>>(no)
                : cluster.Replications.TryGetValue(arn, out var view) ? Put(change(view))
                : Task.FromResult<Answer<ReplicationView>>(Refusal.NotFound($"no {arn}"));
        }

        private Task<Answer<ReplicationView>> Put(ReplicationView view)
        {
            lock (cluster.Replications)
            {
                cluster.Replications[arn] = view;
            }

            return Task.FromResult<Answer<ReplicationView>>(view);
        }

        private async Task<Answer<TagSet>> Tag(object command, Func<IEnumerable<KeyValuePair<string, string>>, IEnumerable<KeyValuePair<string, string>>> change)
        {
            var answer = await Change(command, v => v with { Config = v.Config with { Tags = new Dictionary<string, string>(change(v.Config.Tags)) } });
            return answer.Refusal is { } no ? no : new TagSet(answer.Value!.Config.Tags);
        }
    }

    private sealed class AssessmentDirectory(FakeCluster cluster) : IAssessmentDirectory
    {
        public Task<IReadOnlyList<string>?> Applicable(ApplicableAssessmentsQuery query)
        {
            cluster.Hear(query);
            return Task.FromResult(query.ConfigArn is null || cluster.Replications.ContainsKey(query.ConfigArn) ? (IReadOnlyList<string>)["a", "b"] : null);
        }

        public Task<IReadOnlyList<AssessmentRunView>> List(AssessmentQuery query)
        {
            cluster.Hear(query);
            return Task.FromResult<IReadOnlyList<AssessmentRunView>>([.. cluster.Replications.Values.SelectMany(v => v.Assessments ?? [])
                .Where(r => query.ConfigArns?.Contains(r.ConfigArn) != false && query.RunArns?.Contains(r.Arn) != false)]);
        }
    }

    private sealed class Endpoint(FakeCluster cluster, string arn) : IEndpointGrain
    {
        public Task<Answer<EndpointView>> Create(CreateEndpoint command)
        {
            cluster.Hear(command);
            return cluster.Refuses is { } no ? Task.FromResult<Answer<EndpointView>>(no) : Put(new EndpointView(arn, command.Spec, "active"), command.Secrets);
        }

        public Task<Answer<EndpointView>> Modify(ModifyEndpoint command) => Change(command, v => v with
        {
            Spec = v.Spec with { ServerName = command.ServerName ?? v.Spec.ServerName, OtherMembers = command.OtherMembers ?? v.Spec.OtherMembers },
        });

        public Task<Answer<EndpointView>> Delete(DeleteEndpoint command) => Change(command, v => v with { Status = "deleting" });

        public async Task<Answer<TagSet>> AddTags(AddTags command)
        {
            var answer = await Change(command, v => v with { Spec = v.Spec with { Tags = new Dictionary<string, string>(v.Spec.Tags.Where(t => !command.Tags.ContainsKey(t.Key)).Concat(command.Tags)) } });
            return answer.Refusal is { } no ? no : new TagSet(answer.Value!.Spec.Tags);
        }

        public async Task<Answer<TagSet>> RemoveTags(RemoveTags command)
        {
            var answer = await Change(command, v => v);
            return answer.Refusal is { } no ? no : new TagSet(answer.Value!.Spec.Tags);
        }

        public Task<TagSet?> ListTags(ListTags query) => Task.FromResult(cluster.Endpoints.TryGetValue(arn, out var found) ? new TagSet(found.View.Spec.Tags) : null);

        public Task<EndpointView?> GetState()
        {
            cluster.Hear("GetState");
            return Task.FromResult(cluster.Endpoints.TryGetValue(arn, out var found) ? found.View : null);
        }

        private Task<Answer<EndpointView>> Change(object command, Func<EndpointView, EndpointView> change)
        {
            cluster.Hear(command);
            return cluster.Refuses is { } no ? Task.FromResult<Answer<EndpointView>>(no)
                : cluster.Endpoints.TryGetValue(arn, out var found) ? Put(change(found.View), found.Secrets)
                : Task.FromResult<Answer<EndpointView>>(Refusal.NotFound($"no {arn}"));
        }

        private Task<Answer<EndpointView>> Put(EndpointView view, EndpointSecrets secrets)
        {
            lock (cluster.Endpoints)
            {
                cluster.Endpoints[arn] = (view, secrets);
            }

            return Task.FromResult<Answer<EndpointView>>(view);
        }
    }

    private sealed class ReplicationDirectory(FakeCluster cluster) : IReplicationDirectory
    {
        public Task<ReplicationPage> List(ReplicationQuery query)
        {
            cluster.Hear(query);
            var matching = cluster.Replications.Values.Where(v =>
                (query.Scope is null || new Arn(v.Arn).Scope == query.Scope)
                && (query.Arns?.Contains(v.Arn) ?? true)
                && (query.Identifiers?.Contains(v.Config.Identifier) ?? true)
                && (query.Statuses?.Any(s => s.ToWire() == v.Status) ?? true));
            var (items, next, accepted) = Page(matching, query.Cursor, query.Limit);
            return Task.FromResult(new ReplicationPage(items, next, accepted));
        }

        public Task<ReplicationCounts> Count(AwsScope? scope)
        {
            cluster.Hear("Count");
            return Task.FromResult(new ReplicationCounts(cluster.Replications.Values.Where(v => scope is null || new Arn(v.Arn).Scope == scope)
                .GroupBy(v => v.Status).ToDictionary(g => g.Key, g => (long)g.Count())));
        }

        public Task<HistoryPage?> History(string arn, long afterSequence, int limit)
        {
            cluster.Hear("History");
            var after = cluster.Transitions.Where(t => t.Sequence > afterSequence).ToList();
            return Task.FromResult(cluster.Replications.ContainsKey(arn) ? new HistoryPage([.. after.Take(limit)], after.Count > limit) : null);
        }

        public Task<TableStatisticsPage?> TableStatistics(TableStatisticsQuery query)
        {
            cluster.Hear(query);
            var matching = cluster.Tables.Where(t =>
                (query.Schemas?.Contains(t.Name.Schema) ?? true) && (query.Tables?.Contains(t.Name.Table) ?? true) && (query.States?.Contains(t.State) ?? true)).ToList();
            return Task.FromResult(cluster.Replications.ContainsKey(query.Arn)
                ? new TableStatisticsPage([.. matching.Skip(query.Offset).Take(query.Limit)], matching.Count > (long)query.Offset + query.Limit)
                : null);
        }
    }

    private sealed class EndpointDirectory(FakeCluster cluster) : IEndpointDirectory
    {
        public Task<RecordPage<EndpointView>> List(EndpointQuery query)
        {
            cluster.Hear(query);
            var matching = cluster.Endpoints.Values.Select(e => e.View).Where(v =>
                (query.Scope is null || new Arn(v.Arn).Scope == query.Scope)
                && (query.Arns?.Contains(v.Arn) ?? true)
                && (query.Identifiers?.Contains(v.Spec.Identifier) ?? true)
                && (query.EndpointTypes?.Contains(v.Spec.EndpointType, StringComparer.OrdinalIgnoreCase) ?? true)
                && (query.EngineNames?.Contains(v.Spec.EngineName) ?? true));
            var (items, next, accepted) = Page(matching, query.Cursor, query.Limit);
            return Task.FromResult(new RecordPage<EndpointView>(items, next, accepted));
        }
    }

    private sealed class ConnectionDirectory(FakeCluster cluster) : IConnectionDirectory
    {
        public Task<ConnectionPage> List(ConnectionQuery query)
        {
            cluster.Hear(query);
            return Task.FromResult(new ConnectionPage([], More: false));
        }
    }

    internal static (List<T> Items, string? Next, bool Accepted) Page<T>(IEnumerable<T> matching, string? cursor, int limit)
    {
        var start = 0;
        if (cursor is not null && !(cursor.StartsWith('@') && int.TryParse(cursor.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out start)))
        {
            return ([], null, false);
        }

        var rest = matching.Skip(start).ToList();
        return ([.. rest.Take(limit)], rest.Count > limit ? $"@{start + limit}" : null, true);
    }
}
