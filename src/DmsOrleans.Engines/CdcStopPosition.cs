using System.Globalization;

namespace DmsOrleans.Engines;

/// <summary>Where change capture ends: <c>server_time:2018-02-09T12:12:12</c> or <c>commit_time:…</c>, UTC without offset.</summary>
/// <param name="At">The time.</param>
/// <param name="IsCommitTime">Whether the time is that of the source's commits rather than the server's.</param>
public readonly record struct CdcStopPosition(DateTimeOffset At, bool IsCommitTime)
{
    private const string ServerTime = "server_time:";
    private const string CommitTime = "commit_time:";
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];

    /// <summary>The reason the run ends with.</summary>
    public string StopReason => IsCommitTime ? StopReasons.StoppedAtCommitTime : StopReasons.StoppedAtServerTime;

    /// <summary>Reads the AWS form; blanks around the time are ignored, as the service's own example has one.</summary>
    public static bool TryParse(string? text, out CdcStopPosition position)
    {
        position = default;
        var isCommitTime = text?.StartsWith(CommitTime, StringComparison.Ordinal) ?? false;
        if (text is null || (!isCommitTime && !text.StartsWith(ServerTime, StringComparison.Ordinal)))
        {
            return false;
        }

        var time = text.AsSpan(isCommitTime ? CommitTime.Length : ServerTime.Length).Trim();
        if (!DateTime.TryParseExact(time, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            return false;
        }

        position = new CdcStopPosition(new DateTimeOffset(at, TimeSpan.Zero), isCommitTime);
        return true;
    }
}
