/** Parts that break their promises: no event passes for done over one, none is lost, and the pipeline comes to an end. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type {
  AuditRecord,
  DesiredAccess,
  EventSource,
  OnDemandSyncOptions,
  PolicySyncer,
  Resource,
  ResourceResolver
} from 'on-demand-sync'
import {
  AuditSink,
  createMemoryAuditSink,
  createMemoryDeadLetterSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  createSyncRequest,
  orThrow,
  payloadCodec,
  ResourceReference,
  SyncError,
  SyncException
} from 'on-demand-sync'
import { catalogueOf, createManualClock, settled } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'

const { database, table } = ResourceReference
const catalogue = catalogueOf(['A', 'B'].map(name => ({ database: 'D', schema: 'S', table: name })))
const selectFor = (resource: Resource): DesiredAccess => ({
  resource,
  grants:
    resource.kind === 'table'
      ? [{ privilege: 'SELECT', grantee: { type: 'role', name: 'R' }, grantOption: false }]
      : [],
  masks: [],
  managed: { roles: ['R'], users: [] },
  notes: []
})
const request = (...resources: ReadonlyArray<ResourceReference>) => createSyncRequest({ resources })
const body = (...resources: ReadonlyArray<ResourceReference>) => orThrow(payloadCodec.encode(request(...resources)))

const build = (over: Partial<OnDemandSyncOptions>) =>
  createOnDemandSync({
    source: createMemoryEventSource([]),
    resolver: createMemoryResourceResolver(catalogue),
    policies: createMemoryPolicySource(selectFor),
    syncer: createMemoryPolicySyncer(),
    audit: createMemoryAuditSink(),
    batch: { timeoutMs: 0 },
    ...over
  })
const recordsOf = async (bodies: ReadonlyArray<unknown>, over: Partial<OnDemandSyncOptions>) => {
  const audit = createMemoryAuditSink()
  const source = createMemoryEventSource(bodies)
  const sync = build({ source, audit, ...over })
  await sync.start()
  await sync.done
  expect(source.acknowledged()).toHaveLength(bodies.length)
  return audit.records()
}
const results = ([record]: ReadonlyArray<AuditRecord>) => record?.outcomes.map(({ result, error }) => [result, error])

describe('an audit sink that will never keep a record', () => {
  const closed = SyncError.Closed({ what: 'audit sink' })
  const audit = AuditSink.fromAsync({ append: () => Promise.reject(new SyncException(closed)) })

  it('ends the pipeline, though the queue is full and nobody makes room any more', async () => {
    const source = createMemoryEventSource(Array.from({ length: 1_000 }, () => 'no request'))
    const sync = build({ source, audit })
    await sync.start()
    await expect(sync.done).rejects.toMatchObject({ error: closed })
    expect(source.acknowledged()).toEqual([])
  })

  it('ends it though nothing comes in any more, and though the source does not hear', async () => {
    for (const hears of [true, false]) {
      const memory = createMemoryEventSource(['no request'])
      const source: EventSource = {
        ...memory,
        events: async function* (options) {
          yield* memory.events(options)
          await new Promise<void>(resolve => {
            if (hears) options.signal.addEventListener('abort', () => resolve())
          })
        }
      }
      const clock = createManualClock()
      const sync = build({ source, audit, clock, stopTimeoutMs: 10_000 })
      await sync.start()
      await settled()
      await clock.advance(hears ? 0 : 10_000)
      await expect(sync.done).rejects.toMatchObject({ error: closed })
      expect([hears, sync.health().state, clock.timers()]).toEqual([hears, 'ended', 0])
    }
  })
})

describe('a part that leaves something out', () => {
  const silent: ResourceResolver = {
    resolve: async function* () {
      // It says nothing.
    }
  }

  it('a resolver: what it says nothing of is not taken for absent', async () => {
    const inner = createMemoryResourceResolver(catalogue)
    const resolver: ResourceResolver = {
      resolve: (references, options) => inner.resolve(references.slice(0, 1), options)
    }
    const records = await recordsOf([body(table('D', 'S', 'A'), table('D', 'S', 'B'))], { resolver })
    expect(results(records)).toEqual([
      ['applied', undefined],
      ['failed', 'Defect']
    ])
    expect(await build({ resolver: silent }).plan([request(database('D'))])()).toMatchObject(
      E.left({ _tag: 'Defect', where: 'ResourceResolver' })
    )
  })

  it('a policy source: a database is no success where a table of it was not decided', async () => {
    const policies = { accessFor: (some: ReadonlyArray<Resource>) => TE.right(some.slice(1).map(selectFor)) }
    const records = await recordsOf([body(database('D'))], { policies })
    expect(results(records)).toEqual([['failed', 'Defect']])
    expect(await build({ policies }).plan([request(database('D'))])()).toMatchObject(
      E.left({ _tag: 'Defect', where: 'PolicySource.accessFor' })
    )
  })

  it('a policy source: nothing is touched that nobody named', async () => {
    const syncer = createMemoryPolicySyncer()
    const policies = { accessFor: () => TE.right(catalogue.map(selectFor)) }
    expect(results(await recordsOf([body(table('D', 'S', 'A'))], { policies, syncer }))).toEqual([['failed', 'Defect']])
    expect(catalogue.flatMap(resource => syncer.accessOf(resource).grants)).toEqual([])
  })

  it('a policy source may answer in any order', async () => {
    const policies = { accessFor: (some: ReadonlyArray<Resource>) => TE.right(some.map(selectFor).reverse()) }
    expect(results(await recordsOf([body(database('D'))], { policies }))).toEqual([['applied', undefined]])
  })

  it('a syncer: what it gives no result for has failed', async () => {
    const inner = createMemoryPolicySyncer()
    const syncer: PolicySyncer = {
      ...inner,
      apply: (plan, options) =>
        TE.map((all: ReadonlyArray<unknown>) => all.slice(1) as never)(inner.apply(plan, options))
    }
    expect(results(await recordsOf([body(database('D'))], { syncer }))).toEqual([['failed', 'Defect']])
  })
})

describe('a part that throws', () => {
  it('a codec: the event is answered, and the stream goes on', async () => {
    const decode = (text: unknown) => {
      if (text === 'poison') throw new Error('S3CR3T')
      return payloadCodec.decode(text)
    }
    const letters = createMemoryDeadLetterSink()
    const records = await recordsOf(['poison', body(table('D', 'S', 'A'))], {
      codec: { ...payloadCodec, decode },
      deadLetters: letters
    })
    expect(records.map(({ status }) => status)).toEqual(['SKIPPED', 'SUCCESS'])
    expect(letters.letters()).toHaveLength(1)
    expect(JSON.stringify(records)).not.toContain('S3CR3T')
  })

  it('a source that gives no time: the event is answered, with the time at which it came', async () => {
    const inner = createMemoryEventSource([body(table('D', 'S', 'A')), body(table('D', 'S', 'B'))])
    const source: EventSource = {
      ...inner,
      events: async function* (options) {
        for await (const chunk of inner.events(options)) yield chunk.map(event => ({ ...event, enqueuedAtMs: NaN }))
      }
    }
    const records = await recordsOf([], { source })
    expect(records.map(({ status, enqueuedAt, receivedAt }) => [status, enqueuedAt === receivedAt])).toEqual([
      ['SUCCESS', true],
      ['SUCCESS', true]
    ])
  })

  it('a body that JSON has no form for is a dead letter like any other', async () => {
    const cycle: Record<string, unknown> = {}
    cycle['itself'] = cycle
    const letters = createMemoryDeadLetterSink()
    const bodies = [10n, () => 1, Symbol('s'), cycle, undefined]
    const records = await recordsOf(bodies, { deadLetters: letters })
    expect(records.map(({ status }) => status)).toEqual(bodies.map(() => 'SKIPPED'))
    expect(letters.letters()).toHaveLength(bodies.length)
  })

  it('a resolver: what is run or planned by hand is a left, not a rejection', async () => {
    const resolver: ResourceResolver = {
      resolve: () => {
        throw new Error('no')
      }
    }
    const sync = build({ resolver })
    expect(await sync.plan([request(table('D', 'S', 'A'))])()).toMatchObject(E.left({ _tag: 'Defect' }))
    expect(await sync.run([request(table('D', 'S', 'A'))])()).toMatchObject(E.right([{ status: 'FAILED' }]))
  })
})
