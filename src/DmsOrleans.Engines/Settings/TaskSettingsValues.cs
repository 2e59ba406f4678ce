namespace DmsOrleans.Engines.Settings;

/// <summary>The task settings that engines act on, with the service's defaults for those not sent.</summary>
public sealed record TaskSettingsValues
{
    /// <summary>Tables loaded at once, 1 to 49.</summary>
    public int MaxFullLoadSubTasks { get; init; } = 8;

    /// <summary>Whether the run stops after the full load, before the cached changes.</summary>
    public bool StopTaskCachedChangesNotApplied { get; init; }

    /// <summary>Whether the run stops after the cached changes, before the ongoing ones.</summary>
    public bool StopTaskCachedChangesApplied { get; init; }

    /// <summary>Whether a run without tables fails.</summary>
    public bool FailOnNoTablesCaptured { get; init; } = true;

    /// <summary>Whether rows at the target are compared with the source (ValidationSettings.EnableValidation).</summary>
    public bool EnableValidation { get; init; }

    /// <summary>Whether rows are compared and none are moved (ValidationSettings.ValidationOnly, with EnableValidation).</summary>
    public bool ValidationOnly { get; init; }

    /// <summary>Whether one table in error fails the run (TableErrorPolicy STOP_TASK) instead of being left aside.</summary>
    public bool StopsOnTableError { get; init; }
}
