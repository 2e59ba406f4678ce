using System.Collections.Frozen;

namespace DmsOrleans.Cli.Load;

/// <summary>
/// The legal steps of a replication and the causes each may have, written down here a second time, from the documentation of AWS DMS
/// Serverless and not from the node's own code: a judge who asked the accused for the law would acquit every time.
/// </summary>
internal static class WalkRules
{
    private static readonly FrozenDictionary<(string? From, string To), string[]> Legal = Build().ToFrozenDictionary(e => (e.From, e.To), e => e.Causes);

    /// <summary>The phases whose planned end is a stored deadline.</summary>
    public static IReadOnlyList<string> StartPhases { get; } =
    [
        "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata",
        "calculating_capacity", "provisioning_capacity", "replication_starting",
    ];

    /// <summary>Whether there is any cause for this step.</summary>
    public static bool IsEdge(string? from, string to) => Legal.ContainsKey((from, to));

    /// <summary>Whether this cause explains this step.</summary>
    public static bool Explains(string cause, string? from, string to) => Legal.TryGetValue((from, to), out var causes) && causes.Contains(cause);

    /// <summary>Whether the step belongs to a resumed run only: phases whose results are still there are left out.</summary>
    public static bool IsShortCut(string? from, string to) =>
        (from, to) is ("initializing", "testing_connection") or ("testing_connection", "replication_starting");

    private static IEnumerable<(string? From, string To, string[] Causes)> Build()
    {
        string[] walk = ["initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata",
            "calculating_capacity", "provisioning_capacity", "replication_starting", "running"];
        string[] atRest = ["created", "stopped", "failed"];
        yield return (null, "created", ["created"]);
        foreach (var rest in atRest)
        {
            yield return (rest, "initializing", ["start-requested"]);
            yield return (rest, "modifying", ["modify-requested"]);
            yield return ("modifying", rest, ["modified"]);
            yield return (rest, "deleting", ["delete-requested"]);
        }

        for (var i = 0; i + 1 < walk.Length; i++)
        {
            yield return (walk[i], walk[i + 1], ["phase-completed"]);
            yield return (walk[i], "stopping", ["stop-requested"]);
            yield return (walk[i], "failed", ["failure"]);
        }

        yield return ("initializing", "initializing", ["assessment-started", "assessment-completed", "assessment-cancelled"]);
        yield return ("initializing", "testing_connection", ["phase-completed"]);
        yield return ("testing_connection", "replication_starting", ["phase-completed"]);
        yield return ("provisioning_capacity", "provisioning_capacity", ["capacity-awaited"]);
        yield return ("running", "running", ["reload-requested", "scaling-up", "scaling-down", "scaling-completed", "scaling-refused", "capacity-awaited"]);
        yield return ("running", "stopping", ["stop-requested"]);
        yield return ("running", "stopped", ["run-ended"]);
        yield return ("running", "failed", ["failure", "run-ended"]);
        yield return ("stopping", "stopped", ["stop-completed"]);
        yield return ("stopped", "stopped", ["deprovisioning-started", "deprovisioned"]);
        yield return ("failed", "failed", ["deprovisioning-started", "deprovisioned"]);
    }
}
