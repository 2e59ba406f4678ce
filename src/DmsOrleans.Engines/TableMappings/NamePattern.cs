using System.Text;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>
/// A name with wildcards as in table mappings: <c>%</c> any run of characters, <c>_</c> one character, <c>[_]</c> a literal
/// underscore, <c>[ab]</c> one of a set, <c>[a-d]</c> one of a range. Case-sensitive. Matching takes at most pattern times name steps,
/// whatever the pattern: only the last <c>%</c> is ever tried again.
/// </summary>
public sealed class NamePattern
{
    /// <summary>Longer patterns are refused; PostgreSQL's names have 63 bytes, Oracle's 128.</summary>
    public const int MaxLength = 512;

    private readonly Element[] elements;

    private NamePattern(string text, Element[] elements)
    {
        Text = text;
        this.elements = elements;
        HasAnyRun = elements.Any(e => e.Kind == Kind.AnyRun);
    }

    private enum Kind
    {
        One,
        AnyOne,
        AnyRun,
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Whether it holds <c>%</c>; one without is what the service calls an exact name, though <c>_</c> still matches any character.</summary>
    public bool HasAnyRun { get; }

    /// <summary>A pattern that matches exactly this name, wildcard characters included.</summary>
    public static NamePattern Exact(string name) => new(name, [.. name.Select(c => new Element(Kind.One, [new Range(c, c)]))]);

    /// <summary>Reads a pattern.</summary>
    public static bool TryParse(string text, out NamePattern? pattern, out string? fault)
    {
        pattern = null;
        fault = text.Length is 0 or > MaxLength ? $"A name must have 1 to {MaxLength} characters; this one has {text.Length}." : null;
        var elements = new List<Element>(text.Length);
        for (var i = 0; i < text.Length && fault is null; i++)
        {
            switch (text[i])
            {
                case '%' when elements.Count > 0 && elements[^1].Kind == Kind.AnyRun:
                    break;
                case '%':
                    elements.Add(new Element(Kind.AnyRun, []));
                    break;
                case '_':
                    elements.Add(new Element(Kind.AnyOne, []));
                    break;
                case '[':
                    fault = ReadSet(text, ref i, elements);
                    break;
                default:
                    elements.Add(new Element(Kind.One, [new Range(text[i], text[i])]));
                    break;
            }
        }

        pattern = fault is null ? new NamePattern(text, [.. elements]) : null;
        return fault is null;
    }

    /// <summary>Whether the whole name matches.</summary>
    public bool Matches(string name)
    {
        var (at, element) = (0, 0);
        var (retryAt, retryElement) = (-1, -1);
        while (at < name.Length)
        {
            if (element < elements.Length && elements[element].Kind == Kind.AnyRun)
            {
                (retryAt, retryElement) = (at, ++element);
            }
            else if (element < elements.Length && elements[element].Matches(name[at]))
            {
                at++;
                element++;
            }
            else if (retryAt >= 0)
            {
                (at, element) = (++retryAt, retryElement);
            }
            else
            {
                return false;
            }
        }

        return element == elements.Length || (element == elements.Length - 1 && elements[element].Kind == Kind.AnyRun);
    }

    /// <summary>A name that matches: <paramref name="run"/> for each <c>%</c>, an underscore for <c>_</c>, a set's first character for the set.</summary>
    public string Example(string run)
    {
        var name = new StringBuilder();
        foreach (var element in elements)
        {
            _ = element.Kind switch
            {
                Kind.AnyRun => name.Append(run),
                Kind.AnyOne => name.Append('_'),
                _ => name.Append(element.Ranges[0].First),
            };
        }

        return name.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string? ReadSet(string text, ref int at, List<Element> elements)
    {
        var end = text.IndexOf(']', at + 1);
        if (end <= at + 1)
        {
            return $"The set that begins at character {at + 1} of '{text}' is empty or not closed with ].";
        }

        var set = text.AsSpan(at + 1, end - at - 1);
        var ranges = new List<Range>();
        for (var i = 0; i < set.Length; i++)
        {
            var isRange = i + 2 < set.Length && set[i + 1] == '-';
            var range = new Range(set[i], isRange ? set[i + 2] : set[i]);
            if (range.Last < range.First)
            {
                return $"The range {range.First}-{range.Last} of '{text}' runs backwards.";
            }

            ranges.Add(range);
            i += isRange ? 2 : 0;
        }

        elements.Add(new Element(Kind.One, [.. ranges]));
        at = end;
        return null;
    }

    private readonly record struct Range(char First, char Last);

    private readonly record struct Element(Kind Kind, Range[] Ranges)
    {
        public bool Matches(char c)
        {
            if (Kind == Kind.AnyOne)
            {
                return true;
            }

            foreach (var range in Ranges)
            {
                if (c >= range.First && c <= range.Last)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
