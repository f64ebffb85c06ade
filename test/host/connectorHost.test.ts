/** `examples/connector-host`: runs from its environment, answers for its health, drains on SIGTERM, and says what is wrong by its exit code. */
import { EventHubProducerClient } from '@azure/event-hubs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createSyncRequest, orThrow, payloadCodec, ResourceReference } from 'on-demand-sync'
import { startLocalEventHubs, startLocalSnowflake } from 'on-demand-sync/testing'
import { expect, it } from 'vitest'

const start = (environment: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/connector-host/main.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment }
  })
  const lines: Array<Readonly<Record<string, unknown>>> = []
  createInterface({ input: child.stdout }).on('line', line => lines.push(JSON.parse(line) as Record<string, unknown>))
  return { child, lines, ended: once(child, 'exit').then(([code]) => code as number) }
}

it('works until it is told to stop', { timeout: 180_000 }, async () => {
  await using hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 1 } } })
  await using snowflake = await startLocalSnowflake({
    users: [{ name: 'ADMIN', password: 'pass-word', defaultRole: 'ACCOUNTADMIN' }],
    setup:
      'CREATE ROLE ANALYST; CREATE DATABASE D; CREATE TABLE D.PUBLIC.T (C VARCHAR); CREATE DATABASE GOV; CREATE SCHEMA GOV.ODS'
  })
  const folder = await mkdtemp(join(tmpdir(), 'host-'))
  await writeFile(
    join(folder, 'policies.yaml'),
    'version: 1\nmanaged: { roles: ANALYST }\ngrants: [{ to: ANALYST, on: D.PUBLIC.T, privileges: select }]\n'
  )
  const { host } = new URL(snowflake.accessUrl)
  const { child, lines, ended } = start({
    CONNECTOR_ON_DEMAND_V2_ENABLED: 'true',
    CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'true',
    CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: hubs.connectionString('tasks'),
    CONNECTOR_ON_DEMAND_V2_BATCH_TIMEOUT_MS: '50',
    CONNECTOR_SNOWFLAKE_JDBC_URL: `jdbc:snowflake://${host}/?ssl=off&account=${snowflake.account}&warehouse=COMPUTE_WH`,
    CONNECTOR_SNOWFLAKE_JDBC_USERNAME: 'ADMIN',
    CONNECTOR_SNOWFLAKE_JDBC_PASSWORD: 'pass-word',
    ON_DEMAND_SYNC_POLICY_FILE: join(folder, 'policies.yaml'),
    ON_DEMAND_SYNC_POLICY_DATABASE: 'GOV',
    ON_DEMAND_SYNC_POLICY_SCHEMA: 'ODS',
    ON_DEMAND_SYNC_AUDIT_FILE: join(folder, 'audit.jsonl'),
    ON_DEMAND_SYNC_CHECKPOINT_FILE: join(folder, 'checkpoints.json'),
    HEALTH_PORT: '0'
  })
  const request = createSyncRequest({ id: 't-1', resources: [ResourceReference.table('D', 'PUBLIC', 'T')] })
  const producer = new EventHubProducerClient(hubs.connectionString('tasks'))
  await producer.sendBatch([{ body: Buffer.from(orThrow(payloadCodec.encode(request))) }])
  await producer.close()

  await expect.poll(() => lines, { timeout: 30_000 }).toContainEqual({ task: 't-1', status: 'SUCCESS' })
  const port = Number(lines.find(line => 'healthPort' in line)?.['healthPort'])
  const health = await fetch(`http://127.0.0.1:${port}/healthz`)
  expect(health.status).toBe(200)
  expect(await health.json()).toMatchObject({ state: 'working', tasks: { SUCCESS: 1 } })
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(lines.at(-1)).toMatchObject({ state: 'stopping', tasks: { SUCCESS: 1, FAILED: 0, SKIPPED: 0 } })
  expect(await readFile(join(folder, 'audit.jsonl'), 'utf8')).toContain('"t-1"')
  expect(await readFile(join(folder, 'checkpoints.json'), 'utf8')).toContain('"sequenceNumber": 0')
})

it(
  'ends with 2 and the names of the variables where its configuration must be mended',
  { timeout: 30_000 },
  async () => {
    const { lines, ended } = start({ CONNECTOR_ON_DEMAND_V2_BATCH_SIZE: 'many' })
    expect(await ended).toBe(2)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.['error']).toContain('CONNECTOR_ON_DEMAND_V2_BATCH_SIZE')
    expect(lines[0]?.['error']).toContain('CONNECTOR_ON_DEMAND_V2_ENABLED')
  }
)
