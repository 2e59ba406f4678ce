using System.Text.Json;

namespace DmsOrleans.Gateway.Aws.Model;

/// <summary>Times as the protocol has them: a JSON number of seconds since 1970, with milliseconds as its fraction.</summary>
internal static class EpochTime
{
    private static readonly decimal Earliest = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly decimal Latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Reads a number; false when it is no number or outside the years 1 to 9999. Digits below the millisecond are dropped.</summary>
    public static bool TryRead(JsonElement value, out DateTimeOffset time)
    {
        time = default;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var seconds) || seconds < Earliest || seconds > Latest)
        {
            return false;
        }

        time = DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));
        return true;
    }

    /// <summary>The number of <paramref name="time"/>, to the millisecond.</summary>
    public static decimal Of(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000m;
}
