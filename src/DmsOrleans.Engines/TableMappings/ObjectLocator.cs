using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>Reads the names of an <c>object-locator</c>.</summary>
internal static class ObjectLocator
{
    /// <summary>The pattern in a member; null, and a fault where there is one, when it is absent or wrong.</summary>
    public static NamePattern? Pattern(JsonMembers locator, string name, bool required, List<string> faults)
    {
        var text = required ? locator.RequiredText(name) : locator.Text(name);
        if (text is not { Length: > 0 })
        {
            return null;
        }

        if (!NamePattern.TryParse(text, out var pattern, out var fault))
        {
            faults.Add($"{locator.PathOf(name)}: {fault}");
        }

        return pattern;
    }

    /// <summary>The rule's locator; a fault when it has none.</summary>
    public static JsonMembers? Of(JsonMembers rule, string with, List<string> faults)
    {
        var locator = rule.Object("object-locator");
        if (locator is null)
        {
            faults.Add($"object-locator with {with} is required.");
        }

        return locator;
    }
}
