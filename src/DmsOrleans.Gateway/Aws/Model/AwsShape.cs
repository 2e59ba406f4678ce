using System.Collections.Frozen;

namespace DmsOrleans.Gateway.Aws.Model;

/// <summary>The kinds of values the model knows.</summary>
internal enum AwsType
{
    Structure,
    List,
    String,
    Integer,
    Long,
    Double,
    Boolean,
    Timestamp,
    Blob,
}

/// <summary>A shape of the model: what a value must look like.</summary>
internal sealed class AwsShape(string name, AwsType type)
{
    /// <summary>The shape's name in the model.</summary>
    public string Name { get; } = name;

    /// <summary>Its kind.</summary>
    public AwsType Type { get; } = type;

    /// <summary>The members of a structure, by name; empty for other kinds.</summary>
    public FrozenDictionary<string, AwsShape> Members { get; internal set; } = FrozenDictionary<string, AwsShape>.Empty;

    /// <summary>The members of a structure that must be given, in the model's order.</summary>
    public IReadOnlyList<string> Required { get; internal set; } = [];

    /// <summary>What a list holds; null for other kinds.</summary>
    public AwsShape? Element { get; internal set; }

    /// <summary>The words of an enumeration; empty when any text will do.</summary>
    public IReadOnlyList<string> Words { get; internal set; } = [];

    /// <summary>Longest text, in characters; null without a limit.</summary>
    public int? MaxLength { get; internal set; }

    /// <summary>Whether the model marks the value as a secret.</summary>
    public bool Sensitive { get; internal set; }

    /// <summary>Whether the value is a secret or contains one.</summary>
    public bool HoldsSecret { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Type})";
}

/// <summary>An operation of the model.</summary>
/// <param name="Name">Its name, as in X-Amz-Target.</param>
/// <param name="Input">The structure of its request.</param>
/// <param name="Output">The structure of its answer.</param>
internal sealed record AwsOperation(string Name, AwsShape Input, AwsShape Output)
{
    /// <summary>Whether it may change something: all do but those that describe or list.</summary>
    public bool IsCommand { get; } = !Name.StartsWith("Describe", StringComparison.Ordinal) && !Name.StartsWith("List", StringComparison.Ordinal);
}
