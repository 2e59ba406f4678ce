using System.Globalization;

namespace DmsOrleans.Engines;

/// <summary>
/// Where change capture begins: a time <c>2018-03-08T12:12:12</c> (UTC), a checkpoint <c>checkpoint:V1#…</c> as RecoveryCheckpoint shows it, or
/// the source's own log position (API reference of StartReplication; user guide, "Creating tasks for ongoing replication").
/// </summary>
public static class CdcStartPosition
{
    private const int MaxLength = 1_000;
    private const string Checkpoint = "checkpoint:";

    /// <summary>Whether sources of this engine can only be read from a log position, not from a time.</summary>
    public static bool TakesNoTime(string? engine) => engine is "postgres" or "aurora-postgresql" or "aurora-postgresql-serverless";

    /// <summary>What is wrong with a position; null when nothing is.</summary>
    /// <param name="text">The position.</param>
    /// <param name="engine">The source's EngineName; null when it is not known, and any native position will do.</param>
    public static string? FaultOf(string text, string? engine)
    {
        if (text.Length is 0 or > MaxLength || text.Any(char.IsControl))
        {
            return $"CdcStartPosition is not valid: it has 1 to {MaxLength} characters, none of them control characters.";
        }

        if (text.StartsWith(Checkpoint, StringComparison.Ordinal))
        {
            return text.StartsWith(Checkpoint + "V1#", StringComparison.Ordinal) && text.Length > Checkpoint.Length + 3 ? null
                : $"CdcStartPosition '{text}' is not valid: a checkpoint has the form checkpoint:V1#… that RecoveryCheckpoint shows.";
        }

        if (IsTime(text))
        {
            return TakesNoTime(engine) ? $"CdcStartPosition '{text}' is a time, which sources of the engine {engine} do not support: give a log sequence number such as 4AF/B00000D0, or a checkpoint." : null;
        }

        return Native(engine) is not { } native || native.IsValid(text) ? null
            : $"CdcStartPosition '{text}' is not valid for a source of the engine {engine}: it is {(TakesNoTime(engine) ? "" : "a time such as 2018-03-08T12:12:12, ")}a checkpoint such as checkpoint:V1#…, or a log position such as {native.Example}.";
    }

    private static bool IsTime(string text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static (Func<string, bool> IsValid, string Example)? Native(string? engine) => engine switch
    {
        _ when TakesNoTime(engine) => (static text => text.Split('/') is [var high, var low] && IsHexadecimal(high) && IsHexadecimal(low), "4AF/B00000D0"),
        "mysql" or "mariadb" or "aurora" or "aurora-serverless" or "gcp-mysql" => (IsBinaryLogPosition, "mysql-bin-changelog.000024:373"),
        "oracle" => (static text => text.All(char.IsAsciiDigit), "1234567890"),
        "sqlserver" or "azuredb" or "azure-sql-managed-instance" => (static text => text.Split(':') is { Length: 3 } parts && parts.All(IsHexadecimal), "00000027:00000110:0002"),
        _ => null,
    };

    private static bool IsHexadecimal(string text) => text.Length is > 0 and <= 8 && text.All(char.IsAsciiHexDigit);

    private static bool IsBinaryLogPosition(string text) =>
        text.LastIndexOf(':') is > 0 and var colon
        && text[..colon].LastIndexOf('.') is > 0 and var dot
        && AreDigits(text[(dot + 1)..colon]) && AreDigits(text[(colon + 1)..]);

    private static bool AreDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
