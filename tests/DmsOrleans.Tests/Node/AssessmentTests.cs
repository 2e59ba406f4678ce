using System.Text.Json;
using DmsOrleans.Assessments;
using DmsOrleans.Replications;
using DmsOrleans.Tests.Faults;

namespace DmsOrleans.Tests.Node;

/// <summary>Premigration assessments on a real node, through the AWS face.</summary>
public sealed class AssessmentTests : IAsyncLifetime
{
    private const string Failing = """{"simulation":{"assessments":{"secondsEach":20,"results":{"postgres-check-wallevel":"failed"},"message":"wal_level is replica"}}}""";
    private const string Slow = """{"simulation":{"assessments":{"secondsEach":100000000}}}""";

    private TestNode node = null!;
    private HttpClient http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        node = await TestNode.StartAsync();
        await node.CreateEndpointsAsync();
        http = new HttpClient { BaseAddress = node.Url };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task An_assessment_that_passes_is_shown_with_its_results_and_lets_the_replication_run()
    {
        await StartAsync("orders", """{"ResultLocationFolder":"checks","ResultEncryptionMode":"SSE_KMS","ResultKmsKeyArn":"arn:aws:kms:k"}""");
        await node.WaitForAsync("orders", "running");
        var run = (await DescribeAsync("orders")).GetProperty("PremigrationAssessmentStatuses")[0];
        var count = run.GetProperty("AssessmentProgress").GetProperty("IndividualAssessmentCount").GetInt32();
        Assert.True(count > 5);
        Assert.Equal(
            ("passed", true, count, count, "checks", "SSE_KMS", "arn:aws:kms:k"),
            (Text(run, "Status"), run.GetProperty("FailOnAssessmentFailure").GetBoolean(), run.GetProperty("AssessmentProgress").GetProperty("IndividualAssessmentCompletedCount").GetInt32(),
                run.GetProperty("ResultStatistic").GetProperty("Passed").GetInt32(), Text(run, "ResultLocationFolder"), Text(run, "ResultEncryptionMode"), Text(run, "ResultKmsKeyArn")));
        var history = await node.HistoryAsync("orders");
        Assert.Equal(["created", "start-requested", "assessment-started", "assessment-completed", "phase-completed"], history.Take(5).Select(t => t.Cause));
        Histories.AssertLegal("orders", history, starts: 1, stops: 0, "running");

        var runArn = Text(run, "PremigrationAssessmentRunArn");
        var individual = await SendAsync("DescribeReplicationTaskIndividualAssessments", Filter("replication-task-assessment-run-arn", runArn));
        Assert.Equal(count, individual.GetProperty("ReplicationTaskIndividualAssessments").GetArrayLength());
        var applicable = await SendAsync("DescribeApplicableIndividualAssessments", $$"""{"ReplicationConfigArn":"{{TestNode.ArnOf("orders")}}"}""");
        Assert.Equal(count, applicable.GetProperty("IndividualAssessmentNames").GetArrayLength());
        var deleted = await SendAsync("DeleteReplicationTaskAssessmentRun", $$"""{"ReplicationTaskAssessmentRunArn":"{{runArn}}"}""");
        Assert.Equal("deleting", Text(deleted.GetProperty("ReplicationTaskAssessmentRun"), "Status"));
        Assert.Empty((await SendAsync("DescribeReplicationTaskAssessmentRuns", "{}")).GetProperty("ReplicationTaskAssessmentRuns").EnumerateArray());
    }

    [Theory]
    [InlineData(true, "failed")]
    [InlineData(false, "running")]
    public async Task A_failed_assessment_fails_the_replication_when_it_should(bool failOnFailure, string status)
    {
        await StartAsync("orders", $$"""{"FailOnAssessmentFailure":{{(failOnFailure ? "true" : "false")}},"IncludeOnly":"postgres-check-wallevel unsupported-data-types-in-source"}""", Failing);
        var view = await node.WaitForAsync("orders", status);
        var run = Assert.Single(view.Assessments!);
        Assert.Equal(("failed", 1, 1), (run.Status, run.Count(AssessmentStatuses.Failed), run.Count(AssessmentStatuses.Passed)));
        Assert.Contains("postgres-check-wallevel failed: wal_level is replica", run.LastFailureMessage, StringComparison.Ordinal);
        if (failOnFailure)
        {
            Assert.Contains("wal_level is replica", Assert.Single(view.FailureMessages), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task While_it_is_assessed_a_replication_is_initializing_and_cancelling_fails_it()
    {
        await StartAsync("orders", "{}", Slow);
        var assessed = await Until.AsyncIs(() => node.ViewAsync("orders"), v => v.Assessments?[0].Status == "running", "the assessment to run");
        Assert.Equal("initializing", assessed.Status);
        Assert.StartsWith("premigration assessment 1 of", assessed.WaitingOn, StringComparison.Ordinal);
        var arn = assessed.Assessments![0].Arn;
        Assert.Equal("InvalidResourceStateFault", (await RefusedAsync("DeleteReplicationTaskAssessmentRun", $$"""{"ReplicationTaskAssessmentRunArn":"{{arn}}"}""")).Fault);
        var cancelled = await SendAsync("CancelReplicationTaskAssessmentRun", $$"""{"ReplicationTaskAssessmentRunArn":"{{arn}}"}""");
        Assert.Equal("cancelling", Text(cancelled.GetProperty("ReplicationTaskAssessmentRun"), "Status"));
        var failed = await node.WaitForAsync("orders", "failed");
        Assert.Equal(failed.Assessments![0].Individual.Count, failed.Assessments[0].Count(AssessmentStatuses.Cancelled));
        Assert.Equal("InvalidResourceStateFault", (await RefusedAsync("CancelReplicationTaskAssessmentRun", $$"""{"ReplicationTaskAssessmentRunArn":"{{arn}}"}""")).Fault);
    }

    [Fact]
    public async Task A_stop_ends_the_assessment_too()
    {
        var grain = await StartAsync("orders", "{}", Slow);
        await Until.AsyncIs(() => node.ViewAsync("orders"), v => v.Assessments?[0].Status == "running", "the assessment to run");
        await grain.Stop(new());
        Assert.Equal("failed", (await node.WaitForAsync("orders", "stopped")).Assessments![0].Status);
    }

    [Fact]
    public async Task The_last_five_runs_are_kept()
    {
        var grain = await StartAsync("orders", "{}", Failing);
        for (var run = 2; run <= 7; run++)
        {
            await node.WaitForAsync("orders", "failed");
            Assert.Null((await grain.Start(new() { StartType = "start-replication", AssessmentSettings = "{}" })).Refusal);
        }

        var kept = (await node.WaitForAsync("orders", "failed")).Assessments!;
        Assert.Equal(Enumerable.Range(3, 5).Select(n => AssessmentArns.Of(TestNode.ArnOf("orders"), n)), kept.Select(r => r.Arn));
        Assert.Equal([false, false, false, false, true], kept.Select(r => r.IsLatest));
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("""{"IncludeOnly":"a","Exclude":"b"}""", "exclude one another")]
    [InlineData("""{"IncludeOnly":"no-such-check"}""", "do not apply: no-such-check")]
    [InlineData("""{"ResultEncryptionMode":"SSE_KMS"}""", "ResultKmsKeyArn is needed")]
    [InlineData("""{"ResultEncryptionMode":"PLAIN"}""", "SSE_S3, SSE_KMS")]
    [InlineData("""{"FailOnAssessmentFailure":"yes"}""", "FailOnAssessmentFailure must be true or false")]
    [InlineData("""{"Folder":"x"}""", "Folder is not known")]
    public async Task Wrong_settings_start_nothing_and_are_named(string settings, string said)
    {
        var grain = await node.CreateAsync("orders");
        var refusal = (await grain.Start(new() { StartType = "start-replication", AssessmentSettings = settings })).Refusal!;
        Assert.Equal(Fault.InvalidParameterValue, refusal.Fault);
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("created", (await node.ViewAsync("orders")).Status);
    }

    [Fact]
    public async Task A_table_without_a_key_is_found_by_the_assessments_that_look_for_it()
    {
        const string Profile = """{"simulation":{"tables":[{"schema":"public","table":"a","rows":1,"lobShare":0.5,"hasPrimaryKey":false},{"schema":"public","table":"b","rows":1}]}}""";
        await StartAsync("orders", """{"FailOnAssessmentFailure":false}""", Profile);
        var run = (await node.WaitForAsync("orders", "running")).Assessments![0];
        string[] expected = ["postgres-check-pk", "table-with-lob-but-without-primary-key-or-unique-constraint", "table-with-no-primary-key-or-unique-constraint", "target-table-has-unique-key-or-primary-key-for-cdc"];
        Assert.Equal(expected, run.Individual.Where(i => i.Status == "failed").Select(i => i.Name));
        Assert.Contains("public.a", run.LastFailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DescribeApplicableIndividualAssessments", """{"SourceEngineName":"mysql"}""", "InvalidParameterCombinationException")]
    [InlineData("DescribeApplicableIndividualAssessments", """{"ReplicationConfigArn":"arn:aws:dms:us-east-1:000000000000:replication-config:NONE"}""", "ResourceNotFoundFault")]
    [InlineData("CancelReplicationTaskAssessmentRun", """{"ReplicationTaskAssessmentRunArn":"arn:aws:dms:us-east-1:000000000000:assessment-run:NONE-1"}""", "ResourceNotFoundFault")]
    [InlineData("DeleteReplicationTaskAssessmentRun", """{"ReplicationTaskAssessmentRunArn":"nonsense"}""", "ResourceNotFoundFault")]
    [InlineData("DescribeReplicationTaskAssessmentRuns", """{"Filters":[{"Name":"replication-task-assessment-run-arn","Values":["nonsense"]}]}""", "ResourceNotFoundFault")]
    [InlineData("DescribeReplicationTaskAssessmentRuns", """{"Marker":"x"}""", "InvalidParameterValueException")]
    public async Task What_is_not_there_or_makes_no_sense_is_refused_by_name(string operation, string body, string fault) =>
        Assert.Equal(fault, (await RefusedAsync(operation, body)).Fault);

    private async Task<IReplicationGrain> StartAsync(string identifier, string settings, string? profile = null)
    {
        var grain = await node.CreateAsync(identifier, supplemental: profile);
        await SendAsync("StartReplication", $$"""{"ReplicationConfigArn":"{{TestNode.ArnOf(identifier)}}","StartReplicationType":"start-replication","PremigrationAssessmentSettings":{{JsonSerializer.Serialize(settings)}}}""");
        return grain;
    }

    private async Task<JsonElement> DescribeAsync(string identifier) =>
        (await SendAsync("DescribeReplications", Filter("replication-config-id", identifier))).GetProperty("Replications")[0];

    private async Task<JsonElement> SendAsync(string operation, string body)
    {
        var answer = await new AwsJsonClient(http).SendAsync(operation, body, Cancellation);
        Assert.True(answer.IsOk, answer.Body.ToString());
        return answer.Body;
    }

    private async Task<AwsAnswer> RefusedAsync(string operation, string body)
    {
        var answer = await new AwsJsonClient(http).SendAsync(operation, body, Cancellation);
        Assert.False(answer.IsOk, answer.Body.ToString());
        return answer;
    }

    private static string Filter(string name, string value) => $$"""{"Filters":[{"Name":"{{name}}","Values":["{{value}}"]}]}""";

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
