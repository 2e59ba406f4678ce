using DmsOrleans.Accounts;
using DmsOrleans.Certificates;
using DmsOrleans.Records;
using DmsOrleans.Replications;
using DmsOrleans.SubnetGroups;

namespace DmsOrleans.Tests.Gateway;

/// <summary>The grains of stored records: they keep nothing and answer what they are asked for, so that tests see what the gateway said and how it shows it.</summary>
internal static class FakeRecords
{
    public static object? Find(FakeCluster cluster, Type? grain, object key) =>
        grain == typeof(ISubnetGroupGrain) ? new SubnetGroup(cluster, (string)key)
        : grain == typeof(ICertificateGrain) ? new Certificate(cluster, (string)key)
        : grain == typeof(ISubnetGroupDirectory) || grain == typeof(ICertificateDirectory) || grain == typeof(IMaintenanceDirectory) || grain == typeof(IAccountDirectory)
            ? new Directory(cluster)
        : null;

    private static SubnetGroupView Group(string arn, SubnetGroupSpec spec) => new(arn, spec, "vpc-1", [.. spec.SubnetIds.Select(id => new SubnetView(id, "us-east-1a"))]);

    private static SubnetGroupView Group(string name) =>
        Group(Arn.Of(AwsScope.Default, Arn.SubnetGroupKind, name).Value, new() { Identifier = name, Description = "d", SubnetIds = ["subnet-1"] });

    private static CertificateView Imported(string arn, string identifier) => new(arn, new()
    {
        Identifier = identifier,
        CreatedAt = FakeCluster.Now,
        Pem = "pem",
        Owner = AwsScope.Default.Account,
        ValidFrom = FakeCluster.Now,
        ValidTo = FakeCluster.Now.AddYears(1),
        SigningAlgorithm = "SHA256withRSA",
        KeyLength = 2048,
        KmsKeyId = "k",
    });

    private static Task<Answer<T>> Hear<T>(FakeCluster cluster, object command, T answer)
        where T : class
    {
        cluster.Hear(command);
        return Task.FromResult<Answer<T>>(cluster.Refuses is { } no ? no : answer);
    }

    private abstract class Tagged(FakeCluster cluster)
    {
        public Task<Answer<TagSet>> AddTags(AddTags command) => Hear(cluster, command, new TagSet(command.Tags));

        public Task<Answer<TagSet>> RemoveTags(RemoveTags command) => Hear(cluster, command, new TagSet(new Dictionary<string, string>()));

        public Task<TagSet?> ListTags(ListTags query) => Task.FromResult<TagSet?>(new(new Dictionary<string, string> { ["kind"] = GetType().Name }));
    }

    private sealed class SubnetGroup(FakeCluster cluster, string arn) : Tagged(cluster), ISubnetGroupGrain
    {
        private readonly FakeCluster cluster = cluster;

        public Task<Answer<SubnetGroupView>> Create(CreateSubnetGroup command) => Hear(cluster, command, Group(arn, command.Spec));

        public Task<Answer<SubnetGroupView>> Modify(ModifySubnetGroup command) =>
            Hear(cluster, command, Group(arn, new() { Identifier = new Arn(arn).ResourceId, Description = command.Description ?? "d", SubnetIds = command.SubnetIds }));

        public Task<Answer<SubnetGroupView>> Delete(DeleteSubnetGroup command) => Hear(cluster, command, Group(new Arn(arn).ResourceId));

        public Task<SubnetGroupView?> GetState() => Task.FromResult<SubnetGroupView?>(Group(new Arn(arn).ResourceId));
    }

    private sealed class Certificate(FakeCluster cluster, string arn) : Tagged(cluster), ICertificateGrain
    {
        private readonly FakeCluster cluster = cluster;

        public Task<Answer<CertificateView>> Import(ImportCertificate command) => Hear(cluster, command, Imported(arn, command.Identifier));

        public Task<Answer<CertificateView>> Delete(DeleteCertificate command) => Hear(cluster, command, Imported(arn, "ca"));

        public Task<CertificateView?> GetState() => Task.FromResult<CertificateView?>(Imported(arn, "ca"));
    }

    /// <summary>Thirty records of each kind.</summary>
    private sealed class Directory(FakeCluster cluster) : ISubnetGroupDirectory, ICertificateDirectory, IMaintenanceDirectory, IAccountDirectory
    {
        private static readonly string[] Names = [.. Enumerable.Range(10, 30).Select(i => $"r-{i}")];

        Task<RecordPage<SubnetGroupView>> ISubnetGroupDirectory.List(RecordQuery query) => List(query, Group);

        Task<RecordPage<CertificateView>> ICertificateDirectory.List(RecordQuery query) =>
            List(query, name => Imported(Arn.Of(AwsScope.Default, Arn.CertificateKind, name).Value, name));

        Task<RecordPage<PendingMaintenance>> IMaintenanceDirectory.List(RecordQuery query) =>
            List(query, name => new PendingMaintenance(name, [new("os-upgrade", null, null, "d"), new("system-update", "immediate", FakeCluster.Now, null)]));

        public Task<AccountAttributes> Attributes(AwsScope scope)
        {
            cluster.Hear(scope);
            return Task.FromResult(new AccountAttributes("cabcdefghijk", [new("Endpoints", 1, 1000)]));
        }

        private Task<RecordPage<T>> List<T>(RecordQuery query, Func<string, T> of)
        {
            cluster.Hear(query);
            var names = Names.Where(n => query.Identifiers?.Contains(n) != false && query.Arns?.Any(a => a.EndsWith(n, StringComparison.Ordinal)) != false);
            var (items, next, accepted) = FakeCluster.Page(names, query.Cursor, query.Limit);
            return Task.FromResult(new RecordPage<T>([.. items.Select(of)], next, accepted));
        }
    }
}
