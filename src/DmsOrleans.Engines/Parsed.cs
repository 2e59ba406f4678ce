namespace DmsOrleans.Engines;

/// <summary>What a user's text says, or every fault found in it at once.</summary>
/// <typeparam name="T">What the text describes.</typeparam>
/// <param name="Value">Not null exactly when there are no faults.</param>
/// <param name="Faults">For a person, each naming the member and what would be right.</param>
public readonly record struct Parsed<T>(T? Value, IReadOnlyList<string> Faults)
    where T : class
{
    /// <summary>Without faults.</summary>
    /// <param name="value">What the text says.</param>
    internal Parsed(T value)
        : this(value, [])
    {
    }

    /// <summary>The faults as one text of bounded length; empty when there are none.</summary>
    public string FaultText => Parsed.TextOf(Faults);
}

/// <summary>What all parsed texts have in common.</summary>
internal static class Parsed
{
    private const int MaxFaults = 20;
    private const int MaxCharacters = 1_000;

    /// <summary>Faults as one text. Bounded, whatever a user sent: the first twenty, each cut at a thousand characters, and how many more there are.</summary>
    public static string TextOf(IReadOnlyList<string> faults) => string.Join(
        ' ',
        faults.Take(MaxFaults).Select(fault => fault.Length <= MaxCharacters ? fault : fault[..MaxCharacters] + "…")
            .Concat(faults.Count > MaxFaults ? [$"And {faults.Count - MaxFaults} more."] : []));
}
