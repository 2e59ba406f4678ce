namespace DmsOrleans.Gateway.Aws.Identity;

/// <summary>Reads and writes the query of a request for its signature.</summary>
internal static class SigV4Query
{
    /// <summary>The parameters in the order sent, decoded.</summary>
    public static IReadOnlyList<(string Name, string Value)> Read(string query) => query.Length == 0 ? [] :
        [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.IndexOf('=', StringComparison.Ordinal) is var sign and >= 0
            ? (Uri.UnescapeDataString(pair[..sign]), Uri.UnescapeDataString(pair[(sign + 1)..]))
            : (Uri.UnescapeDataString(pair), ""))];

    /// <summary>The parameters encoded and in order.</summary>
    public static string Canonical(IEnumerable<(string Name, string Value)> query)
    {
        var pairs = query.Select(p => (Name: Uri.EscapeDataString(p.Name), Value: Uri.EscapeDataString(p.Value))).ToArray();
        Array.Sort(pairs, static (a, b) => string.CompareOrdinal(a.Name, b.Name) is var byName and not 0 ? byName : string.CompareOrdinal(a.Value, b.Value));
        return string.Join('&', pairs.Select(p => $"{p.Name}={p.Value}"));
    }
}
