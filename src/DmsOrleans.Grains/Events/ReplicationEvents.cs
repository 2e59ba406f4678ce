using DmsOrleans.Replications;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Events;

/// <summary>An event as the service words it.</summary>
/// <param name="Message">For a person.</param>
/// <param name="Category">One of <see cref="EventCategories"/>.</param>
/// <param name="Type">EventBridge's <c>eventType</c>. Only <c>REPLICATION_FAILED</c> is known from the service; the others are made alike.</param>
/// <param name="Id">The documented id of the same event of a task; null where there is none.</param>
internal sealed record Notice(string Message, string Category, string Type, string? Id = null);

/// <summary>
/// The events that a transition of a replication amounts to (texts as observed on the service; ids of AWS DMS User Guide, "Working with events"). Pure:
/// the history is all there is to know, so nothing more is stored.
/// </summary>
internal static class ReplicationEvents
{
    /// <summary>In the order they are told; empty for steps that nobody outside is told of.</summary>
    public static IReadOnlyList<Notice> Of(Transition step) => step.From == step.To ? OfCause(step) : OfStatus(step);

    // The step left the status as it was: what it is about, its cause says.
    private static IReadOnlyList<Notice> OfCause(Transition step) => step.Cause switch
    {
        "reload-requested" => [Changed("Reload of tables has been requested for the DMS replication.", "REPLICATION_RELOAD_REQUESTED", "DMS-EVENT-0081")],
        "deprovisioning-started" => [Changed("DMS replication is deprovisioning its capacity", "REPLICATION_DEPROVISIONING")],
        "deprovisioned" => [Changed("DMS replication has been deprovisioned.", "REPLICATION_DEPROVISIONED")],
        "scaling-up" or "scaled-up" => [Scaling(step, "DMS replication scaling up event.", "REPLICATION_SCALING_UP")],
        "scaling-down" or "scaled-down" => [Scaling(step, "DMS replication scaling down event.", "REPLICATION_SCALING_DOWN")],
        "scaling-completed" => [Scaling(step, "DMS replication scaling event completed.", "REPLICATION_SCALING_COMPLETED")],
        "scaling-refused" => [Scaling(step, "The replication cannot scale.", "REPLICATION_SCALING_REFUSED")],
        _ => [],
    };

    private static IReadOnlyList<Notice> OfStatus(Transition step) => (step.From, step.To) switch
    {
        (null, _) => [new("DMS replication has been created.", EventCategories.Creation, "REPLICATION_CREATED", "DMS-EVENT-0074")],
        (Modifying, _) => [],   // back in its status: the service tells of the beginning only
        (_, Initializing) => [Changed("DMS replication is initializing.", "REPLICATION_INITIALIZING")],
        (_, PreparingMetadataResources) => [Changed("DMS replication is preparing the resources for metadata collection.", "REPLICATION_PREPARING_METADATA_RESOURCES")],
        (_, TestingConnection) => [Changed("The connections tied to DMS replication is being tested.", "REPLICATION_TESTING_CONNECTION")],
        (_, FetchingMetadata) => [Changed("DMS replication is fetching metadata", "REPLICATION_FETCHING_METADATA")],
        (_, CalculatingCapacity) => [Changed("DMS replication is calculating capacity", "REPLICATION_CALCULATING_CAPACITY")],
        (_, ProvisioningCapacity) => [Changed("DMS replication is provisioning its capacity", "REPLICATION_PROVISIONING_CAPACITY")],
        (ProvisioningCapacity, ReplicationStarting) => [Changed("DMS replication has been provisioned.", "REPLICATION_PROVISIONED"), Started()],
        (_, ReplicationStarting) => [Started()],
        (_, Running) => [Changed("DMS replication is running.", "REPLICATION_RUNNING")],
        (_, Stopping) => [Changed("DMS replication is being stopped.", "REPLICATION_STOPPING")],
        (_, Stopped) => [Changed("DMS replication has stopped", "REPLICATION_STOPPED", "DMS-EVENT-0079")],
        (_, Failed) => [new(Joined("DMS replication has failed.", step.Details), EventCategories.Failure, "REPLICATION_FAILED", "DMS-EVENT-0078")],
        (_, Modifying) => [new("DMS replication is being modified.", EventCategories.ConfigurationChange, "REPLICATION_MODIFIED", "DMS-EVENT-0080")],
        (_, Deleting) => [new("DMS replication is being deleted.", EventCategories.Deletion, "REPLICATION_DELETED", "DMS-EVENT-0073")],
        _ => [],
    };

    private static Notice Started() => Changed("DMS replication has started", "REPLICATION_STARTED", "DMS-EVENT-0069");

    private static Notice Changed(string message, string type, string? id = null) => new(message, EventCategories.StateChange, type, id);

    // Who decides to scale knows the words best.
    private static Notice Scaling(Transition step, string otherwise, string type) => new(step.Details ?? otherwise, EventCategories.ConfigurationChange, type);

    private static string Joined(string message, string? details) => details is null ? message : $"{message} {details}";
}
