"""Every operation of DMS Serverless through boto3: python3 all_operations.py <endpoint URL> <certificate file>

Ends with exit code 0 and the line "all operations seen", or with the first thing that was not as it must be. That each of the model's
operations was called is counted, not promised: one that is left out fails the run.
"""

import datetime
import json
import sys
import time

import boto3
from botocore.config import Config

endpoint, certificate_file = sys.argv[1:3]
dms = boto3.client(
    "dms",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(retries={"total_max_attempts": 1}),
)
called = set()
dms.meta.events.register("before-call.database-migration-service.*", lambda model, **_: called.add(model.name))

DEADLINE = time.monotonic() + 90
ALL_TABLES = json.dumps({"rules": [{
    "rule-type": "selection", "rule-id": "1", "rule-name": "all", "rule-action": "include",
    "object-locator": {"schema-name": "%", "table-name": "%"},
}]})
WALK = [
    "initializing", "preparing_metadata_resources", "testing_connection", "fetching_metadata", "calculating_capacity",
    "provisioning_capacity", "replication_starting", "running",
]


def by(name, *values):
    return [{"Name": name, "Values": list(values)}]


def until(question, answered, what):
    while True:
        answer = question()
        if answered(answer):
            return answer
        assert time.monotonic() < DEADLINE, f"waited in vain for {what}: {answer}"
        time.sleep(0.02)


def refused(fault, call, **arguments):
    """The call is refused with a fault that boto3 knows as a class of its own."""
    try:
        call(**arguments)
    except getattr(dms.exceptions, fault) as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert error.response["Error"]["Message"]
        return error.response
    raise AssertionError(f"{call.__name__} was not refused with {fault}")


def endpoint_of(identifier, kind):
    made = dms.create_endpoint(
        EndpointIdentifier=identifier, EndpointType=kind, EngineName="postgres", ServerName="db.example.com", Port=5432,
        DatabaseName="app", Username="dms", Password="s3cret",
    )["Endpoint"]
    assert made["EndpointType"] == kind.upper() and "s3cret" not in json.dumps(made, default=str)
    return made["EndpointArn"]


def account():
    quotas = {q["AccountQuotaName"]: q for q in dms.describe_account_attributes()["AccountQuotas"]}
    assert quotas["Endpoints"]["Used"] == 0 and quotas["Endpoints"]["Max"] >= 1000
    assert dms.describe_engine_versions()["EngineVersions"]
    assert dms.describe_orderable_replication_instances()["OrderableReplicationInstances"]
    types = dms.describe_endpoint_types(Filters=by("engine-name", "postgres"))["SupportedEndpointTypes"]
    assert {t["EndpointType"] for t in types} == {"source", "target"}
    settings = dms.describe_endpoint_settings(EngineName="postgres")["EndpointSettings"]
    assert any(s["Name"] == "HeartbeatEnable" for s in settings)


def groups_and_certificates():
    group = dms.create_replication_subnet_group(
        ReplicationSubnetGroupIdentifier="private", ReplicationSubnetGroupDescription="two zones", SubnetIds=["subnet-0a", "subnet-0b", "subnet-0c", "subnet-0d"],
    )["ReplicationSubnetGroup"]
    assert group["SubnetGroupStatus"] == "Complete"
    refused(
        "ReplicationSubnetGroupDoesNotCoverEnoughAZs", dms.create_replication_subnet_group,
        ReplicationSubnetGroupIdentifier="narrow", ReplicationSubnetGroupDescription="one zone", SubnetIds=["subnet-0a"],
    )
    dms.modify_replication_subnet_group(ReplicationSubnetGroupIdentifier="private", SubnetIds=["subnet-0a", "subnet-0b", "subnet-0c", "subnet-0d", "subnet-0e"])
    assert len(dms.describe_replication_subnet_groups(Filters=by("replication-subnet-group-id", "private"))["ReplicationSubnetGroups"][0]["Subnets"]) == 5
    with open(certificate_file, encoding="ascii") as pem:
        certificate = dms.import_certificate(CertificateIdentifier="ca", CertificatePem=pem.read())["Certificate"]
    assert isinstance(certificate["ValidToDate"], datetime.datetime)
    assert dms.describe_certificates(Filters=by("certificate-id", "ca"))["Certificates"][0]["CertificateArn"] == certificate["CertificateArn"]
    dms.delete_certificate(CertificateArn=certificate["CertificateArn"])
    refused("ResourceNotFoundFault", dms.delete_certificate, CertificateArn=certificate["CertificateArn"])


def connections(source, config):
    assert dms.test_connection(ReplicationInstanceArn=config, EndpointArn=source)["Connection"]["Status"] == "testing"
    dms.get_waiter("test_connection_succeeds").wait(Filters=by("endpoint-arn", source), WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert dms.describe_connections(Filters=by("endpoint-arn", source))["Connections"][0]["Status"] == "successful"
    dms.delete_connection(EndpointArn=source, ReplicationInstanceArn=config)
    assert dms.refresh_schemas(EndpointArn=source, ReplicationInstanceArn=config)["RefreshSchemasStatus"]["Status"] == "refreshing"
    until(lambda: dms.describe_refresh_schemas_status(EndpointArn=source)["RefreshSchemasStatus"]["Status"], lambda s: s == "successful", "the schemas")
    assert dms.describe_schemas(EndpointArn=source)["Schemas"]


def subscribe():
    topic = "arn:aws:sns:us-east-1:000000000000:dms"
    made = dms.create_event_subscription(SubscriptionName="all", SnsTopicArn=topic, Enabled=True)["EventSubscription"]
    assert made["Status"] in ("creating", "active")
    dms.modify_event_subscription(SubscriptionName="all", Enabled=False)
    assert dms.describe_event_subscriptions(SubscriptionName="all")["EventSubscriptionsList"][0]["Enabled"] is False
    assert dms.describe_event_categories()["EventCategoryGroupList"]
    assert dms.update_subscriptions_to_event_bridge()["Result"]
    dms.delete_event_subscription(SubscriptionName="all")


def status(arn):
    return dms.describe_replications(Filters=by("replication-config-arn", arn))["Replications"][0]


def walk(arn):
    """Until it runs; whatever is seen on the way comes in the walk's order."""
    reached = 0
    while reached < len(WALK) - 1:
        seen = status(arn)
        at = WALK.index(seen["Status"]) if seen["Status"] in WALK else -1
        assert at >= reached, f"{seen['Status']} after {WALK[reached]}: {seen.get('FailureMessages')}"
        reached = at
        assert time.monotonic() < DEADLINE, f"still {WALK[reached]}"
    return status(arn)


def replicate(source, target):
    config = dict(
        ReplicationConfigIdentifier="orders", SourceEndpointArn=source, TargetEndpointArn=target, ReplicationType="full-load-and-cdc",
        TableMappings=ALL_TABLES, ComputeConfig={"MinCapacityUnits": 1, "MaxCapacityUnits": 4, "ReplicationSubnetGroupId": "private"},
        ReplicationSettings=json.dumps({"ValidationSettings": {"EnableValidation": True}}), Tags=[{"Key": "team", "Value": "data"}],
    )
    made = dms.create_replication_config(**config)["ReplicationConfig"]
    arn = made["ReplicationConfigArn"]
    assert json.loads(made["ReplicationSettings"])["FullLoadSettings"]["MaxFullLoadSubTasks"] == 8
    refused("ResourceAlreadyExistsFault", dms.create_replication_config, **config)
    for fault, compute in (
        ("KMSKeyNotAccessibleFault", {"KmsKeyId": "arn:aws:kms:us-east-1:999999999999:key/other"}), ("InvalidSubnet", {"AvailabilityZone": "us-east-1f"}),
        ("ResourceNotFoundFault", {"ReplicationSubnetGroupId": "nowhere"}),
    ):
        refused(fault, dms.create_replication_config, **config | {"ReplicationConfigIdentifier": "other", "ComputeConfig": config["ComputeConfig"] | compute})
    spare = dms.create_replication_config(**config | {"ReplicationConfigIdentifier": "spare"})["ReplicationConfig"]["ReplicationConfigArn"]
    refused("ResourceQuotaExceededFault", dms.create_replication_config, **config | {"ReplicationConfigIdentifier": "other"})
    delete(spare)
    refused("InvalidResourceStateFault", dms.stop_replication, ReplicationConfigArn=arn)
    refused("InvalidResourceStateFault", dms.reload_replication_tables, ReplicationConfigArn=arn, TablesToReload=[{"SchemaName": "a", "TableName": "b"}])
    refused("InvalidResourceStateFault", dms.delete_replication_subnet_group, ReplicationSubnetGroupIdentifier="private")

    dms.add_tags_to_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])
    dms.remove_tags_from_resource(ResourceArn=arn, TagKeys=["team"])
    assert [(t["Key"], t["Value"]) for t in dms.list_tags_for_resource(ResourceArn=arn)["TagList"]] == [("stage", "test")]

    connections(source, arn)
    assert dms.describe_applicable_individual_assessments(ReplicationConfigArn=arn)["IndividualAssessmentNames"]
    dms.start_replication(
        ReplicationConfigArn=arn, StartReplicationType="start-replication",
        PremigrationAssessmentSettings=json.dumps({"ResultLocationFolder": "runs", "FailOnAssessmentFailure": False}),
    )
    refused("InvalidResourceStateFault", dms.start_replication, ReplicationConfigArn=arn, StartReplicationType="start-replication")
    refused("InvalidResourceStateFault", dms.modify_replication_config, ReplicationConfigArn=arn, ReplicationConfigIdentifier="other")
    refused("InvalidResourceStateFault", dms.delete_replication_config, ReplicationConfigArn=arn)
    running = walk(arn)
    assert running["ProvisionData"]["ProvisionState"] == "provisioned"
    assessments(running["PremigrationAssessmentStatuses"][0]["PremigrationAssessmentRunArn"])

    tables = dms.describe_replication_table_statistics(ReplicationConfigArn=arn)["ReplicationTableStatistics"]
    first = {name: tables[0][name] for name in ("SchemaName", "TableName")}
    assert dms.reload_replication_tables(ReplicationConfigArn=arn, TablesToReload=[first])["ReplicationConfigArn"] == arn

    assert dms.stop_replication(ReplicationConfigArn=arn)["Replication"]["Status"] == "stopping"
    until(lambda: status(arn)["Status"], lambda s: s == "stopped", "the stop")
    changed = dms.modify_replication_config(ReplicationConfigArn=arn, ComputeConfig={"MinCapacityUnits": 2, "MaxCapacityUnits": 8})["ReplicationConfig"]
    assert changed["ComputeConfig"]["MaxCapacityUnits"] == 8
    events = dms.describe_events(SourceType="replication-config", SourceIdentifier="orders")["Events"]
    assert any("running" in e["Message"] for e in events), events

    assert dms.describe_pending_maintenance_actions()["PendingMaintenanceActions"] == []
    dms.apply_pending_maintenance_action(ReplicationInstanceArn=arn, ApplyAction="os-upgrade", OptInType="immediate")
    assert dms.describe_replication_configs(Filters=by("replication-config-arn", arn))["ReplicationConfigs"]
    return arn


def assessments(run):
    runs = dms.describe_replication_task_assessment_runs()["ReplicationTaskAssessmentRuns"]
    assert run in [r["ReplicationTaskAssessmentRunArn"] for r in runs]
    assert dms.describe_replication_task_individual_assessments()["ReplicationTaskIndividualAssessments"]
    refused("InvalidResourceStateFault", dms.cancel_replication_task_assessment_run, ReplicationTaskAssessmentRunArn=run)
    dms.delete_replication_task_assessment_run(ReplicationTaskAssessmentRunArn=run)


def delete(arn):
    dms.delete_replication_config(ReplicationConfigArn=arn)

    def gone():
        try:
            return not dms.describe_replication_configs(Filters=by("replication-config-arn", arn))["ReplicationConfigs"]
        except dms.exceptions.ResourceNotFoundFault:
            return True

    until(gone, bool, "the replication config to be gone")


def clean_up(arn, source, target):
    refused("InvalidResourceStateFault", dms.delete_endpoint, EndpointArn=source)
    delete(arn)
    for call, arguments in (
        (dms.start_replication, {"StartReplicationType": "start-replication"}), (dms.stop_replication, {}), (dms.delete_replication_config, {}),
        (dms.modify_replication_config, {"ReplicationConfigIdentifier": "other"}), (dms.describe_replication_table_statistics, {}),
        (dms.reload_replication_tables, {"TablesToReload": [{"SchemaName": "a", "TableName": "b"}]}),
    ):
        refused("ResourceNotFoundFault", call, ReplicationConfigArn=arn, **arguments)
    dms.modify_endpoint(EndpointArn=source, DatabaseName="other")
    assert dms.describe_endpoints(Filters=by("endpoint-arn", source))["Endpoints"][0]["DatabaseName"] == "other"
    for end in (source, target):
        dms.delete_endpoint(EndpointArn=end)
        dms.get_waiter("endpoint_deleted").wait(Filters=by("endpoint-arn", end), WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    dms.delete_replication_subnet_group(ReplicationSubnetGroupIdentifier="private")


account()
groups_and_certificates()
subscribe()
ends = endpoint_of("source-db", "source"), endpoint_of("target-db", "target")
clean_up(replicate(*ends), *ends)
left_out = set(json.loads(sys.stdin.read())) - called
assert not left_out, f"not called: {sorted(left_out)}"
print("all operations seen")
