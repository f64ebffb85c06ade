/** What is run by hand while a pipeline lives, and when it ends. */
import * as E from 'fp-ts/lib/Either.js'
import type { OnDemandSyncOptions, ResourceResolver } from 'on-demand-sync'
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  createSyncRequest,
  ResourceReference,
  SyncError
} from 'on-demand-sync'
import { catalogueOf, createManualClock, settled } from 'on-demand-sync/testing'
import { expect, it } from 'vitest'

const request = createSyncRequest({ resources: [ResourceReference.table('D', 'S', 'A')] })

const away: ResourceResolver = {
  resolve: async function* (references) {
    const error = SyncError.Unavailable({ service: 'snowflake', operation: 'SHOW' })
    yield await Promise.resolve(references.map(reference => ({ _tag: 'Unresolved', reference, error }) as const))
  }
}

const build = (over: Partial<OnDemandSyncOptions> = {}) => {
  const clock = createManualClock()
  const sync = createOnDemandSync({
    source: createMemoryEventSource([]),
    resolver: createMemoryResourceResolver(catalogueOf([{ database: 'D', schema: 'S', table: 'A' }])),
    policies: createMemoryPolicySource(resource => ({
      resource,
      grants: [],
      masks: [],
      managed: { roles: [], users: [] },
      notes: []
    })),
    syncer: createMemoryPolicySyncer(),
    audit: createMemoryAuditSink(),
    stopTimeoutMs: 10_000,
    clock,
    ...over
  })
  return { clock, sync }
}

it('ends within the goodbye, before the parts are closed, and does not begin after it', async () => {
  const order: Array<string> = []
  const { clock, sync } = build({
    resolver: away,
    owned: [{ [Symbol.asyncDispose]: () => Promise.resolve(void order.push('disposed')) }]
  })
  const running = sync
    .run([request])()
    .then(answer => (order.push('answered'), answer))
  await settled()
  const stopping = sync.stop()
  await clock.advance(10_000)
  await stopping
  await sync.done
  expect(await running).toEqual(E.left(SyncError.Aborted({ operation: 'sync' })))
  expect(order).toEqual(['answered', 'disposed'])
  expect(clock.timers()).toBe(0)
  const closed = E.left(SyncError.Closed({ what: 'pipeline' }))
  expect(await sync.run([request])()).toEqual(closed)
  expect(await sync.plan([request])()).toEqual(closed)
  expect(await sync.apply({ resources: [], steps: [], state: [] })()).toEqual(closed)
})

it('is answered at once where it is called off in the line behind an outage', async () => {
  const { clock, sync } = build({ resolver: away })
  const before = new AbortController()
  const first = sync.run([request], { signal: before.signal })()
  const behind = new AbortController()
  const second = sync.plan([request], { signal: behind.signal })()
  await settled()
  behind.abort()
  expect(await second).toEqual(E.left(SyncError.Aborted({ operation: 'plan' })))
  before.abort()
  expect(await first).toEqual(E.left(SyncError.Aborted({ operation: 'sync' })))
  expect(clock.timers()).toBe(0)
  // Nobody stands in the line any more.
  expect(await sync.run([])()).toEqual(E.right([]))
})

it('leaves no obstacle behind in the health of a pipeline', async () => {
  const { sync } = build({ resolver: away })
  const calledOff = new AbortController()
  const running = sync.run([request], { signal: calledOff.signal })()
  await settled()
  expect(sync.health().waitingSinceMs).toBeTypeOf('number')
  calledOff.abort()
  await running
  expect(sync.health().waitingSinceMs).toBeUndefined()
})
