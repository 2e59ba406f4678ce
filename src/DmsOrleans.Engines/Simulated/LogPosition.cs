using System.Globalization;

namespace DmsOrleans.Engines.Simulated;

/// <summary>A position in a simulated PostgreSQL write-ahead log, in the forms DMS has for it.</summary>
internal readonly record struct LogPosition(ulong Value)
{
    private const string Checkpoint = "checkpoint:";

    /// <summary>Bytes of a change in the log beside its row.</summary>
    public const int BytesPerChange = 64;

    /// <summary>Where a simulated log stands at first.</summary>
    public static LogPosition Of(Draw draw) => new(((draw.Split(Purpose.Position).Bits & 0xFFF) << 32) | (draw.Bits & 0xFFFF_FFF8));

    /// <summary>Reads <c>checkpoint:V1#1#000004AF/B00000D0#0#0#*#0#0</c> or <c>4AF/B00000D0</c>.</summary>
    public static bool TryParse(string? text, out LogPosition position)
    {
        position = default;
        var lsn = text is not null && text.StartsWith(Checkpoint, StringComparison.Ordinal) ? text.Split('#').ElementAtOrDefault(2) : text;
        var slash = lsn?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0
            || !uint.TryParse(lsn.AsSpan(0, slash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            || !uint.TryParse(lsn.AsSpan(slash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
        {
            return false;
        }

        position = new LogPosition(((ulong)high << 32) | low);
        return true;
    }

    /// <summary>A position so many bytes on.</summary>
    public LogPosition Plus(long bytes) => new(Value + (ulong)bytes);

    /// <summary>The form of RecoveryCheckpoint.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Checkpoint}V1#1#{Value >> 32:X8}/{(uint)Value:X8}#0#0#*#0#0");
}
