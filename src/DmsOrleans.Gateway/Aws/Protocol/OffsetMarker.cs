using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>Markers of lists that are counted through: one of another list is not accepted.</summary>
internal static class OffsetMarker
{
    /// <summary>The marker of the page of <paramref name="list"/> that begins at an offset.</summary>
    public static string At(string list, int offset) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{list}:{offset}")));

    /// <summary>The offset in a marker of <paramref name="list"/>; 0 for none.</summary>
    public static (int Offset, AwsError? Error) Read(string list, string? marker)
    {
        if (marker is null)
        {
            return (0, null);
        }

        var text = Base64Url.IsValid(marker) ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(marker)) : "";
        return text.StartsWith($"{list}:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(list.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? (offset, null)
            : (0, AwsPaging.BadMarker);
    }
}
