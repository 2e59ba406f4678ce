using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>Markers for lists that are paged here: the position after which the next page begins, for nobody else to read meaning into.</summary>
internal static class AwsMarker
{
    /// <summary>The marker of a position in a list.</summary>
    /// <param name="list">Names the list, so that another operation's marker is not taken for one of its own.</param>
    /// <param name="position">Where the page ended.</param>
    public static string Of(string list, string position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{list}:{position}"));

    /// <summary>The marker after <paramref name="count"/> entries of a list that does not change its order.</summary>
    public static string Of(string list, int count) => Of(list, count.ToString(CultureInfo.InvariantCulture));

    /// <summary>The position in a marker; null without one. A marker of another list is an error.</summary>
    public static (string? Position, AwsError? Error) Read(string list, string? marker)
    {
        if (marker is null)
        {
            return (null, null);
        }

        var text = Base64Url.IsValid(marker) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(marker)) : "";
        return text.StartsWith($"{list}:", StringComparison.Ordinal) ? (text[(list.Length + 1)..], null) : (null, AwsPaging.BadMarker);
    }

    /// <summary>How many entries a marker is after; 0 without one.</summary>
    public static (int Count, AwsError? Error) ReadCount(string list, string? marker)
    {
        var (position, error) = Read(list, marker);
        return error is not null || position is null ? (0, error)
            : int.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? (count, null)
            : (0, AwsPaging.BadMarker);
    }
}
