using System.Globalization;

namespace DmsOrleans.Cli.Output;

/// <summary>Times and figures as the console writes them.</summary>
internal static class Words
{
    /// <summary>An instant in UTC, to the millisecond.</summary>
    public static string Instant(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A span in the unit that suits it.</summary>
    public static string Span(TimeSpan span) => span.Duration() switch
    {
        { TotalMilliseconds: < 1000 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.#} ms"),
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.0} h"),
    };

    /// <summary>A whole number with thousands set apart.</summary>
    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads a span: a number and its unit (<c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c>), seconds when there is none.
    /// Null when the text is none, or not longer than zero.
    /// </summary>
    public static TimeSpan? ParseSpan(string text)
    {
        var digits = text.TrimEnd('m', 's', 'h');
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number <= 0 || number > 1e9)
        {
            return null;
        }

        return text[digits.Length..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "" or "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => null,
        };
    }
}
