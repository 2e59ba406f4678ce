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

    /// <summary>All faults as one text; empty when there are none.</summary>
    public string FaultText => string.Join(" ", Faults);
}
