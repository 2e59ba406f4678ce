using System.ComponentModel.DataAnnotations;
using DmsOrleans.Engines.Capacity;

namespace DmsOrleans.Replications;

/// <summary>How replications behave on this silo. Section <c>DmsOrleans:Replications</c>. Durations marked "simulated" are divided by the time scale.</summary>
public sealed class ReplicationOptions
{
    /// <summary>Where these options are configured.</summary>
    public const string Section = "DmsOrleans:Replications";

    /// <summary>How much faster than AWS time runs: a number greater than 0, or <c>infinite</c>.</summary>
    public string TimeScale { get; set; } = "1";

    /// <summary>How long <c>stopping</c> lasts, simulated.</summary>
    public TimeSpan StopDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <c>modifying</c> lasts, simulated. Zero (the default): over before the call answers, so that a client that starts at once is not refused.</summary>
    public TimeSpan ModifyDuration { get; set; } = TimeSpan.Zero;

    /// <summary>How long <c>deleting</c> lasts, simulated.</summary>
    public TimeSpan DeleteDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long capacity stays after a replication with change capture came to rest, simulated; real under an infinite time scale, where a resume would otherwise never come in time. AWS: 48 hours.</summary>
    public TimeSpan DeprovisionDelay { get; set; } = TimeSpan.FromHours(48);

    /// <summary>How long capacity stays after a full load came to rest, simulated. AWS: a short while.</summary>
    public TimeSpan FullLoadDeprovisionDelay { get; set; } = TimeSpan.Zero;

    /// <summary>How long <c>deprovisioning</c> lasts, simulated.</summary>
    public TimeSpan DeprovisionDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a replication that waits for capacity asks again by itself (real time); normally the pool wakes it long before. Raising it delays only what the pool's call missed.</summary>
    public TimeSpan CapacityPollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>DCUs this silo brings to the capacity pool.</summary>
    [Range(1, int.MaxValue)]
    public int CapacityPoolUnits { get; set; } = 10_000_000;

    /// <summary>
    /// Whether a status lasts until a DescribeReplications has answered it, so that no poller ever misses one. Commands are not held up, and neither is
    /// <c>modifying</c> when it lasts no time. Costs a call to the replication with each Describe; for tests of clients.
    /// </summary>
    public bool PollSafe { get; set; }

    /// <summary>How long a status that nobody asks for is held at most (real time): a client that never polls is not waited for longer.</summary>
    public TimeSpan PollSafeLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When capacity follows the load of a running replication; simulated times.</summary>
    public AutoscalingRules Autoscaling { get; set; } = new();

    /// <summary>Period of the durable wake-up: the longest a replication sleeps after a crash when nothing else wakes it. Lowering it costs a tick per replication in motion and period.</summary>
    public TimeSpan ReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the store is asked for overdue deadlines.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a deadline must be overdue before the sweeper minds: leaves the pace to the timers.</summary>
    public TimeSpan SweepGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Overdue replications asked for at once. Raising it costs memory and a longer read.</summary>
    [Range(1, 10_000)]
    public int SweepPage { get; set; } = 1_000;

    /// <summary>Replications that may walk at the same moment; the others wait in line, at a few hundred bytes each. Raising it makes larger commits and costs about 20 KB each.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentWalks { get; set; } = 2_000;

    /// <summary>Wake-up one of three: the timer, which keeps the pace. Off only to show that the others suffice.</summary>
    public bool UseTimer { get; set; } = true;

    /// <summary>Wake-up two of three: the reminder, which survives a crash. Off only to show that the others suffice.</summary>
    public bool UseReminder { get; set; } = true;

    /// <summary>Wake-up three of three: the sweeper, which finds what fell through. Off only to show that the others suffice.</summary>
    public bool UseSweeper { get; set; } = true;

    /// <summary>What is done where AWS is silent.</summary>
    public ReplicationChoices Choices { get; set; } = new();

    /// <summary>The parsed <see cref="TimeScale"/>.</summary>
    public DmsOrleans.TimeScale Scale => DmsOrleans.TimeScale.TryParse(TimeScale, out var scale) ? scale : DmsOrleans.TimeScale.One;
}
