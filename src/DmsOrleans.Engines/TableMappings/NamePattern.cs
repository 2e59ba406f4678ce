using System.Text;

namespace DmsOrleans.Engines.TableMappings;

/// <summary>
/// A name with wildcards as in table mappings: <c>%</c> any run of characters, <c>_</c> one character, <c>[_]</c> a literal
/// underscore, <c>[ab]</c> one of a set, <c>[a-d]</c> one of a range. Case-sensitive. Matching reads the name once and never goes back, whatever the
/// pattern: all places in the pattern that the name may have reached are carried along, 64 in a word.
/// </summary>
public sealed class NamePattern
{
    /// <summary>Longer patterns are refused; PostgreSQL's names have 63 bytes, Oracle's 128, MongoDB's 255.</summary>
    public const int MaxLength = 255;

    private readonly Element[] elements;
    private readonly CharacterPlaces places;

    private NamePattern(string text, Element[] elements)
    {
        Text = text;
        this.elements = elements;
        HasAnyRun = elements.Any(e => e.Kind == Kind.AnyRun);
        places = new CharacterPlaces(elements);
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
    public bool Matches(string name) => places.Match(name);

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

    private readonly record struct Element(Kind Kind, Range[] Ranges);

    /// <summary>
    /// A pattern as an automaton: place i is reached when the first i single characters of the pattern are matched. A character takes each reached
    /// place one further where it fits, and leaves it where a run may stand. Characters that fit the same places are one class.
    /// </summary>
    private sealed class CharacterPlaces
    {
        private readonly int last;
        private readonly int words;
        private readonly char[] classes;
        private readonly ulong[] fitting;
        private readonly ulong[] runs;

        public CharacterPlaces(Element[] elements)
        {
            var singles = elements.Where(e => e.Kind != Kind.AnyRun).ToArray();
            last = singles.Length;
            words = (last / 64) + 1;
            runs = new ulong[words];
            var bounds = singles.SelectMany(e => e.Ranges).SelectMany(r => r.Last == char.MaxValue ? [r.First] : new[] { r.First, (char)(r.Last + 1) });
            classes = [.. bounds.Append('\0').Distinct().Order()];
            fitting = new ulong[classes.Length * words];
            for (var (i, place) = (0, 0); i < elements.Length; i++)
            {
                if (elements[i].Kind == Kind.AnyRun)
                {
                    runs[place / 64] |= 1UL << (place % 64);
                }
                else
                {
                    Fit(elements[i], place++);
                }
            }
        }

        public bool Match(string name)
        {
            Span<ulong> reached = stackalloc ulong[words];
            reached.Clear();
            reached[0] = 1;
            foreach (var character in name)
            {
                if (!Step(reached, fitting.AsSpan(ClassOf(character) * words, words)))
                {
                    return false;
                }
            }

            return (reached[last / 64] >> (last % 64) & 1) != 0;
        }

        // False when no place is reached any more.
        private bool Step(Span<ulong> reached, ReadOnlySpan<ulong> fits)
        {
            var (carry, any) = (0UL, 0UL);
            for (var i = 0; i < words; i++)
            {
                var fitted = reached[i] & fits[i];
                reached[i] = (fitted << 1) | carry | (reached[i] & runs[i]);
                carry = fitted >> 63;
                any |= reached[i];
            }

            return any != 0;
        }

        private void Fit(Element element, int place)
        {
            Range[] ranges = element.Kind == Kind.AnyOne ? [new Range('\0', char.MaxValue)] : element.Ranges;
            foreach (var range in ranges)
            {
                for (var i = ClassOf(range.First); i < classes.Length && classes[i] <= range.Last; i++)
                {
                    fitting[(i * words) + (place / 64)] |= 1UL << (place % 64);
                }
            }
        }

        private int ClassOf(char character)
        {
            var at = Array.BinarySearch(classes, character);
            return at >= 0 ? at : ~at - 1;
        }
    }
}
