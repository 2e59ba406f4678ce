using DmsOrleans.Assessments;
using DmsOrleans.Replications;

namespace DmsOrleans.Engines.Simulated;

/// <summary>Individual premigration assessments, looked up in the simulated source; a profile may say what any of them comes to.</summary>
internal static class SimulatedAssessments
{
    private const string NoKey = "table-with-no-primary-key-or-unique-constraint";
    private const string PostgresNoKey = "postgres-check-pk";
    private const string SimilarNames = "postgres-check-similar-table-name";
    private const string NoTargetKey = "target-table-has-unique-key-or-primary-key-for-cdc";
    private const string LobWithoutKey = "table-with-lob-but-without-primary-key-or-unique-constraint";

    private static readonly string[] Always = ["unsupported-data-types-in-source", "full-lob-not-nullable-at-target", LobWithoutKey];
    private static readonly string[] WithCapture = [NoKey];
    private static readonly string[] PostgresAlways = ["postgres-check-dbversion", "postgres-check-postgis-data-type", SimilarNames, "postgres-check-pk-lob", "postgres-check-select-object-privileges"];
    private static readonly string[] PostgresWithCapture = ["postgres-check-ddl-event-trigger", "postgres-check-maxwalsenders", "postgres-check-replication-slots-count", "postgres-check-wallevel", PostgresNoKey];

    /// <summary>The most that a profile can name results of.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Always, .. WithCapture, NoTargetKey, .. PostgresAlways, .. PostgresWithCapture];

    /// <summary>What a result may be.</summary>
    public static IReadOnlyList<string> Results { get; } =
        [AssessmentStatuses.Passed, AssessmentStatuses.Warning, AssessmentStatuses.Failed, AssessmentStatuses.Error, AssessmentStatuses.Skipped];

    /// <summary>Those of AWS's list that apply, in the order of their names.</summary>
    public static IReadOnlyList<string> Applicable(string sourceEngine, ReplicationType type)
    {
        var postgres = sourceEngine.Contains("postgres", StringComparison.OrdinalIgnoreCase);
        IEnumerable<string> names =
        [
            .. Always,
            .. type.HasCdc() ? WithCapture : [],
            .. type == ReplicationType.Cdc ? [NoTargetKey] : Array.Empty<string>(),
            .. postgres ? PostgresAlways : [],
            .. postgres && type.HasCdc() ? PostgresWithCapture : [],
        ];
        return [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>What an assessment comes to.</summary>
    public static AssessmentVerdict Assess(AssessmentsSimulation profile, string assessment, IReadOnlyList<MatchedTable> tables)
    {
        if (profile.Results.TryGetValue(assessment, out var result))
        {
            return new AssessmentVerdict(result, result == AssessmentStatuses.Passed ? null : profile.Message ?? $"The simulation profile says '{result}'.");
        }

        var (concerns, why) = assessment switch
        {
            NoKey or NoTargetKey or PostgresNoKey => (tables.Where(t => !t.Figures.HasPrimaryKey), "without a primary key or unique constraint"),
            LobWithoutKey => (tables.Where(t => !t.Figures.HasPrimaryKey && t.Figures.LobShare > 0), "with large objects but without a primary key or unique constraint"),
            SimilarNames => (tables.GroupBy(t => t.Name.ToString(), StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).SelectMany(same => same), "whose names differ in case only"),
            _ => ([], ""),
        };
        var found = concerns.Select(t => t.Name.ToString()).ToList();
        return found.Count == 0 ? new AssessmentVerdict(AssessmentStatuses.Passed, null)
            : new AssessmentVerdict(AssessmentStatuses.Failed, $"{found.Count} tables {why}: {string.Join(", ", found.Take(5))}{(found.Count > 5 ? ", …" : "")}");
    }
}
