/**
 * The main job, end to end: two local servers in processes of their own, the real clients, and everything a day of sync requests brings. Ends with 1 if anything is not as it should be.
 */
import { EventHubProducerClient } from '@azure/event-hubs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AuditRecord, LifecycleEvent } from 'on-demand-sync'
import {
  createJsonLinesAuditSink,
  createMemoryAuditSink,
  createOnDemandSync,
  describeError,
  teeAuditSink
} from 'on-demand-sync'
import { createEventHubsSource, createFileCheckpointStore } from 'on-demand-sync/event-hubs'
import { createDocumentPolicySource } from 'on-demand-sync/policies'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import type { DemoEvent } from './requests.ts'
import { demoEvents } from './requests.ts'
import { showAccess } from './showAccess.ts'
import { startServer } from './servers.ts'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const say = (text: string) => void process.stdout.write(`${text}\n`)
const heading = (text: string) => say(`\n=== ${text}`)

const progress = (event: LifecycleEvent): void => {
  if (event.type === 'batch started')
    say(`  batch ${event.batch}: ${event.events} events name ${event.references} resources`)
  if (event.type === 'step')
    say(`    ${event.result.error === undefined ? 'ran   ' : 'FAILED'} ${event.result.step.statement}`)
  if (event.type === 'waiting') say(`  waiting: ${describeError(event.error)}`)
  if (event.type === 'batch finished') say(`  batch ${event.batch}: done in ${event.durationMs} ms`)
}

const publish = async (connectionString: string, events: ReadonlyArray<DemoEvent>): Promise<void> => {
  const producer = new EventHubProducerClient(connectionString)
  // One partition, so that the table of tasks reads in the order of publishing.
  await producer.sendBatch(
    events.map(({ body }) => ({ body: Buffer.from(body) })),
    { partitionId: '0' }
  )
  await producer.close()
}

/** Runs the pipeline until `count` events have their audit record. */
const syncUntil = async (
  folder: string,
  connectionString: string,
  snowflake: { readonly accessUrl: string; readonly account: string },
  count: number
): Promise<ReadonlyArray<AuditRecord>> => {
  const client = createSnowflakeClient({
    ...snowflake,
    username: 'SYNC',
    credentials: { password: 'sync-demo' },
    role: 'POLICY_SYNC',
    warehouse: 'COMPUTE_WH'
  })
  const memory = createMemoryAuditSink()
  await using sync = createOnDemandSync({
    source: createEventHubsSource({
      connectionString,
      checkpointStore: createFileCheckpointStore({ path: join(folder, 'checkpoints.json') }),
      loadBalancingIntervalMs: 250
    }),
    resolver: createSnowflakeResolver({ client }),
    policies: createDocumentPolicySource({ path: here('policies.yaml') }),
    syncer: createSnowflakeSyncer({ client, policySchema: { database: 'GOVERNANCE', schema: 'ON_DEMAND_SYNC' } }),
    audit: teeAuditSink([memory, createJsonLinesAuditSink({ path: join(folder, 'audit.jsonl') })]),
    batch: { maxItems: 50, timeoutMs: 500 },
    owned: [client],
    onEvent: progress
  })
  const enough = new Promise<void>(resolve => {
    let left = count
    sync.on(event => {
      if (event.type === 'task' && --left === 0) resolve()
    })
  })
  await sync.start()
  await Promise.race([enough, sync.done])
  await sync.stop()
  return memory.records()
}

const showTasks = (records: ReadonlyArray<AuditRecord>): void => {
  const rows = records.map(({ position, taskId, status, statementCount, reason }) => ({
    event: position.sequenceNumber,
    task: taskId ?? '-',
    status,
    statements: statementCount,
    reason: reason ?? ''
  }))
  const widths = ['event', 'task', 'status', 'statements'].map(key =>
    Math.max(key.length, ...rows.map(row => String(row[key as keyof (typeof rows)[0]]).length))
  )
  const line = (cells: ReadonlyArray<unknown>) =>
    cells.map((cell, index) => String(cell).padEnd(widths[index] ?? 0)).join('  ')
  say(line(['event', 'task', 'status', 'statements', 'reason']))
  for (const row of rows) say(line(Object.values(row)))
}

/** What is not as expected, in words. */
const mistakes = (events: ReadonlyArray<DemoEvent>, records: ReadonlyArray<AuditRecord>): ReadonlyArray<string> => {
  const wrong = events.flatMap(({ id, expected, because }, index) => {
    const record = records[index]
    if (record === undefined) return [`event ${index} has no audit record`]
    if (record.taskId !== id || record.status !== expected)
      return [`event ${index}: expected ${id ?? '-'} ${expected}, found ${record.taskId ?? '-'} ${record.status}`]
    return because !== undefined && record.reason?.includes(because) !== true
      ? [`event ${index}: its reason does not say "${because}"`]
      : []
  })
  return records.length === events.length ? wrong : [...wrong, `${records.length} records for ${events.length} events`]
}

const folder = await mkdtemp(join(tmpdir(), 'on-demand-sync-demo-'))
const problems: Array<string> = []
try {
  heading('Two local servers, in processes of their own')
  await using hubs = await startServer<{ readonly connectionStrings: Readonly<Record<string, string>> }>(
    'local-event-hubs',
    '--hub',
    'sync-tasks:2'
  )
  await using snowflake = await startServer<{ readonly accessUrl: string; readonly account: string }>(
    'local-snowflake',
    '--setup',
    here('seed.sql'),
    '--user',
    'ADMIN:admin-demo:ACCOUNTADMIN',
    '--user',
    'SYNC:sync-demo:POLICY_SYNC'
  )
  const connectionString = hubs.ready.connectionStrings['sync-tasks'] ?? ''
  const account = { accessUrl: snowflake.ready.accessUrl, account: snowflake.ready.account }
  say(`  Event Hubs and Snowflake (${account.accessUrl}) are up`)

  heading('Access before')
  await showAccess(account, say)

  const events = demoEvents()
  heading(`${events.length} requests are published, and worked off`)
  await publish(connectionString, events)
  const first = await syncUntil(folder, connectionString, account, events.length)

  heading('Tasks')
  showTasks(first)
  problems.push(...mistakes(events, first))

  heading('Access after')
  await showAccess(account, say)

  heading('The same requests again')
  await publish(connectionString, events)
  const second = await syncUntil(folder, connectionString, account, events.length)
  problems.push(...mistakes(events, second))
  const statements = second.reduce((sum, { statementCount }) => sum + statementCount, 0)
  say(`  ${statements} statements: what agrees already is left alone`)
  if (statements !== 0)
    problems.push(`the second run changed something: ${second.flatMap(record => record.statements).join('; ')}`)
} finally {
  await rm(folder, { recursive: true })
}

for (const problem of problems) say(`NOT AS EXPECTED: ${problem}`)
heading(problems.length === 0 ? 'Everything is as expected' : `${problems.length} things are not as expected`)
process.exitCode = problems.length === 0 ? 0 : 1
