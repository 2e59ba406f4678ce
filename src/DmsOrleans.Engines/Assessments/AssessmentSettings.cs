using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.Assessments;

/// <summary>What <c>StartReplication.PremigrationAssessmentSettings</c> asks for (user guide, "Premigration assessments for serverless").</summary>
public sealed record AssessmentSettings
{
    private static readonly string[] EncryptionModes = ["SSE_S3", "SSE_KMS"];
    private static readonly char[] Separators = [' ', ',', '\t', '\r', '\n'];

    /// <summary>Folder of the results; null for one named after the config.</summary>
    public string? ResultLocationFolder { get; init; }

    /// <summary><c>SSE_S3</c> or <c>SSE_KMS</c>.</summary>
    public string ResultEncryptionMode { get; init; } = "SSE_S3";

    /// <summary>With <c>SSE_KMS</c> only.</summary>
    public string? ResultKmsKeyArn { get; init; }

    /// <summary>The only assessments to make; null for all that apply.</summary>
    public IReadOnlyList<string>? IncludeOnly { get; init; }

    /// <summary>Assessments to leave out; null for none.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>Whether the replication fails when an assessment does.</summary>
    public bool FailOnAssessmentFailure { get; init; } = true;

    /// <summary>Reads the JSON; every fault at once. Lists may be written with spaces between the names, as the guide has them, or as arrays.</summary>
    public static Parsed<AssessmentSettings> Parse(string text)
    {
        var faults = new List<string>();
        if (JsonText.TryParse(text, out var fault) is not { } root)
        {
            return new(null, [$"PremigrationAssessmentSettings: {fault}."]);
        }

        if (JsonMembers.Of(root, "PremigrationAssessmentSettings", faults) is not { } json)
        {
            return new(null, faults);
        }

        var settings = new AssessmentSettings
        {
            ResultLocationFolder = json.Text("ResultLocationFolder"),
            ResultEncryptionMode = json.OneOf("ResultEncryptionMode", EncryptionModes) ?? "SSE_S3",
            ResultKmsKeyArn = json.Text("ResultKmsKeyArn"),
            IncludeOnly = Names(json, "IncludeOnly", faults),
            Exclude = Names(json, "Exclude", faults),
            FailOnAssessmentFailure = json.Flag("FailOnAssessmentFailure") ?? true,
        };
        json.RefuseOthers();
        if (settings is { IncludeOnly: not null, Exclude: not null })
        {
            faults.Add("PremigrationAssessmentSettings: IncludeOnly and Exclude exclude one another.");
        }

        if ((settings.ResultEncryptionMode == "SSE_KMS") != (settings.ResultKmsKeyArn is not null))
        {
            faults.Add("PremigrationAssessmentSettings: ResultKmsKeyArn is needed with ResultEncryptionMode SSE_KMS, and only then.");
        }

        return faults.Count == 0 ? new(settings) : new(null, faults);
    }

    /// <summary>The assessments to make of those that apply, and what is wrong with the choice.</summary>
    public (IReadOnlyList<string> Names, string? Fault) Choose(IReadOnlyList<string> applicable)
    {
        var unknown = (IncludeOnly ?? Exclude ?? []).Except(applicable).ToList();
        if (unknown.Count > 0)
        {
            return ([], $"PremigrationAssessmentSettings names assessments that do not apply: {string.Join(", ", unknown)}. Those that apply are {string.Join(", ", applicable)}.");
        }

        List<string> chosen = [.. applicable.Where(name => IncludeOnly?.Contains(name) != false && Exclude?.Contains(name) != true)];
        return (chosen, chosen.Count > 0 ? null : "PremigrationAssessmentSettings leaves no assessment to make.");
    }

    private static List<string>? Names(JsonMembers json, string member, List<string> faults)
    {
        if (json.Any(member) is not { } value)
        {
            return null;
        }

        List<string>? names = value.ValueKind switch
        {
            System.Text.Json.JsonValueKind.String => [.. value.GetString()!.Split(Separators, StringSplitOptions.RemoveEmptyEntries)],
            System.Text.Json.JsonValueKind.Array when value.EnumerateArray().All(e => e.ValueKind == System.Text.Json.JsonValueKind.String) => [.. value.EnumerateArray().Select(e => e.GetString()!)],
            _ => null,
        };
        if (names is null)
        {
            faults.Add($"{json.PathOf(member)} must be names with spaces between them, or an array of names.");
        }

        return names is { Count: 0 } ? null : names;
    }
}
