/** Own parts in plain async functions, without a line of fp-ts: a source that reads an array of "messages", and an audit sink that prints. Run it with `npx tsx examples/02-promises.ts`. */
import {
  AuditSink,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createOnDemandSync,
  createSyncRequest,
  EventSource,
  isSyncException,
  ResourceReference,
  ResourceResolver,
  toPromise
} from 'on-demand-sync'

const messages = [{ n: 0, body: createSyncRequest({ id: 'a', resources: [ResourceReference.database('SALES')] }) }]
const acknowledged: Array<number> = []

const source = EventSource.fromAsync({
  events: async function* ({ signal }) {
    for (const { n, body } of messages) {
      if (signal.aborted) return
      await Promise.resolve()
      yield [
        {
          position: { hub: 'messages', consumerGroup: 'main', partitionId: '0', sequenceNumber: n, offset: String(n) },
          body,
          enqueuedAtMs: Date.now()
        }
      ]
    }
  },
  acknowledge: positions => {
    acknowledged.push(...positions.map(({ sequenceNumber }) => sequenceNumber))
  }
})

const sync = createOnDemandSync({
  source,
  resolver: ResourceResolver.fromAsync({
    lookUp: reference =>
      Promise.resolve(
        reference.type === 'database'
          ? [{ kind: 'database', name: { database: reference.values.database }, columns: [] }]
          : []
      )
  }),
  policies: createMemoryPolicySource(resource => ({
    resource,
    grants: [],
    masks: [],
    managed: { roles: [], users: [] },
    notes: []
  })),
  syncer: createMemoryPolicySyncer(),
  audit: AuditSink.fromAsync({
    append: records => {
      for (const { taskId = '-', status } of records) process.stdout.write(`${taskId} ${status}\n`)
    }
  })
})

// Single runs by hand, as Promises; before `start`, or beside the stream until it has ended.
const [report] = await toPromise(
  sync.run([createSyncRequest({ resources: [ResourceReference.schema('SALES', 'NOT_THERE')] })])
)
if (report?.status !== 'SKIPPED') throw new Error('unexpected')

try {
  await sync.start()
  await sync.done
} catch (error) {
  // One exception for everything; the kind of failure is data.
  if (isSyncException(error)) process.stderr.write(`${error.error._tag}: ${error.message}\n`)
  throw error
}
if (acknowledged.join() !== '0') throw new Error('unexpected')
