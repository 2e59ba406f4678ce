using DmsOrleans.Records;
using Orleans.Concurrency;

namespace DmsOrleans.SubnetGroups;

/// <summary>One replication subnet group, keyed by its ARN, whose last part is its name. Commands are answered once durable.</summary>
[Alias("dms.ISubnetGroupGrain")]
public interface ISubnetGroupGrain : ITaggedGrain
{
    /// <summary>Creates it; refused when the name is taken, the spec is wrong, or the subnets lie in one availability zone.</summary>
    [Alias("create")]
    Task<Answer<SubnetGroupView>> Create(CreateSubnetGroup command);

    /// <summary>Changes it; a subnet cannot leave while a replication placed in the group starts, runs or stops.</summary>
    [Alias("modify")]
    Task<Answer<SubnetGroupView>> Modify(ModifySubnetGroup command);

    /// <summary>Deletes it; refused while a replication config names it. Gone when this answers.</summary>
    [Alias("delete")]
    Task<Answer<SubnetGroupView>> Delete(DeleteSubnetGroup command);

    /// <summary>What it is; null when there is no such group. Also what the dashboard shows.</summary>
    [ReadOnly, AlwaysInterleave, Alias("get-state")]
    Task<SubnetGroupView?> GetState();
}

/// <summary>Questions about many subnet groups, answered from the store.</summary>
[Alias("dms.ISubnetGroupDirectory")]
public interface ISubnetGroupDirectory : IGrainWithIntegerKey
{
    /// <summary>A page of subnet groups, in the order they were created.</summary>
    [Alias("list")]
    Task<RecordPage<SubnetGroupView>> List(RecordQuery query);
}

/// <summary>A set of subnets that replications may be placed in. Members are those of the model's <c>ReplicationSubnetGroup</c>.</summary>
[GenerateSerializer, Immutable, Alias("dms.SubnetGroupSpec")]
public sealed record SubnetGroupSpec
{
    /// <summary>ReplicationSubnetGroupIdentifier, lower case, unique in its account and region.</summary>
    [Id(0)]
    public required string Identifier { get; init; }

    /// <summary>ReplicationSubnetGroupDescription.</summary>
    [Id(1)]
    public required string Description { get; init; }

    /// <summary>SubnetIds, in the order given.</summary>
    [Id(2)]
    public required IReadOnlyList<string> SubnetIds { get; init; }

    /// <summary>Tags by key.</summary>
    [Id(3)]
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>CreateReplicationSubnetGroup.</summary>
[GenerateSerializer, Immutable, Alias("dms.CreateSubnetGroup")]
public sealed record CreateSubnetGroup([property: Id(0)] SubnetGroupSpec Spec);

/// <summary>ModifyReplicationSubnetGroup.</summary>
/// <param name="Description">New description; null leaves it.</param>
/// <param name="SubnetIds">The subnets from now on.</param>
[GenerateSerializer, Immutable, Alias("dms.ModifySubnetGroup")]
public sealed record ModifySubnetGroup([property: Id(0)] string? Description, [property: Id(1)] IReadOnlyList<string> SubnetIds);

/// <summary>DeleteReplicationSubnetGroup.</summary>
[GenerateSerializer, Immutable, Alias("dms.DeleteSubnetGroup")]
public sealed record DeleteSubnetGroup;

/// <summary>What we tell of a subnet group.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Spec">What was asked for.</param>
/// <param name="VpcId">The simulated VPC: one for each account and region.</param>
/// <param name="Subnets">Each subnet with its simulated availability zone.</param>
[GenerateSerializer, Immutable, Alias("dms.SubnetGroupView")]
public sealed record SubnetGroupView(
    [property: Id(0)] string Arn, [property: Id(1)] SubnetGroupSpec Spec, [property: Id(2)] string VpcId, [property: Id(3)] IReadOnlyList<SubnetView> Subnets);

/// <summary>A subnet.</summary>
/// <param name="Id">For example <c>subnet-0a1b</c>.</param>
/// <param name="AvailabilityZone">For example <c>us-east-1b</c>.</param>
[GenerateSerializer, Immutable, Alias("dms.SubnetView")]
public sealed record SubnetView([property: Id(0)] string Id, [property: Id(1)] string AvailabilityZone);
