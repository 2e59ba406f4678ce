using DmsOrleans.Storage;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Records;

/// <summary>Counts records in the store and holds them against their quotas.</summary>
internal sealed class Quotas(IStateStore store, IOptions<QuotaOptions> options)
{
    public QuotaOptions Limits { get; } = options.Value;

    /// <summary>How many records of a kind there are.</summary>
    public async Task<long> UsedAsync(string kind, AwsScope scope) =>
        (await store.CountByStatusAsync(kind, scope.ToString(), CancellationToken.None)).Values.Sum();

    /// <summary>Whether there is room for one more; null when there is.</summary>
    public async Task<Refusal?> CheckAsync(RecordKind kind, AwsScope scope)
    {
        var max = kind.Max(Limits);
        return max == int.MaxValue || await UsedAsync(kind.Name, scope) < max
            ? null
            : Exceeded(kind.Quota, max, $"Account {scope.Account} may have {max} in {scope.Region}: delete one, or raise {QuotaOptions.Section}:{kind.Quota}.");
    }

    public static Refusal Exceeded(string quota, int max, string why) => new(Fault.ResourceQuotaExceeded, $"The quota {quota} of {max} is exceeded. {why}");
}
