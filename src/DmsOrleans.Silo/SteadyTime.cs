using DmsOrleans.Hosting;
using DmsOrleans.Storage;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Silo;

/// <summary>Before anything is due: time does not run behind the last commit of the process before this one.</summary>
internal sealed partial class SteadyTime(SteadyTimeProvider time, IStateStore store, ILogger<SteadyTime> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Key of the clock under the steady one: the system's, or a test's.</summary>
    public const string SystemClock = "DmsOrleans.SystemClock";

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SteadyTime), ServiceLifecycleStage.ApplicationServices, FollowAsync);

    private Task FollowAsync(CancellationToken cancellationToken)
    {
        if (store.LastCommitBeforeOpen is { } floor && !time.NotBefore(floor))
        {
            LogFloorNotBelieved(logger, floor, time.GetUtcNow());
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store was last written at {LastCommit:O}, more than a day after this machine's clock ({Now:O}): check the clock. Deadlines stored with that time fire only when the clock reaches them")]
    private static partial void LogFloorNotBelieved(ILogger logger, DateTimeOffset lastCommit, DateTimeOffset now);
}
