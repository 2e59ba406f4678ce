namespace DmsOrleans.Replications;

/// <summary>Questions about the maintenance of many replications, answered from the store.</summary>
[Alias("dms.IMaintenanceDirectory")]
public interface IMaintenanceDirectory : IGrainWithIntegerKey
{
    /// <summary>
    /// Replications with pending maintenance, in the order they were created. One call looks at 1,000 replications at the most, so a page may
    /// hold fewer than there are, even none, and still have a next one.
    /// </summary>
    [Alias("list")]
    Task<Records.RecordPage<PendingMaintenance>> List(Records.RecordQuery query);
}

/// <summary>ApplyPendingMaintenanceAction.</summary>
/// <param name="Action"><c>os-upgrade</c>, <c>system-update</c>, <c>db-upgrade</c> or <c>os-patch</c>; others are refused.</param>
/// <param name="OptIn"><c>immediate</c>, <c>next-maintenance</c> or <c>undo-opt-in</c>; others are refused.</param>
[GenerateSerializer, Immutable, Alias("dms.ApplyMaintenance")]
public sealed record ApplyMaintenance([property: Id(0)] string Action, [property: Id(1)] string OptIn);

/// <summary>The maintenance a replication has before it.</summary>
/// <param name="Arn">Of the replication config.</param>
/// <param name="Actions">By action.</param>
[GenerateSerializer, Immutable, Alias("dms.PendingMaintenance")]
public sealed record PendingMaintenance([property: Id(0)] string Arn, [property: Id(1)] IReadOnlyList<MaintenanceAction> Actions);

/// <summary>An action of maintenance. Members are those of the model's <c>PendingMaintenanceAction</c>.</summary>
/// <param name="Action">The action.</param>
/// <param name="OptInStatus">The opt-in received; null for none.</param>
/// <param name="CurrentApplyDate">When it is applied; null while nobody has opted in.</param>
/// <param name="Description">What it does.</param>
[GenerateSerializer, Immutable, Alias("dms.MaintenanceAction")]
public sealed record MaintenanceAction(
    [property: Id(0)] string Action, [property: Id(1)] string? OptInStatus, [property: Id(2)] DateTimeOffset? CurrentApplyDate, [property: Id(3)] string? Description);
