using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Simulated;

/// <summary>What a simulated run needs over its running time.</summary>
internal static class SimulatedLoad
{
    /// <summary>Share of a computed capacity in use while the load is what it was computed for: between the thresholds of autoscaling, so that nothing scales without a reason.</summary>
    public const double UsualShare = 0.55;

    /// <summary>Whether the load stays what the capacity was computed for, which needs no plan to tell.</summary>
    public static bool IsSteady(SimulationProfile profile, EngineJob job) =>
        profile.Options.Load is null && job.Spec.Type != ReplicationType.FullLoadAndCdc;

    /// <summary>The forecast of a planned run.</summary>
    public static LoadForecast Of(SimulationProfile profile, EngineJob job, RunPlan plan)
    {
        if (profile.Options.Load is not { } levels)
        {
            return plan.DefaultLoad();
        }

        var loaded = job.Spec.Type == ReplicationType.FullLoad ? TimeSpan.MaxValue : plan.LoadsEnd;
        return new LoadForecast([.. levels.Select(level => new LoadLevel(TimeSpan.FromSeconds(level.AfterSeconds), level.CapacityUnits))], loaded);
    }
}
