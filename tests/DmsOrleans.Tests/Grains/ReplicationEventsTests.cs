using DmsOrleans.Events;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Tests.Grains;

/// <summary>What is told of a history: events and log lines.</summary>
public sealed class ReplicationEventsTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, ReplicationStatus.Created, "created", "DMS replication has been created.")]
    [InlineData(ReplicationStatus.Created, Initializing, "start-requested", "DMS replication is initializing.")]
    [InlineData(Initializing, PreparingMetadataResources, "phase-completed", "DMS replication is preparing the resources for metadata collection.")]
    [InlineData(PreparingMetadataResources, TestingConnection, "phase-completed", "The connections tied to DMS replication is being tested.")]
    [InlineData(TestingConnection, FetchingMetadata, "phase-completed", "DMS replication is fetching metadata")]
    [InlineData(FetchingMetadata, CalculatingCapacity, "phase-completed", "DMS replication is calculating capacity")]
    [InlineData(CalculatingCapacity, ProvisioningCapacity, "phase-completed", "DMS replication is provisioning its capacity")]
    [InlineData(ProvisioningCapacity, ProvisioningCapacity, "capacity-awaited", "")]
    [InlineData(ProvisioningCapacity, ReplicationStarting, "phase-completed", "DMS replication has been provisioned.|DMS replication has started")]
    [InlineData(TestingConnection, ReplicationStarting, "phase-completed", "DMS replication has started")]
    [InlineData(ReplicationStarting, Running, "phase-completed", "DMS replication is running.")]
    [InlineData(Running, Stopping, "stop-requested", "DMS replication is being stopped.")]
    [InlineData(Stopping, Stopped, "stop-completed", "DMS replication has stopped")]
    [InlineData(Running, Stopped, "run-ended", "DMS replication has stopped")]
    [InlineData(Stopped, Stopped, "deprovisioning-started", "DMS replication is deprovisioning its capacity")]
    [InlineData(Failed, Failed, "deprovisioned", "DMS replication has been deprovisioned.")]
    [InlineData(Stopped, Modifying, "modify-requested", "DMS replication is being modified.")]
    [InlineData(Modifying, Failed, "modified", "")]
    [InlineData(Stopped, Deleting, "delete-requested", "DMS replication is being deleted.")]
    [InlineData(Running, Running, "scaling-up", "DMS replication scaling up event.")]
    [InlineData(Running, Running, "scaling-down", "DMS replication scaling down event.")]
    [InlineData(Running, Running, "scaling-completed", "DMS replication scaling event completed.")]
    [InlineData(Running, Running, "some-later-cause", "")]
    public void Each_step_is_told_in_the_services_words(ReplicationStatus? from, ReplicationStatus to, string cause, string messages) =>
        Assert.Equal(messages, string.Join('|', ReplicationEvents.Of(Step(from, to, cause)).Select(n => n.Message)));

    [Fact]
    public void A_failure_says_why()
    {
        var notice = Assert.Single(ReplicationEvents.Of(Step(Running, Failed, "failure", "no route to host")));
        Assert.Equal(new Notice("DMS replication has failed. no route to host", "failure", "REPLICATION_FAILED", "DMS-EVENT-0078"), notice);
    }

    [Fact]
    public void A_scaling_that_brings_its_words_is_told_in_them() => Assert.Equal(
        "The replication, 'orders', cannot scale down.", Assert.Single(ReplicationEvents.Of(Step(Running, Running, "scaling-refused", "The replication, 'orders', cannot scale down."))).Message);

    [Fact]
    public void Every_category_told_is_one_that_is_listed()
    {
        var told =
            from f in ReplicationStatuses.All.Cast<ReplicationStatus?>().Append(null)
            from to in ReplicationStatuses.All
            from notice in ReplicationEvents.Of(Step(f, to, "scaling-up"))
            select notice.Category;
        Assert.Subset(EventSources.Categories[EventSources.ReplicationConfig].ToHashSet(), told.ToHashSet());
    }

    [Fact]
    public void The_log_is_made_by_the_first_start_and_reads_as_a_Python_dictionary()
    {
        Assert.Null(OrchestratorLog.LineOf(Step(null, ReplicationStatus.Created, "created") with { Run = 0 }));
        Assert.Equal("{'replication_state':'initializing', 'message': 'Initializing the replication workflow.'}", OrchestratorLog.LineOf(Step(ReplicationStatus.Created, Initializing, "start-requested")));
        Assert.Equal(
            """{'replication_state':'failed', 'message': 'Replication has failed.', 'failure_message': "Test connection failed for endpoint 'src'\n"}""",
            OrchestratorLog.LineOf(Step(TestingConnection, Failed, "failure", "Test connection failed for endpoint 'src'\n")));
        Assert.Contains("""'failure_message': 'a\'b"c\\d'""", OrchestratorLog.LineOf(Step(Running, Failed, "failure", """a'b"c\d""")), StringComparison.Ordinal);
        Assert.Null(OrchestratorLog.LineOf(Step(Modifying, Stopped, "modified")));
    }

    [Fact]
    public void An_event_has_EventBridges_shape_and_the_same_id_each_time()
    {
        var stored = new StoredTransition(5, Sample.ReplicationArn, "orders", Step(Running, Failed, "failure", "why"));
        var sent = EventBridgeEvent.Of(stored, ReplicationEvents.Of(stored.Transition)[0], 0);
        Assert.Equal($$$"""
            {"version":"0","id":"{{{sent.Id}}}","detail-type":"DMS Replication State Change","source":"aws.dms","account":"000000000000","time":"2026-03-01T12:00:00Z","region":"us-east-1","resources":["{{{Sample.ReplicationArn}}}"],"detail":{"type":"REPLICATION","category":"Failure","eventType":"REPLICATION_FAILED","eventId":"DMS-EVENT-0078","resourceLink":"https://console.aws.amazon.com/dms/v2/home?region=us-east-1#replicationDetails/orders","detailMessage":"DMS replication has failed. why"}}
            """, System.Text.Encoding.UTF8.GetString(sent.ToUtf8()));
        Assert.Equal(sent.Id, EventBridgeEvent.Of(stored, ReplicationEvents.Of(stored.Transition)[0], 0).Id);
        Assert.NotEqual(sent.Id, EventBridgeEvent.Of(stored with { Position = 6 }, ReplicationEvents.Of(stored.Transition)[0], 0).Id);
        Assert.NotEqual(sent.Id, EventBridgeEvent.Of(stored, ReplicationEvents.Of(stored.Transition)[0], 1).Id);
    }

    /// <summary>The example of the Standard Webhooks specification.</summary>
    [Fact]
    public void Deliveries_are_signed_as_Standard_Webhooks_are() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), """{"test": 2432232314}"""u8));

    private static Transition Step(ReplicationStatus? from, ReplicationStatus to, string cause, string? details = null) => new(2, 1, from, to, cause, At, null, details);
}
