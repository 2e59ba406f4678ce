using Spectre.Console;

namespace DmsOrleans.Cli.Output;

/// <summary>The statuses in the order of the walk, and the colour each has wherever it is shown.</summary>
internal static class StatusColors
{
    /// <summary>The eight phases of the walk, from the start to running.</summary>
    public static IReadOnlyList<string> Phases { get; } =
    [
        "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata",
        "calculating_capacity", "provisioning_capacity", "replication_starting", "running",
    ];

    /// <summary>Every status, in the order a replication may pass them.</summary>
    public static IReadOnlyList<string> All { get; } = ["created", .. Phases, "stopping", "stopped", "failed", "modifying", "deleting"];

    /// <summary>The colour of a status: green moves rows, yellow is on its way, red needs a person.</summary>
    public static Color Of(string status) => status switch
    {
        "running" => Color.Green,
        "failed" => Color.Red,
        "created" or "stopped" => Color.Grey,
        "stopping" or "modifying" or "deleting" => Color.Olive,
        _ => Color.Yellow,
    };
}
