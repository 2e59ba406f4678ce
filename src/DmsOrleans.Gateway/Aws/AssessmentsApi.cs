using System.Globalization;
using System.Text.Json;
using DmsOrleans.Assessments;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Replications;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Premigration assessments. Serverless ones begin with StartReplication; the operations of tasks show, cancel and delete them.</summary>
internal static class AssessmentsApi
{
    private const int FewestRecords = 20;
    private const int MostRecords = 100;
    private const string RunFilter = "replication-task-assessment-run-arn";
    private const string TaskFilter = "replication-task-arn";
    private const string ConfigFilter = "replication-config-arn";
    private const string StatusFilter = "status";

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeAssessments(this AwsOperations operations) => operations
        .Serve("DescribeApplicableIndividualAssessments", DescribeApplicableAsync)
        .Serve("DescribeReplicationTaskAssessmentRuns", DescribeRunsAsync)
        .Serve("DescribeReplicationTaskIndividualAssessments", DescribeIndividualAsync)
        .Serve("CancelReplicationTaskAssessmentRun", CancelAsync)
        .Serve("DeleteReplicationTaskAssessmentRun", DeleteAsync);

    /// <summary>A run as a replication shows it.</summary>
    public static void WriteStatus(Utf8JsonWriter json, AssessmentRunView run)
    {
        json.Text("PremigrationAssessmentRunArn", run.Arn);
        json.Flag("FailOnAssessmentFailure", run.FailOnFailure);
        json.Text("Status", run.Status);
        json.Time("PremigrationAssessmentRunCreationDate", run.CreatedAt);
        WriteResults(json, run);
    }

    private static async Task<AwsReply> DescribeApplicableAsync(AwsCall call)
    {
        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        var (query, badQuery) = Applicable(call);
        if ((badPaging ?? badQuery) is { } error)
        {
            return error;
        }

        var names = await call.Grains.GetGrain<IAssessmentDirectory>(0).Applicable(query);
        return names is null ? AwsError.NoSuchArn(query.ConfigArn) : Page(names, paging, (json, page) => json.Texts("IndividualAssessmentNames", page));
    }

    // A config says it all; without one, all three of source, target and type have to be given.
    private static (ApplicableAssessmentsQuery Query, AwsError? Error) Applicable(AwsCall call)
    {
        var query = new ApplicableAssessmentsQuery { SourceEngine = call.Input.Text("SourceEngineName"), TargetEngine = call.Input.Text("TargetEngineName") };
        if (call.Input.Text("ReplicationTaskArn") is { } task)
        {
            return (query, AwsError.NotFound($"There is no replication task {AwsError.Shown(task)}: name a ReplicationConfigArn."));
        }

        if (call.Input.Text("ReplicationConfigArn") is { } text)
        {
            return call.TryOwnArn(text, Arn.ReplicationConfigKind, out var arn, out var notFound) ? (query with { ConfigArn = arn.Value }, null) : (query, notFound);
        }

        return query is { SourceEngine: not null, TargetEngine: not null } && ReplicationTypes.TryParse(call.Input.Text("MigrationType"), out var type)
            ? (query with { Type = type }, null)
            : (query, AwsError.InvalidCombination("Give ReplicationConfigArn, or SourceEngineName, TargetEngineName and MigrationType together."));
    }

    private static async Task<AwsReply> DescribeRunsAsync(AwsCall call)
    {
        var (runs, paging, error) = await FindAsync(call);
        return error ?? Page(runs, paging, (json, page) => json.Structures("ReplicationTaskAssessmentRuns", page, WriteRun));
    }

    private static async Task<AwsReply> DescribeIndividualAsync(AwsCall call)
    {
        var (runs, paging, error) = await FindAsync(call, individual: true);
        var found = runs.SelectMany(run => run.Individual.Select(individual => (run.Arn, individual))).ToList();
        return error ?? Page(found, paging, (json, page) => json.Structures("ReplicationTaskIndividualAssessments", page, WriteIndividual));
    }

    // The filter for a task takes a config's ARN: serverless replications have no other.
    private static async Task<(IReadOnlyList<AssessmentRunView> Runs, AwsPaging Paging, AwsError? Error)> FindAsync(AwsCall call, bool individual = false)
    {
        var (filters, badFilter) = AwsFilters.Read(call.Input, RunFilter, TaskFilter, ConfigFilter, StatusFilter);
        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        if ((badFilter ?? badPaging) is { } error)
        {
            return ([], paging, error);
        }

        var found = await call.Grains.GetGrain<IAssessmentDirectory>(0).List(new AssessmentQuery
        {
            Scope = call.Scope,
            ConfigArns = filters[ConfigFilter] ?? filters[TaskFilter],
            RunArns = filters[RunFilter],
        });
        IReadOnlyList<AssessmentRunView> matching = filters[StatusFilter] is not { } statuses ? found
            : individual ? [.. found.Select(run => run with { Individual = [.. run.Individual.Where(i => statuses.Contains(i.Status))] })]
            : [.. found.Where(run => statuses.Contains(run.Status))];
        var named = filters[ConfigFilter] ?? filters[TaskFilter] ?? filters[RunFilter];
        return (matching, paging, named is not null && found.Count == 0 ? AwsError.NotFound("No premigration assessment run matches the filters.") : null);
    }

    private static Task<AwsReply> CancelAsync(AwsCall call) => ChangeAsync(call, (grain, arn) => grain.CancelAssessment(new CancelAssessment(arn)));

    private static Task<AwsReply> DeleteAsync(AwsCall call) => ChangeAsync(call, (grain, arn) => grain.DeleteAssessment(new DeleteAssessment(arn)));

    private static async Task<AwsReply> ChangeAsync(AwsCall call, Func<IReplicationGrain, string, Task<Answer<AssessmentRunView>>> change)
    {
        if (!call.TryArn("ReplicationTaskAssessmentRunArn", AssessmentArns.RunKind, out var arn, out var notFound))
        {
            return notFound;
        }

        return AssessmentArns.TryConfigOf(arn.Value, out var config)
            ? AwsReply.Of(await change(call.Grains.GetGrain<IReplicationGrain>(config), arn.Value), (json, run) => json.Structure("ReplicationTaskAssessmentRun", run, WriteRun))
            : AwsError.NoSuchArn(arn.Value);
    }

    private static void WriteRun(Utf8JsonWriter json, AssessmentRunView run)
    {
        json.Text("ReplicationTaskAssessmentRunArn", run.Arn);
        json.Text("ReplicationTaskArn", run.ConfigArn);
        json.Text("Status", run.Status);
        json.Time("ReplicationTaskAssessmentRunCreationDate", run.CreatedAt);
        json.Text("AssessmentRunName", new Arn(run.Arn).ResourceId);
        json.Flag("IsLatestTaskAssessmentRun", run.IsLatest);
        WriteResults(json, run);
    }

    private static void WriteResults(Utf8JsonWriter json, AssessmentRunView run)
    {
        json.Structure("AssessmentProgress", run, (inner, of) =>
        {
            inner.Number("IndividualAssessmentCount", of.Individual.Count);
            inner.Number("IndividualAssessmentCompletedCount", of.CompletedCount);
        });
        json.Text("LastFailureMessage", run.LastFailureMessage);
        json.Text("ResultLocationBucket", run.ResultLocationBucket);
        json.Text("ResultLocationFolder", run.ResultLocationFolder);
        json.Text("ResultEncryptionMode", run.ResultEncryptionMode);
        json.Text("ResultKmsKeyArn", run.ResultKmsKeyArn);
        json.Structure("ResultStatistic", run, (inner, of) =>
        {
            inner.Number("Passed", of.Count(AssessmentStatuses.Passed));
            inner.Number("Failed", of.Count(AssessmentStatuses.Failed));
            inner.Number("Error", of.Count(AssessmentStatuses.Error));
            inner.Number("Warning", of.Count(AssessmentStatuses.Warning));
            inner.Number("Cancelled", of.Count(AssessmentStatuses.Cancelled));
            inner.Number("Skipped", of.Count(AssessmentStatuses.Skipped));
        });
    }

    private static void WriteIndividual(Utf8JsonWriter json, (string RunArn, IndividualAssessmentView Individual) found)
    {
        json.Text("ReplicationTaskIndividualAssessmentArn", found.Individual.Arn);
        json.Text("ReplicationTaskAssessmentRunArn", found.RunArn);
        json.Text("IndividualAssessmentName", found.Individual.Name);
        json.Text("Status", found.Individual.Status);
        json.Time("ReplicationTaskIndividualAssessmentStartDate", found.Individual.StartedAt);
    }

    // Runs are few and kept with their replication: a marker is a place in the list.
    private static AwsReply Page<T>(IReadOnlyList<T> found, AwsPaging paging, Action<Utf8JsonWriter, IReadOnlyList<T>> members)
    {
        var offset = 0;
        if (paging.Marker is { } marker && !int.TryParse(marker, NumberStyles.None, CultureInfo.InvariantCulture, out offset))
        {
            return AwsPaging.BadMarker;
        }

        IReadOnlyList<T> page = [.. found.Skip(offset).Take(paging.Limit)];
        return new AwsResult(json =>
        {
            json.Text("Marker", found.Count - offset > paging.Limit ? (offset + paging.Limit).ToString(CultureInfo.InvariantCulture) : null);
            members(json, page);
        });
    }
}
