namespace DmsOrleans.Replications;

/// <summary>An opt-in to maintenance, as it is stored with its replication.</summary>
[GenerateSerializer, Immutable, Alias("dms.MaintenanceOptIn")]
internal sealed record MaintenanceOptIn([property: Id(0)] string Action, [property: Id(1)] string OptIn, [property: Id(2)] DateTimeOffset ApplyAt);

/// <summary>Maintenance that is announced to every replication of a node. Section <c>DmsOrleans:Maintenance</c>.</summary>
public sealed class MaintenanceOptions
{
    /// <summary>Where these options are configured.</summary>
    public const string Section = "DmsOrleans:Maintenance";

    /// <summary>What is announced; nothing by default.</summary>
    public IList<AnnouncedMaintenance> Announced { get; } = [];
}

/// <summary>One announced action.</summary>
public sealed class AnnouncedMaintenance
{
    /// <summary>For example <c>system-update</c>.</summary>
    public string Action { get; set; } = "";

    /// <summary>What it does.</summary>
    public string? Description { get; set; }
}

/// <summary>
/// What becomes of an opt-in to maintenance. An immediate one is applied at once, one for the next maintenance when the replication's window opens; from then on
/// it is pending no more. Applying changes nothing else: there is no server to bring up to date.
/// </summary>
internal static class MaintenanceRules
{
    public const string Immediate = "immediate";
    public const string NextMaintenance = "next-maintenance";
    public const string UndoOptIn = "undo-opt-in";

    /// <summary>The window of a replication that names none.</summary>
    private const string DefaultWindow = "sun:05:00-sun:05:30";

    private const int MinutesPerWeek = 7 * 24 * 60;

    private static readonly string[] Actions = ["os-upgrade", "system-update", "db-upgrade", "os-patch"];

    /// <summary>The opt-ins after a command, or why it is refused.</summary>
    public static (IReadOnlyList<MaintenanceOptIn>? OptIns, Refusal? Refusal) Apply(ReplicationState state, ApplyMaintenance command, DateTimeOffset now)
    {
        if (!Actions.Contains(command.Action))
        {
            return (null, Refusal.InvalidValue($"ApplyAction '{command.Action}' is not valid: it is one of {string.Join(", ", Actions)}."));
        }

        var before = state.Maintenance ?? [];
        var others = before.Where(o => o.Action != command.Action);
        return command.OptIn switch
        {
            Immediate => ([.. others, new(command.Action, Immediate, now)], null),
            NextMaintenance => ([.. others, new(command.Action, NextMaintenance, NextWindow(state.Spec!.Compute.PreferredMaintenanceWindow, now))], null),
            UndoOptIn when before.Any(o => o.Action == command.Action && o.ApplyAt <= now) =>
                (null, Refusal.InvalidCombination($"The opt-in to {command.Action} cannot be undone: it has been applied.")),
            UndoOptIn => ([.. others], null),
            _ => (null, Refusal.InvalidValue($"OptInType '{command.OptIn}' is not valid: it is {Immediate}, {NextMaintenance} or {UndoOptIn}.")),
        };
    }

    /// <summary>What is pending: what is announced and not applied yet, and what was opted in to for later.</summary>
    public static IReadOnlyList<MaintenanceAction> Pending(IReadOnlyList<MaintenanceOptIn>? optIns, IEnumerable<AnnouncedMaintenance> announced, DateTimeOffset now)
    {
        var byAction = (optIns ?? []).ToDictionary(o => o.Action, StringComparer.Ordinal);
        var descriptions = announced.DistinctBy(a => a.Action).ToDictionary(a => a.Action, a => a.Description, StringComparer.Ordinal);
        return
        [
            .. descriptions.Keys.Union(byAction.Keys, StringComparer.Ordinal)
                .Select(action => (Action: action, OptIn: byAction.GetValueOrDefault(action)))
                .Where(a => a.OptIn is null || a.OptIn.ApplyAt > now)
                .Select(a => Shown(a.Action, a.OptIn, descriptions.GetValueOrDefault(a.Action)))
                .OrderBy(a => a.Action, StringComparer.Ordinal),
        ];
    }

    /// <summary>What a command is answered with: what is pending then, and what it has just applied.</summary>
    public static IReadOnlyList<MaintenanceAction> After(
        ApplyMaintenance command, IReadOnlyList<MaintenanceOptIn> optIns, IEnumerable<AnnouncedMaintenance> announced, DateTimeOffset now)
    {
        var pending = Pending(optIns, announced, now);
        return command.OptIn != Immediate ? pending
            : [.. pending, Shown(command.Action, optIns.Single(o => o.Action == command.Action), announced.FirstOrDefault(a => a.Action == command.Action)?.Description)];
    }

    /// <summary>When the window opens next, in UTC.</summary>
    public static DateTimeOffset NextWindow(string? window, DateTimeOffset now)
    {
        var opens = ReplicationRules.MinuteOfWeek((string.IsNullOrEmpty(window) ? DefaultWindow : window).Split('-')[0])
            ?? throw new InvalidOperationException($"'{window}' is no maintenance window.");
        var today = now.UtcDateTime.Date;
        var monday = new DateTimeOffset(today.AddDays(-(((int)today.DayOfWeek + 6) % 7)), TimeSpan.Zero);
        var next = monday.AddMinutes(opens);
        return next > now ? next : next.AddMinutes(MinutesPerWeek);
    }

    private static MaintenanceAction Shown(string action, MaintenanceOptIn? optIn, string? description) => new(action, optIn?.OptIn, optIn?.ApplyAt, description);
}
