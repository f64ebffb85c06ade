/** A host that prints everything it is told: see `secrets.test.ts`. */
import { createJsonLinesAuditSink, createOnDemandSync, describeError } from 'on-demand-sync'
import { createEventHubsSource, createFileCheckpointStore } from 'on-demand-sync/event-hubs'
import { createDocumentPolicySource } from 'on-demand-sync/policies'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
const options = {
  account: 'local',
  accessUrl: process.env['ACCESS_URL'] ?? '',
  username: 'SYNC',
  warehouse: 'COMPUTE_WH'
}

// Credentials that are refused.
const refused = createSnowflakeClient({ ...options, credentials: { password: 'WRONG-PASSWORD' } })
const answer = await refused.query({ sql: 'SELECT 1', operation: 'SELECT', object: 'nothing', needs: [] })()
print(answer._tag === 'Left' ? { refused: answer.left._tag, words: describeError(answer.left) } : answer)
await refused.close()

const client = createSnowflakeClient({ ...options, credentials: { password: process.env['SNOWFLAKE_PASSWORD'] ?? '' } })
let answered = 0
const sync = createOnDemandSync({
  source: createEventHubsSource({
    connectionString: process.env['EVENT_HUBS'] ?? '',
    checkpointStore: createFileCheckpointStore({ path: 'checkpoints.json' }),
    loadBalancingIntervalMs: 100,
    onEvent: print
  }),
  resolver: createSnowflakeResolver({ client }),
  policies: createDocumentPolicySource({ path: 'policies.yaml', onEvent: print }),
  syncer: createSnowflakeSyncer({ client, policySchema: { database: 'GOV', schema: 'ODS' } }),
  audit: createJsonLinesAuditSink({ path: 'audit.jsonl' }),
  batch: { maxItems: 50, timeoutMs: 500 },
  retry: { maxAttempts: 2, baseDelayMs: 10, maxDelayMs: 20 },
  owned: [client],
  onEvent: event => {
    print(event)
    if (event.type === 'task') answered += 1
    if (event.type === 'checkpointed' && answered === 5) void sync.stop()
  }
})
await sync.start()
await sync.done
