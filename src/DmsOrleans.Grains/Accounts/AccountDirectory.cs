using System.Security.Cryptography;
using System.Text;
using DmsOrleans.Records;
using DmsOrleans.Storage;
using DmsOrleans.SubnetGroups;
using Orleans.Concurrency;

namespace DmsOrleans.Accounts;

/// <summary>Counts in the store; nothing is activated.</summary>
[StatelessWorker, Reentrant, GrainType("account-directory")]
internal sealed class AccountDirectory(IStateStore store, Quotas quotas) : Grain, IAccountDirectory
{
    private const string IdentifierAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int IdentifierLength = 12;

    /// <summary>Quotas of what only exists outside DMS Serverless (CHAP_Limits): never used here.</summary>
    private static readonly AccountQuota[] OutsideServerless = [new("ReplicationInstances", 0, 60), new("AllocatedStorage", 0, 30_000)];

    /// <inheritdoc/>
    public async Task<AccountAttributes> Attributes(AwsScope scope)
    {
        var limits = quotas.Limits;
        var counted = new List<AccountQuota>(OutsideServerless);
        foreach (var kind in RecordKinds.All)
        {
            counted.Add(new(kind.Quota, await quotas.UsedAsync(kind.Name, scope), kind.Max(limits)));
        }

        counted.Add(new("SubnetsPerReplicationSubnetGroup", await MostSubnetsAsync(scope), limits.SubnetsPerReplicationSubnetGroup));
        return new(UniqueIdentifier(scope), counted);
    }

    private static string UniqueIdentifier(AwsScope scope)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"account/{scope}"));
        return "c" + string.Concat(hash.Take(IdentifierLength - 1).Select(b => IdentifierAlphabet[b % IdentifierAlphabet.Length]));
    }

    private async Task<long> MostSubnetsAsync(AwsScope scope)
    {
        var groups = await store.PageAsync<SubnetGroupState, int>(
            new() { Kind = SubnetGroupState.Kind, Scope = scope.ToString(), Limit = quotas.Limits.ReplicationSubnetGroups }, i => i.State.Spec!.SubnetIds.Count);
        return groups.Items.DefaultIfEmpty(0).Max();
    }
}
