using DmsOrleans.Replications;
using Orleans.Concurrency;

namespace DmsOrleans.Records;

/// <summary>A resource with tags, keyed by its ARN. Commands are answered once durable.</summary>
[Alias("dms.ITaggedGrain")]
public interface ITaggedGrain : IGrainWithStringKey
{
    /// <summary>Adds tags, or replaces the values of those that are there.</summary>
    [Alias("add-tags")]
    Task<Answer<TagSet>> AddTags(AddTags command);

    /// <summary>Removes tags; unknown keys are ignored.</summary>
    [Alias("remove-tags")]
    Task<Answer<TagSet>> RemoveTags(RemoveTags command);

    /// <summary>The tags; null when there is no such resource.</summary>
    [ReadOnly, AlwaysInterleave, Alias("list-tags")]
    Task<TagSet?> ListTags(ListTags query);
}
