using System.Globalization;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace DmsOrleans.WakeUps;

/// <summary>
/// The reminder table Orleans sees: registered reminders, and one for each replication in motion, read out of its stored deadline. A replication's
/// reminder is therefore there exactly as long as it has a deadline, with no write of its own and in the same commit. It never carries the pace: its
/// first tick comes half a period to a period after the deadline, so a replication that moves on in time never ticks, nor is its reminder loaded.
/// </summary>
internal sealed class DeadlineReminders(
    [FromKeyedServices(StoredReminders.Key)] IReminderTable registered, IStateStore store, TimeProvider time, IOptions<ReplicationOptions> options) : IReminderTable
{
    /// <summary>The reminder of a replication in motion.</summary>
    public const string Name = "wake";

    // Each loaded reminder costs Orleans about 2.5 KB. Where more replications are overdue the longest overdue come first, the others when those have moved.
    private const int MostAtOnce = 10_000;

    private readonly ReplicationOptions settings = options.Value;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => registered.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => registered.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<ReminderTableData> ReadRows(GrainId grainId) =>
        new([.. (await registered.ReadRows(grainId)).Reminders, .. await DeadlineOfAsync(grainId) is { } wake ? [wake] : Array.Empty<ReminderEntry>()]);

    /// <summary>Registered reminders of the range, and of deadlines those that are near or past: what Orleans loads, it loads at most half a period ahead.</summary>
    public async Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        var rows = await registered.ReadRows(begin, end);
        if (!settings.UseReminder)
        {
            return rows;
        }

        var near = await store.OverdueAsync(ReplicationState.Kind, time.GetUtcNow() + settings.ReminderPeriod, MostAtOnce, CancellationToken.None);
        return new([.. rows.Reminders, .. near.Select(d => Entry(GrainId.Create(ReplicationState.GrainType, IdSpan.Create(d.Key)), d.Due)).Where(e => IsIn(e.GrainId.GetUniformHashCode(), begin, end))]);
    }

    /// <inheritdoc/>
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        (reminderName == Name ? await DeadlineOfAsync(grainId) : null) ?? await registered.ReadRow(grainId, reminderName);

    /// <inheritdoc/>
    public Task<string?> UpsertRow(ReminderEntry entry) => registered.UpsertRow(entry);

    /// <inheritdoc/>
    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => registered.RemoveRow(grainId, reminderName, eTag);

    /// <inheritdoc/>
    public Task TestOnlyClearTable() => registered.TestOnlyClearTable();

    private async Task<ReminderEntry?> DeadlineOfAsync(GrainId grain)
    {
        if (!settings.UseReminder || grain.Type != ReplicationState.GrainType)
        {
            return null;
        }

        var query = new StateQuery { Kind = ReplicationState.Kind, Keys = [grain.Key.ToString()!], Limit = 1 };
        var found = await store.ListAsync<ReplicationState>(query, CancellationToken.None);
        return found.Items is [{ State.Due: { } due }] ? Entry(grain, due) : null;
    }

    // Spread over the second half of the period, so that replications with one deadline do not tick together.
    private ReminderEntry Entry(GrainId grain, DateTimeOffset due)
    {
        var half = settings.ReminderPeriod / 2;
        return new()
        {
            GrainId = grain,
            ReminderName = Name,
            StartAt = (due + half + (half * (grain.GetUniformHashCode() / (double)uint.MaxValue))).UtcDateTime,
            Period = settings.ReminderPeriod,
            ETag = due.UtcTicks.ToString(CultureInfo.InvariantCulture),
        };
    }

    // Orleans' ranges: after begin, up to end, around the end of the ring when that is not greater.
    private static bool IsIn(uint hash, uint begin, uint end) => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
}
