using DmsOrleans.Replications;
using Orleans.Runtime;

namespace DmsOrleans.WakeUps;

/// <summary>
/// The one reminder of a replication in motion: the durable wake-up, registered before the first step is stored and removed at rest.
/// It never carries the pace. A deadline far away (capacity to be taken back in 48 hours) moves its first tick there.
/// </summary>
internal sealed class WakeReminder(IGrainBase grain, ReplicationOptions options)
{
    public const string Name = "wake";

    private IGrainReminder? registered;
    private bool registeredFar;
    private bool unknown = true;

    /// <summary>Makes sure a tick will come within a period of <paramref name="wait"/> from now. Durable when it returns.</summary>
    public async Task EnsureAsync(TimeSpan wait)
    {
        // One whose first tick lies at a far deadline is moved when a command brings the deadline forward.
        var far = IsFar(wait);
        if (!options.UseReminder || (registered is not null && !far && !registeredFar))
        {
            return;
        }

        // The first tick is spread over the second half of the period, so that replications started together do not tick together for ever, and
        // so that the silo need not load the reminder of a walk that is over before (see ReminderOptions in the silo).
        var half = options.ReminderPeriod / 2;
        var spread = half + (half * (grain.GrainContext.GrainId.GetUniformHashCode() / (double)uint.MaxValue));
        Forget();
        registered = await grain.RegisterOrUpdateReminder(Name, far ? wait : spread, options.ReminderPeriod);
        registeredFar = far;
        unknown = false;
    }

    /// <summary>Removes it. Nothing to remove is success.</summary>
    public async Task RemoveAsync()
    {
        if (!options.UseReminder)
        {
            return;
        }

        var there = registered ?? (unknown ? await grain.GetReminder(Name) : null);
        Forget();
        if (there is not null)
        {
            await grain.UnregisterReminder(there);
        }

        unknown = false;
    }

    // Before a call that may fail with an unknown outcome: what is held afterwards may be outdated, and the table refuses an outdated one.
    private void Forget() => (registered, registeredFar, unknown) = (null, false, true);

    private bool IsFar(TimeSpan wait) => wait > 2 * options.ReminderPeriod;
}
