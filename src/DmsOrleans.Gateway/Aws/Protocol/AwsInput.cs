using System.Text.Json;
using DmsOrleans.Gateway.Aws.Model;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>A structure of a request that has passed <see cref="RequestCheck"/>. Members not given, and null ones, read as null.</summary>
internal readonly struct AwsInput(JsonElement structure)
{
    /// <summary>The structure as it came.</summary>
    public JsonElement Json => structure;

    /// <summary>Whether the member is given.</summary>
    public bool Has(string name) => Member(name) is not null;

    /// <summary>A string member.</summary>
    public string? Text(string name) => Member(name)?.GetString();

    /// <summary>A string member the model requires.</summary>
    public string RequiredText(string name) => Text(name) ?? throw new InvalidOperationException($"The model does not require {name}.");

    /// <summary>An integer member.</summary>
    public int? Integer(string name) => Member(name)?.GetInt32();

    /// <summary>A boolean member.</summary>
    public bool? Flag(string name) => Member(name)?.GetBoolean();

    /// <summary>A timestamp member.</summary>
    public DateTimeOffset? Time(string name) => Member(name) is { } value && EpochTime.TryRead(value, out var time) ? time : null;

    /// <summary>A blob member.</summary>
    public byte[]? Bytes(string name) => Member(name)?.GetBytesFromBase64();

    /// <summary>A structure member.</summary>
    public AwsInput? Structure(string name) => Member(name) is { } value ? new AwsInput(value) : null;

    /// <summary>A member that is a list of strings.</summary>
    public IReadOnlyList<string>? Texts(string name) => Member(name) is { } list ? [.. list.EnumerateArray().Select(e => e.GetString()!)] : null;

    /// <summary>A member that is a list of structures.</summary>
    public IReadOnlyList<AwsInput>? Structures(string name) => Member(name) is { } list ? [.. list.EnumerateArray().Select(e => new AwsInput(e))] : null;

    private JsonElement? Member(string name) =>
        structure.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
