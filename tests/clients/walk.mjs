// The life of a replication through the AWS SDK for JavaScript: node walk.mjs <directory with node_modules> <endpoint URL>
// Ends with exit code 0 and the line "whole life seen", or with the first thing that was not as it must be.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const [directory, endpoint] = process.argv.slice(2);
const dms = createRequire(join(directory, 'package.json'))('@aws-sdk/client-database-migration-service');
const client = new dms.DatabaseMigrationServiceClient({
  endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const send = (name, input = {}) => client.send(new dms[`${name}Command`](input));
const walk = ['initializing', 'preparing_metadata_resources', 'testing_connection', 'fetching_metadata', 'calculating_capacity',
  'provisioning_capacity', 'replication_starting', 'running'];
const deadline = Date.now() + 90_000;

async function endpointOf(identifier, type) {
  const { Endpoint } = await send('CreateEndpoint', {
    EndpointIdentifier: identifier, EndpointType: type, EngineName: 'postgres', ServerName: 'db.example.com', Port: 5432,
    DatabaseName: 'app', Username: 'dms', Password: 's3cret',
  });
  assert.equal(Endpoint.Status, 'active');
  assert.equal(Endpoint.EndpointType, type.toUpperCase());
  assert.ok(!JSON.stringify(Endpoint).includes('s3cret'));
  return Endpoint.EndpointArn;
}

// Everything a poller sees until the end must come in this order.
async function poll(filters, order) {
  let reached = 0;
  for (;;) {
    const { Replications } = await send('DescribeReplications', { Filters: filters });
    assert.equal(Replications.length, 1);
    const at = order.indexOf(Replications[0].Status);
    assert.ok(at >= reached, `${Replications[0].Status} after ${order[reached]}: ${Replications[0].FailureMessages}`);
    reached = at;
    if (reached === order.length - 1) return Replications[0];
    assert.ok(Date.now() < deadline, `still ${order[reached]}`);
    await pause(20);
  }
}

const isNow = (date) => assert.ok(date instanceof Date && Math.abs(date - Date.now()) < 120_000, `${date}`);

const source = await endpointOf('source-db', 'source');
const target = await endpointOf('target-db', 'target');
const { Endpoints } = await send('DescribeEndpoints', { Filters: [{ Name: 'endpoint-id', Values: ['target-db'] }] });
assert.deepEqual(Endpoints.map((e) => e.EndpointArn), [target]);

const asked = {
  ReplicationConfigIdentifier: 'orders', SourceEndpointArn: source, TargetEndpointArn: target, ReplicationType: 'full-load-and-cdc',
  TableMappings: JSON.stringify({ rules: [{ 'rule-type': 'selection', 'rule-id': '1', 'rule-name': 'all', 'rule-action': 'include',
    'object-locator': { 'schema-name': '%', 'table-name': '%' } }] }),
  ComputeConfig: { MinCapacityUnits: 1, MaxCapacityUnits: 4 }, Tags: [{ Key: 'team', Value: 'data' }],
};
const { ReplicationConfig: config } = await send('CreateReplicationConfig', asked);
const arn = config.ReplicationConfigArn;
const filters = [{ Name: 'replication-config-arn', Values: [arn] }];
isNow(config.ReplicationConfigCreateTime);
await assert.rejects(send('CreateReplicationConfig', asked), (fault) =>
  fault instanceof dms.ResourceAlreadyExistsFault && fault.resourceArn === arn);
await assert.rejects(send('StopReplication', { ReplicationConfigArn: arn }), (fault) =>
  fault instanceof dms.InvalidResourceStateFault && fault.$metadata.httpStatusCode === 400 && /CREATED/.test(fault.message));

await send('AddTagsToResource', { ResourceArn: arn, Tags: [{ Key: 'stage', Value: 'test' }] });
await send('RemoveTagsFromResource', { ResourceArn: arn, TagKeys: ['team'] });
assert.deepEqual((await send('ListTagsForResource', { ResourceArn: arn })).TagList.map((t) => [t.Key, t.Value]), [['stage', 'test']]);

// The operations on endpoints beside the replication's own.
const [ends, ofSource] = [{ ReplicationInstanceArn: arn, EndpointArn: source }, [{ Name: 'endpoint-arn', Values: [source] }]];
assert.equal((await send('TestConnection', ends)).Connection.Status, 'testing');
await dms.waitUntilTestConnectionSucceeds({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { Filters: ofSource });
assert.deepEqual((await send('DescribeConnections', { Filters: ofSource })).Connections.map((c) => c.ReplicationInstanceIdentifier), ['orders']);
assert.equal((await send('DeleteConnection', ends)).Connection.Status, 'deleting');
assert.equal((await send('RefreshSchemas', ends)).RefreshSchemasStatus.Status, 'refreshing');
for (;;) {
  const { RefreshSchemasStatus: refresh } = await send('DescribeRefreshSchemasStatus', { EndpointArn: source });
  if (refresh.Status === 'successful') { isNow(refresh.LastRefreshDate); break; }
  assert.equal(refresh.Status, 'refreshing');
  await pause(20);
}
const schemas = [];
for await (const page of dms.paginateDescribeSchemas({ client, pageSize: 20 }, { EndpointArn: source })) schemas.push(...page.Schemas);
assert.ok(schemas.includes('public'));
const types = [];
for await (const page of dms.paginateDescribeEndpointTypes({ client, pageSize: 20 }, {})) types.push(...page.SupportedEndpointTypes);
assert.ok(types.some((t) => t.EngineName === 'postgres' && t.EndpointType === 'source' && t.SupportsCDC));
const { EndpointSettings } = await send('DescribeEndpointSettings', { EngineName: 'postgres' });
assert.ok(EndpointSettings.some((s) => s.Name === 'SlotName' && s.Type === 'string'));
assert.equal((await send('ModifyEndpoint', { EndpointArn: source, PostgreSQLSettings: { SlotName: 's' } })).Endpoint.PostgreSQLSettings.SlotName, 's');

const { Replication: started } = await send('StartReplication', { ReplicationConfigArn: arn, StartReplicationType: 'start-replication' });
assert.equal(started.Status, 'initializing');
const running = await poll(filters, walk);
isNow(running.ReplicationCreateTime);
assert.equal(running.ProvisionData.ProvisionState, 'provisioned');

const tables = [];
for await (const page of dms.paginateDescribeReplicationTableStatistics({ client, pageSize: 20 }, { ReplicationConfigArn: arn })) {
  tables.push(...page.ReplicationTableStatistics);
}
assert.ok(tables.length > 0);
const [{ SchemaName, TableName }] = tables;
assert.equal((await send('ReloadReplicationTables', { ReplicationConfigArn: arn, TablesToReload: [{ SchemaName, TableName }] })).ReplicationConfigArn, arn);

for (const change of [{ ComputeConfig: { MaxCapacityUnits: 8 } }, null]) {
  assert.equal((await send('StopReplication', { ReplicationConfigArn: arn })).Replication.Status, 'stopping');
  const stopped = await poll(filters, ['stopping', 'stopped']);
  assert.equal(stopped.StopReason, 'Stop Reason NORMAL');
  isNow(stopped.ReplicationLastStopTime);
  if (change === null) break;
  const { ReplicationConfig: modified } = await send('ModifyReplicationConfig', { ReplicationConfigArn: arn, ...change });
  assert.equal(modified.ComputeConfig.MaxCapacityUnits, 8);
  await send('StartReplication', { ReplicationConfigArn: arn, StartReplicationType: 'resume-processing' });
  await poll(filters, walk);
}

const seen = [];
for await (const page of dms.paginateDescribeReplicationConfigs({ client }, { Filters: filters })) seen.push(...page.ReplicationConfigs);
assert.deepEqual(seen.map((c) => c.ReplicationConfigIdentifier), ['orders']);
await send('DeleteReplicationConfig', { ReplicationConfigArn: arn });
for (;;) {
  try {
    const { Replications } = await send('DescribeReplications', { Filters: filters });
    assert.deepEqual(Replications.map((r) => r.Status), ['deleting']);
  } catch (fault) {
    if (fault instanceof dms.ResourceNotFoundFault) break;
    throw fault;
  }
  await pause(20);
}

for (const EndpointArn of [source, target]) {
  assert.equal((await send('DeleteEndpoint', { EndpointArn })).Endpoint.Status, 'deleting');
  await dms.waitUntilEndpointDeleted({ client, maxWaitTime: 60 }, { Filters: [{ Name: 'endpoint-arn', Values: [EndpointArn] }] });
}
console.log('whole life seen');
