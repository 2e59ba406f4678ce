using DmsOrleans.Assessments;

namespace DmsOrleans.Tests.Gateway;

/// <summary>Every member of an assessment, held against the model; what the runs do is in <c>Node/AssessmentTests</c>.</summary>
public sealed class AssessmentsApiTests : IAsyncLifetime
{
    private GatewayHost gateway = null!;
    private AssessmentRunView run = null!;

    public async ValueTask InitializeAsync()
    {
        gateway = await GatewayHost.StartAsync();
        var arn = gateway.Cluster.Add("orders", "failed");
        run = new()
        {
            Arn = AssessmentArns.Of(arn, 3),
            ConfigArn = arn,
            Status = AssessmentStatuses.Failed,
            FailOnFailure = true,
            CreatedAt = FakeCluster.Now,
            LastFailureMessage = "b failed: why",
            ResultLocationBucket = "bucket",
            ResultLocationFolder = "folder",
            ResultEncryptionMode = "SSE_KMS",
            ResultKmsKeyArn = "key",
            IsLatest = true,
            Individual = [.. new[] { "passed", "failed", "error", "warning", "cancelled", "skipped", "pending" }.Select((status, i) => new IndividualAssessmentView(AssessmentArns.Of(arn, 3, i), $"n{i}", status, i == 6 ? null : FakeCluster.Now))],
        };
        gateway.Cluster.Replications[arn] = gateway.Cluster.Replications[arn] with { Assessments = [run] };
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task A_replication_shows_its_runs()
    {
        var json = await gateway.SucceedAsync("DescribeReplications", "{}");
        Assert.Equal($$$"""
            [{"PremigrationAssessmentRunArn":"{{{run.Arn}}}","FailOnAssessmentFailure":true,"Status":"failed","PremigrationAssessmentRunCreationDate":1772366400.123,"AssessmentProgress":{"IndividualAssessmentCount":7,"IndividualAssessmentCompletedCount":6},"LastFailureMessage":"b failed: why","ResultLocationBucket":"bucket","ResultLocationFolder":"folder","ResultEncryptionMode":"SSE_KMS","ResultKmsKeyArn":"key","ResultStatistic":{"Passed":1,"Failed":1,"Error":1,"Warning":1,"Cancelled":1,"Skipped":1}}]
            """, json.GetProperty("Replications")[0].GetProperty("PremigrationAssessmentStatuses").GetRawText());
    }

    [Fact]
    public async Task Runs_and_individual_assessments_are_listed_and_filtered()
    {
        var runs = await gateway.SucceedAsync("DescribeReplicationTaskAssessmentRuns", Filter("replication-task-arn", run.ConfigArn));
        Assert.Equal(run.Arn, runs.GetProperty("ReplicationTaskAssessmentRuns")[0].GetProperty("ReplicationTaskAssessmentRunArn").GetString());
        Assert.Empty((await gateway.SucceedAsync("DescribeReplicationTaskAssessmentRuns", Filter("status", "passed"))).GetProperty("ReplicationTaskAssessmentRuns").EnumerateArray());
        var individual = await gateway.SucceedAsync("DescribeReplicationTaskIndividualAssessments", Filter("status", "failed"));
        Assert.Equal("n1", Assert.Single(individual.GetProperty("ReplicationTaskIndividualAssessments").EnumerateArray()).GetProperty("IndividualAssessmentName").GetString());
    }

    [Theory]
    [InlineData("CancelReplicationTaskAssessmentRun", "cancelling")]
    [InlineData("DeleteReplicationTaskAssessmentRun", "deleting")]
    public async Task A_run_is_cancelled_or_deleted_by_its_ARN(string operation, string status)
    {
        var json = await gateway.SucceedAsync(operation, $$"""{"ReplicationTaskAssessmentRunArn":"{{run.Arn}}"}""");
        Assert.Equal(status, json.GetProperty("ReplicationTaskAssessmentRun").GetProperty("Status").GetString());
        Assert.Equal(run.ConfigArn, json.GetProperty("ReplicationTaskAssessmentRun").GetProperty("ReplicationTaskArn").GetString());
    }

    [Fact]
    public async Task Applicable_assessments_are_asked_for_by_config_or_by_engines()
    {
        await gateway.SucceedAsync("DescribeApplicableIndividualAssessments", $$"""{"ReplicationConfigArn":"{{run.ConfigArn}}"}""");
        Assert.Equal(run.ConfigArn, gateway.Cluster.Last<ApplicableAssessmentsQuery>().ConfigArn);
        await gateway.SucceedAsync("DescribeApplicableIndividualAssessments", """{"SourceEngineName":"mysql","TargetEngineName":"postgres","MigrationType":"cdc"}""");
        Assert.Equal(DmsOrleans.Replications.ReplicationType.Cdc, gateway.Cluster.Last<ApplicableAssessmentsQuery>().Type);
        await gateway.FailAsync("ResourceNotFoundFault", "DescribeApplicableIndividualAssessments", """{"ReplicationTaskArn":"arn:aws:dms:us-east-1:000000000000:task:X"}""");
    }

    private static string Filter(string name, string value) => $$"""{"Filters":[{"Name":"{{name}}","Values":["{{value}}"]}]}""";
}
