namespace DmsOrleans.Accounts;

/// <summary>Questions about an account in a region, answered from the store.</summary>
[Alias("dms.IAccountDirectory")]
public interface IAccountDirectory : IGrainWithIntegerKey
{
    /// <summary>DescribeAccountAttributes: quotas, with what is used of each counted now.</summary>
    [Alias("attributes")]
    Task<AccountAttributes> Attributes(AwsScope scope);
}

/// <summary>What the service says of an account.</summary>
/// <param name="UniqueIdentifier">UniqueAccountIdentifier: <c>c</c> and eleven more lower-case characters, always the same for the account and region.</param>
/// <param name="Quotas">All quotas.</param>
[GenerateSerializer, Immutable, Alias("dms.AccountAttributes")]
public sealed record AccountAttributes([property: Id(0)] string UniqueIdentifier, [property: Id(1)] IReadOnlyList<AccountQuota> Quotas);

/// <summary>A quota of an account in a region.</summary>
/// <param name="Name">AccountQuotaName.</param>
/// <param name="Used">How many there are.</param>
/// <param name="Max">How many there may be.</param>
[GenerateSerializer, Immutable, Alias("dms.AccountQuota")]
public sealed record AccountQuota([property: Id(0)] string Name, [property: Id(1)] long Used, [property: Id(2)] long Max);
