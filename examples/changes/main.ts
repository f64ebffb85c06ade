/**
 * Change events, end to end, on local servers: a table that is created in a watched schema comes under policy without anybody asking for it; subscribers and the dataset's own topic are told; rows that
 * are changed by plain SQL are captured; what cannot be told ends in a dead letter. Ends with 1 if anything is not as it should be.
 */
import { EventHubProducerClient } from '@azure/event-hubs'
import { fileURLToPath } from 'node:url'
import type { AuditRecord } from 'on-demand-sync'
import {
  createMemoryAuditSink,
  createOnDemandSync,
  createSecret,
  fromPromise,
  orThrow,
  toPromise
} from 'on-demand-sync'
import type { TopicMessage } from 'on-demand-sync/change-events'
import {
  createCatalogueWatch,
  createChangeEvents,
  createMemoryDeadLetters,
  createMemoryTopic,
  createStreamCapture,
  createSyncRequestTopic,
  createWebhookTopic,
  followSync,
  readChangeEventsDefinition
} from 'on-demand-sync/change-events'
import { createEventHubsSource, createMemoryCheckpointStore } from 'on-demand-sync/event-hubs'
import { createDocumentPolicySource } from 'on-demand-sync/policies'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { startLocalEventHubs, startLocalSnowflake } from 'on-demand-sync/testing'
import { readFile } from 'node:fs/promises'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const say = (text: string) => void process.stdout.write(`${text}\n`)
const heading = (text: string) => say(`\n=== ${text}`)
const problems: Array<string> = []
const expectThat = (holds: boolean, what: string) => {
  say(`  ${holds ? 'yes' : 'NO '} ${what}`)
  if (!holds) problems.push(what)
}

await using snowflake = await startLocalSnowflake({
  users: [
    { name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' },
    { name: 'SYNC', password: 'sync-demo', defaultRole: 'POLICY_SYNC' }
  ],
  setup: await readFile(here('seed.sql'), 'utf8')
})
await using hubs = await startLocalEventHubs({ hubs: { 'sync-tasks': { partitions: 1 } } })
const asAnalyst = (sql: string) => snowflake.execute(sql, { role: 'ANALYST' })
const mayRead = (table: string) =>
  asAnalyst(`SELECT * FROM ${table}`).then(
    () => true,
    () => false
  )

const client = createSnowflakeClient({
  account: snowflake.account,
  accessUrl: snowflake.accessUrl,
  username: 'SYNC',
  credentials: { password: 'sync-demo' },
  role: 'POLICY_SYNC',
  warehouse: 'COMPUTE_WH'
})

// Who is told of what is a file; the topics that it names are made here.
const definition = orThrow(readChangeEventsDefinition(await readFile(here('changes.yaml'), 'utf8'), 'changes.yaml'))
const [platform, salesEvents] = [createMemoryTopic('platform'), createMemoryTopic('sales-events')]
const producer = new EventHubProducerClient(hubs.connectionString('sync-tasks'))
const deadLetters = createMemoryDeadLetters()
const events = createChangeEvents({
  definition,
  deadLetters,
  topics: {
    platform,
    'sales-events': salesEvents,
    // A matching change becomes a sync request, on the hub that the pipeline reads.
    sync: createSyncRequestTopic({
      submit: request => fromPromise('send', () => producer.sendBatch([{ body: request }]))
    }),
    // Nobody listens there.
    dead: createWebhookTopic({ url: 'http://127.0.0.1:9/hook', secret: createSecret('demo') })
  },
  delivery: { maxAttempts: 2, baseDelayMs: 50 }
})

const resolver = createSnowflakeResolver({ client })
const records = createMemoryAuditSink()
const sync = createOnDemandSync({
  source: createEventHubsSource({
    connectionString: hubs.connectionString('sync-tasks'),
    checkpointStore: createMemoryCheckpointStore(),
    loadBalancingIntervalMs: 250
  }),
  resolver,
  policies: createDocumentPolicySource({ path: here('policies.yaml') }),
  syncer: createSnowflakeSyncer({ client, policySchema: { database: 'GOVERNANCE', schema: 'ON_DEMAND_SYNC' } }),
  audit: records,
  batch: { maxItems: 50, timeoutMs: 100 }
})
followSync({ sync, events })
const nextTask = (): Promise<AuditRecord> =>
  new Promise(resolve => {
    const off = sync.on(event => {
      if (event.type !== 'task') return
      off()
      resolve(event.record)
    })
  })

const watch = createCatalogueWatch({
  resolver,
  watch: [{ type: 'schema', values: { database: 'SALES', schema: 'PUBLIC' } }],
  events
})
const capture = createStreamCapture({
  client,
  events,
  outbox: { database: 'GOVERNANCE', schema: 'CHANGES', table: 'OUTBOX' },
  sources: [
    {
      datasetId: 'SALES',
      schema: 'Order',
      table: { database: 'SALES', schema: 'PUBLIC', table: 'ORDERS' },
      stream: { database: 'GOVERNANCE', schema: 'CHANGES', table: 'ORDERS_CHANGES' },
      idColumn: 'ID',
      fieldOf: column => column.toLowerCase()
    }
  ]
})

await sync.start()
heading('The schema SALES.PUBLIC is watched, the table ORDERS is captured')
await toPromise(watch.poll())
await toPromise(capture.poll())

heading('Somebody creates a table there')
await snowflake.execute(`
  CREATE TABLE SALES.PUBLIC.INVOICES (ID NUMBER(10,0), EMAIL VARCHAR);
  INSERT INTO SALES.PUBLIC.INVOICES VALUES (1, 'ada@example.com')`)
expectThat(!(await mayRead('SALES.PUBLIC.INVOICES')), 'before the next poll, analysts cannot read it')
const task = nextTask()
await toPromise(watch.poll())
const { status, statements } = await task
for (const statement of statements) say(`    ran ${statement}`)
expectThat(status === 'SUCCESS', 'after it, a sync request brought the table under policy')
const [invoice = {}] = await asAnalyst('SELECT EMAIL FROM SALES.PUBLIC.INVOICES')
const seen = JSON.stringify(invoice['EMAIL'])
expectThat(seen.length === 66, `analysts read it now, and see ${seen} for ada@example.com`)

heading('Somebody changes rows with plain SQL')
await snowflake.execute(`
  UPDATE SALES.PUBLIC.ORDERS SET STATUS = 'PAID', VERSION = 2 WHERE ID = 1;
  INSERT INTO SALES.PUBLIC.ORDERS VALUES (2, 1, 'NEW')`)
await toPromise(capture.poll())

await events.stop()
await sync.stop()
await client.close()

const brief = ({ attributes, body }: TopicMessage) =>
  `  ${(attributes['event'] ?? attributes['operation'] ?? '').padEnd(46)} ${JSON.stringify(body)}`
heading('The dataset’s own topic was told')
for (const message of salesEvents.messages()) say(brief(message))
heading('The platform team, which subscribed to tables and masks, was told')
for (const message of platform.messages()) say(brief(message))
heading('What could not be told became dead letters')
for (const letter of deadLetters.letters())
  say(`  ${letter.type === 'message' ? letter.topic : (letter.subscription ?? '')}: ${letter.reason}`)

heading('In short')
const told = (event: string) =>
  salesEvents.messages().filter(({ attributes }) => attributes['event']?.endsWith(event)).length
expectThat(told('TransactionStartedEvent') === 1, 'the task was a transaction that started')
expectThat(told('TransactionCompletedEvent') === 1, 'and completed')
expectThat(told('ObjectUpdatedEvent') === 1, 'the changed order was told, with before and after')
expectThat(
  told('ObjectCreatedEvent') === 7,
  'and so were the new order, the new table, its grants, its mask and the policy behind it'
)
const schemas = platform.messages().map(({ attributes }) => attributes['schema'])
expectThat(
  schemas.includes('Table') && schemas.includes('ColumnMask'),
  'subscribers heard of the table and of its mask'
)
const reasons = deadLetters.letters().map(letter => (letter.type === 'message' ? letter.topic : letter.type))
expectThat(
  reasons.includes('webhook http://127.0.0.1:9') && reasons.includes('change'),
  'a dead topic and a poisonous rule harmed nobody else'
)
heading(problems.length === 0 ? 'Everything is as expected' : `${problems.length} things are not as expected`)
process.exitCode = problems.length === 0 ? 0 : 1
