using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Reads the Tags member of a request.</summary>
internal static class AwsTags
{
    private const int LongestKey = 128;
    private const int LongestValue = 256;
    private static readonly string[] ReservedPrefixes = ["aws:", "dms:"];

    /// <summary>The tags by key; empty when none are given. A bad or repeated key, or a value too long, is an error.</summary>
    public static (IReadOnlyDictionary<string, string> Tags, AwsError? Error) Read(AwsInput input)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in input.Structures("Tags") ?? [])
        {
            var key = tag.Text("Key") ?? "";
            var value = tag.Text("Value") ?? "";
            var problem =
                key.Length is 0 or > LongestKey ? $"A tag key must have 1 to {LongestKey} characters."
                : ReservedPrefixes.Any(p => key.StartsWith(p, StringComparison.OrdinalIgnoreCase)) ? $"The tag key '{key}' must not begin with aws: or dms:."
                : value.Length > LongestValue ? $"The value of the tag '{key}' must have at most {LongestValue} characters."
                : !tags.TryAdd(key, value) ? $"The tag key '{key}' is given twice."
                : null;
            if (problem is not null)
            {
                return (tags, AwsError.InvalidValue(problem));
            }
        }

        return (tags, null);
    }
}
