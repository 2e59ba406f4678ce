namespace DmsOrleans.Replications;

/// <summary>Adds tags, or replaces the values of those that are there.</summary>
[GenerateSerializer, Immutable, Alias("dms.AddTags")]
public sealed record AddTags([property: Id(0)] IReadOnlyDictionary<string, string> Tags);

/// <summary>Removes tags by key; unknown keys are ignored.</summary>
[GenerateSerializer, Immutable, Alias("dms.RemoveTags")]
public sealed record RemoveTags([property: Id(0)] IReadOnlyList<string> Keys);

/// <summary>Asks for all tags. (A parameter, so that the dashboard asks for states only.)</summary>
[GenerateSerializer, Immutable, Alias("dms.ListTags")]
public sealed record ListTags;

/// <summary>The tags of a resource.</summary>
[GenerateSerializer, Immutable, Alias("dms.TagSet")]
public sealed record TagSet([property: Id(0)] IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>These tags and those of the command, whose values win.</summary>
    public TagSet With(AddTags command) => new(new Dictionary<string, string>([.. Tags.Where(t => !command.Tags.ContainsKey(t.Key)), .. command.Tags]));

    /// <summary>These tags without those the command names.</summary>
    public TagSet Without(RemoveTags command) => new(Tags.Where(t => !command.Keys.Contains(t.Key)).ToDictionary());
}
