namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>The Filters of a Describe request: each restricts by any of its values, all restrict together.</summary>
internal sealed class AwsFilters
{
    private const int MostValues = 500;

    private readonly Dictionary<string, IReadOnlyList<string>> values = new(StringComparer.Ordinal);

    private AwsFilters()
    {
    }

    /// <summary>Whether any filter is given.</summary>
    public bool Any => values.Count > 0;

    /// <summary>The values of a filter; null when it is not given.</summary>
    public IReadOnlyList<string>? this[string name] => values.GetValueOrDefault(name);

    /// <summary>Reads them; an unknown name, no value, too many values, or a name given twice is an error.</summary>
    public static (AwsFilters Filters, AwsError? Error) Read(AwsInput input, params ReadOnlySpan<string> known)
    {
        var filters = new AwsFilters();
        foreach (var filter in input.Structures("Filters") ?? [])
        {
            var name = filter.RequiredText("Name");
            var given = filter.Texts("Values")!;
            var problem =
                !known.Contains(name) ? $"The filter {AwsError.Shown(name)} is not valid. Valid filter names: {string.Join(", ", known.ToArray())}."
                : given.Count is 0 or > MostValues ? $"The filter {name} must have 1 to {MostValues} values."
                : !filters.values.TryAdd(name, given) ? $"The filter {name} is given twice."
                : null;
            if (problem is not null)
            {
                return (filters, AwsError.InvalidValue(problem));
            }
        }

        return (filters, null);
    }
}
