/** One host of the chaos and takeover tests, in a process of its own. Told what to do by its environment; says what it does on standard output, a line of JSON each. */
import { Socket } from 'node:net'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PolicySyncer, ResourceReference } from 'on-demand-sync'
import {
  createJsonLinesAuditSink,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createOnDemandSync,
  nameOf
} from 'on-demand-sync'
import { createEventHubsSource } from 'on-demand-sync/event-hubs'
import { createDocumentPolicySource } from 'on-demand-sync/policies'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { policySchema } from '../snowflake/connectorAccount.ts'
import { blobCheckpointStore } from './azurite.ts'
import type { HostOptions } from './HostProcess.ts'
import { randomNumbers } from './randomNumbers.ts'

const given = JSON.parse(process.env['CHAOS_HOST'] ?? '{}') as HostOptions
const tell = (line: object): void => void process.stdout.write(`${JSON.stringify({ atMs: Date.now(), ...line })}\n`)

const snowflake = () => {
  const { accessUrl, account } = given.snowflake!
  const client = createSnowflakeClient({
    ...{ account, accessUrl, username: 'SYNC', role: 'POLICY_SYNC', warehouse: 'COMPUTE_WH' },
    credentials: { password: 'sync-pass' },
    breakerOpenMs: 500,
    statementTimeoutMs: 10_000
  })
  return {
    resolver: createSnowflakeResolver({ client }),
    syncer: createSnowflakeSyncer({ client, policySchema }),
    policies: createDocumentPolicySource({ path: given.policyFile ?? '' }),
    owned: [{ [Symbol.asyncDispose]: () => client.close() }]
  }
}

/** Everything is there and agrees already: for what has nothing to do with Snowflake. */
const nothingToDo = () => ({
  resolver: {
    resolve: async function* (references: ReadonlyArray<ResourceReference>) {
      yield await Promise.resolve(
        references.map(reference => ({
          _tag: 'Found' as const,
          resource: { kind: 'table' as const, name: nameOf(reference), columns: [] }
        }))
      )
    }
  },
  policies: createMemoryPolicySource(resource => ({
    resource,
    ...{ grants: [], masks: [], notes: [], managed: { roles: [], users: [] } }
  })),
  syncer: createMemoryPolicySyncer(),
  owned: []
})

/** The open connections, and who is at the other end. */
const sockets = () =>
  (process as typeof process & { readonly _getActiveHandles: () => ReadonlyArray<object> })
    ._getActiveHandles()
    .flatMap(handle =>
      handle instanceof Socket && handle.remotePort !== undefined
        ? [{ to: handle.remotePort, from: handle.localPort, connecting: handle.connecting }]
        : []
    )

const random = randomNumbers(given.seed)
/** Now and then a plan takes as long as it likes. */
const slow = (syncer: PolicySyncer): PolicySyncer => ({
  ...syncer,
  plan: (desired, options) => {
    const delayMs = random() < given.slowShare ? random() * 3_000 : 0
    const wait = () => new Promise<void>(resolve => setTimeout(resolve, delayMs))
    return TE.chain(() => syncer.plan(desired, options))(TE.fromTask(wait))
  }
})

const { syncer, ...workers } = given.snowflake === undefined ? nothingToDo() : snowflake()
const sync = createOnDemandSync({
  ...workers,
  syncer: slow(syncer),
  source: createEventHubsSource({
    connectionString: given.connectionString,
    checkpointStore: await blobCheckpointStore(given.blobConnectionString, given.container),
    identifier: given.identifier,
    onEvent: tell
  }),
  audit: createJsonLinesAuditSink({ path: given.auditFile }),
  batch: { maxItems: 50, timeoutMs: 200 },
  retry: { baseDelayMs: 100, maxDelayMs: 1_000, maxAttempts: 20 },
  onEvent: event => {
    if (
      event.type === 'task' ||
      event.type === 'task started' ||
      event.type === 'step' ||
      event.type === 'received' ||
      event.type === 'progress'
    )
      return
    tell(event)
  }
})
process.once('SIGTERM', () => {
  void sync.stop()
  // For a host that hangs: what keeps it.
  setTimeout(
    () => tell({ type: 'still here', resources: process.getActiveResourcesInfo(), sockets: sockets() }),
    40_000
  ).unref()
})
await sync.start()
await sync.done
tell({ type: 'ended' })
