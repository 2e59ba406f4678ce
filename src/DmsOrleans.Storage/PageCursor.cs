using System.Globalization;

namespace DmsOrleans.Storage;

/// <summary>Where a page ended: the id of its last state, under a mark that other texts do not carry.</summary>
internal static class PageCursor
{
    private const string Mark = "dms1-";

    public static string After(long id) => Mark + id.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Reads a cursor; null, the first page, is 0.</summary>
    public static bool TryParse(string? cursor, out long afterId)
    {
        afterId = 0;
        return cursor is null
            || (cursor.StartsWith(Mark, StringComparison.Ordinal)
                && long.TryParse(cursor.AsSpan(Mark.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out afterId)
                && afterId > 0);
    }
}
