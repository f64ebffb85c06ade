/** A host on the local servers, killed again and again: nothing is lost, and in the end the grants are what they should be (promises 1, 2, 3, 8). */
import { EventHubProducerClient } from '@azure/event-hubs'
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditRecord } from 'on-demand-sync'
import { createSyncRequest, orThrow, payloadCodec, ResourceReference } from 'on-demand-sync'
import type { LocalEventHubs } from 'on-demand-sync/testing'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { afterEach, expect, it } from 'vitest'
import type { ConnectorAccount } from '../snowflake/connectorAccount.ts'
import { startConnectorAccount } from '../snowflake/connectorAccount.ts'

const tables = 40
const requests = 5_000
const kills = 5

const tableName = (n: number) => `table ${n}`
const setup = [
  'CREATE ROLE READER',
  'CREATE ROLE WRITER',
  'CREATE DATABASE DATA',
  ...Array.from(
    { length: tables },
    (_, n) => `CREATE TABLE DATA.PUBLIC."${tableName(n)}" (ID NUMBER(10,0), SECRET VARCHAR)`
  )
]
/** Two sets of policies that differ in everything; the host finds the other one at each start, so that every kill may hit it in the middle of a change. */
const otherPolicies = `
version: 1
managed: { roles: [READER, WRITER] }
grants:
  - { to: WRITER, on: DATA.PUBLIC.*, privileges: [select, update] }
masks:
  - { columns: '*.*.*.SECRET', for: everyone, as: { showLast: 2 } }
rowFilters:
  - { on: DATA.PUBLIC.*, for: everyone, where: ID > 10 }
`
const policies = `
version: 1
managed: { roles: [READER, WRITER] }
grants:
  - { to: READER, on: DATA.PUBLIC.*, privileges: select }
  - { to: WRITER, on: DATA.PUBLIC.*, privileges: [select, insert] }
masks:
  - { columns: '*.*.*.SECRET', for: everyone, except: WRITER, as: null }
`

const disposers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const dispose of disposers.splice(0).reverse()) await dispose()
})

const publish = async (hubs: LocalEventHubs): Promise<void> => {
  const producer = new EventHubProducerClient(hubs.connectionString('tasks'))
  for (let at = 0; at < requests; at += 250) {
    const bodies = Array.from({ length: 250 }, (_, index) => {
      const n = at + index
      if (n % 100 === 99) return 'not a request'
      const request = createSyncRequest({
        id: `task-${n}`,
        resources: [ResourceReference.table('DATA', 'PUBLIC', tableName(n % tables))]
      })
      return orThrow(payloadCodec.encode(request))
    })
    await producer.sendBatch(
      bodies.map(body => ({ body: Buffer.from(body) })),
      { partitionId: String((at / 250) % 2) }
    )
  }
  await producer.close()
}

const auditRecords = async (folder: string): Promise<ReadonlyArray<AuditRecord>> => {
  const files = (await readdir(folder)).filter(name => name.endsWith('.jsonl'))
  const texts = await Promise.all(files.map(name => readFile(join(folder, name), 'utf8')))
  // A line torn by a kill is no record yet.
  return texts.flatMap(text =>
    text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as AuditRecord)
  )
}

const startHost = (
  folder: string,
  hubs: LocalEventHubs,
  account: ConnectorAccount
): { readonly child: ChildProcess; readonly output: () => string } => {
  const { port } = new URL(account.snowflake.accessUrl)
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/bin.ts', 'run'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      CONNECTOR_ON_DEMAND_V2_ENABLED: 'true',
      CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'true',
      CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: hubs.connectionString('tasks'),
      CONNECTOR_ON_DEMAND_V2_BATCH_SIZE: '100',
      CONNECTOR_ON_DEMAND_V2_BATCH_TIMEOUT_MS: '200',
      CONNECTOR_SNOWFLAKE_JDBC_URL: `jdbc:snowflake://127.0.0.1:${port}/?ssl=off&account=${account.snowflake.account}&role=POLICY_SYNC&warehouse=COMPUTE_WH`,
      CONNECTOR_SNOWFLAKE_JDBC_USERNAME: 'SYNC',
      CONNECTOR_SNOWFLAKE_JDBC_PASSWORD: 'sync-pass',
      ON_DEMAND_SYNC_POLICY_FILE: join(folder, 'policies.yaml'),
      ON_DEMAND_SYNC_POLICY_DATABASE: 'GOVERNANCE',
      ON_DEMAND_SYNC_POLICY_SCHEMA: 'ON_DEMAND_SYNC',
      ON_DEMAND_SYNC_AUDIT_FILE: join(folder, 'audit.jsonl'),
      ON_DEMAND_SYNC_CHECKPOINT_FILE: join(folder, 'checkpoints.json')
    }
  })
  let text = ''
  child.stderr.on('data', (data: Buffer) => (text += data.toString()))
  return { child, output: () => text.slice(-3_000) }
}

const checkpoints = async (
  folder: string
): Promise<ReadonlyArray<{ readonly partitionId: string; readonly sequenceNumber: number }>> =>
  (
    JSON.parse(await readFile(join(folder, 'checkpoints.json'), 'utf8')) as {
      checkpoints: ReadonlyArray<{ partitionId: string; sequenceNumber: number }>
    }
  ).checkpoints

it(`loses nothing over ${kills} kills and ${requests} requests`, { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'host-'))
  disposers.push(() => rm(folder, { recursive: true }))
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 2 } } })
  disposers.push(() => hubs.stop())
  const account = await startConnectorAccount(`${setup.join(';')};`)
  disposers.push(() => account.stop())
  await account.openTo('DATA', 'PUBLIC')
  await publish(hubs)

  for (let kill = 0; kill < kills; kill += 1) {
    await writeFile(join(folder, 'policies.yaml'), kill % 2 === 0 ? policies : otherPolicies)
    const before = (await auditRecords(folder)).length
    const { child, output } = startHost(folder, hubs, account)
    // Somewhere within the work: after a random number of further records, and then at a random moment.
    const enough = before + Math.floor(Math.random() * 3) * 100
    await expect
      .poll(async () => (await auditRecords(folder)).length, { timeout: 30_000, message: output() })
      .toBeGreaterThanOrEqual(enough)
    await new Promise(resolve => setTimeout(resolve, Math.random() * 400))
    child.kill('SIGKILL')
    await once(child, 'exit')
    const records = await auditRecords(folder)
    for (const { partitionId, sequenceNumber } of await checkpoints(folder).catch(() => [])) {
      const audited = new Set(
        records
          .filter(({ position }) => position.partitionId === partitionId)
          .map(({ position }) => position.sequenceNumber)
      )
      for (let n = 0; n <= sequenceNumber; n += 1)
        expect(audited.has(n), `the checkpoint of partition ${partitionId} passed ${n}, which has no record`).toBe(true)
    }
  }

  await writeFile(join(folder, 'policies.yaml'), policies)
  const { child, output } = startHost(folder, hubs, account)
  await expect
    .poll(async () => (await auditRecords(folder)).length, { timeout: 120_000, interval: 250 })
    .toBeGreaterThanOrEqual(requests)
  child.kill('SIGTERM')
  const [code] = (await once(child, 'exit')) as [number]
  expect(code, output()).toBe(0)

  const records = await auditRecords(folder)
  expect(new Set(records.map(({ position }) => `${position.partitionId}@${position.sequenceNumber}`)).size).toBe(
    requests
  )
  expect(records).toHaveLength(requests)
  expect(records.filter(({ status }) => status === 'FAILED')).toEqual([])
  expect(records.filter(({ status }) => status === 'SKIPPED')).toHaveLength(requests / 100)
  // A clean stop: the checkpoint is the last event.
  expect((await checkpoints(folder)).map(({ sequenceNumber }) => sequenceNumber)).toEqual([
    requests / 2 - 1,
    requests / 2 - 1
  ])

  for (let n = 0; n < tables; n += 1) {
    const rows = await account.admin(`SHOW GRANTS ON TABLE DATA.PUBLIC."${tableName(n)}"`)
    const grants = rows
      .filter(row => row['privilege'] !== 'OWNERSHIP')
      .map(row => `${String(row['privilege'])} ${String(row['grantee_name'])}`)
    expect(grants.sort()).toEqual(['INSERT WRITER', 'SELECT READER', 'SELECT WRITER'])
    const references = await account.admin(
      `SELECT * FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'DATA.PUBLIC."${tableName(n)}"', REF_ENTITY_DOMAIN => 'TABLE'))`
    )
    expect(references.map(row => row['REF_COLUMN_NAME'])).toEqual(['SECRET'])
  }
})
