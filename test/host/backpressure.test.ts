/** Promise 7: with the syncer blocked, what is taken from the hub stops at a known number, and goes on by itself. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PolicySyncer } from 'on-demand-sync'
import {
  createMemoryAuditSink,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  createSyncRequest,
  orThrow,
  payloadCodec,
  ResourceReference
} from 'on-demand-sync'
import { createEventHubsSource, createMemoryCheckpointStore } from 'on-demand-sync/event-hubs'
import { catalogueOf, startLocalEventHubs } from 'on-demand-sync/testing'
import { expect, it } from 'vitest'

it('holds at most the threshold and a known constant, and resumes by itself', { timeout: 180_000 }, async () => {
  const partitions = 2
  const published = 10_000
  await using hubs = await startLocalEventHubs({ hubs: { tasks: { partitions } } })
  const body = orThrow(payloadCodec.encode(createSyncRequest({ resources: [ResourceReference.table('D', 'S', 'T')] })))
  hubs.hub('tasks').append(Array.from({ length: published }, () => ({ body: Buffer.from(body) })))

  let release = (): void => undefined
  const blocked = new Promise<void>(resolve => (release = resolve))
  const inner = createMemoryPolicySyncer()
  const syncer: PolicySyncer = {
    ...inner,
    plan: (desired, options) => TE.chain(() => inner.plan(desired, options))(TE.fromTask(() => blocked))
  }
  const audit = createMemoryAuditSink()
  const [threshold, maxItems, maxBatchSize, prefetchCount] = [100, 50, 100, 300]
  const sync = createOnDemandSync({
    source: createEventHubsSource({
      connectionString: hubs.connectionString('tasks'),
      checkpointStore: createMemoryCheckpointStore(),
      maxBatchSize,
      prefetchCount,
      loadBalancingIntervalMs: 100
    }),
    resolver: createMemoryResourceResolver(catalogueOf([{ database: 'D', schema: 'S', table: 'T' }])),
    policies: createMemoryPolicySource(resource => ({
      resource,
      grants: [],
      masks: [],
      managed: { roles: [], users: [] },
      notes: []
    })),
    syncer,
    audit,
    queue: { capacity: threshold },
    batch: { maxItems, timeoutMs: 0 }
  })
  await sync.start()

  // docs/pipeline.md: threshold + one batch + two chunks on their way + what each partition has in hand and prefetched.
  const constant = maxItems + 2 * maxBatchSize + partitions * (maxBatchSize + prefetchCount)
  const taken = () => hubs.stats().totals.eventsOut
  await expect.poll(() => hubs.hub('tasks').readers().length, { timeout: 30_000 }).toBe(partitions)
  let last = -1
  await expect
    .poll(() => ((last = taken()), last > threshold && last === taken()), { timeout: 30_000, interval: 500 })
    .toBe(true)
  expect(taken()).toBeLessThanOrEqual(threshold + constant)

  release()
  await expect.poll(() => audit.records().length, { timeout: 40_000 }).toBe(published)
  await sync.stop()
})
