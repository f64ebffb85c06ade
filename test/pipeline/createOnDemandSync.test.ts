import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import fc from 'fast-check'
import type {
  AuditRecord,
  DesiredAccess,
  EventSource,
  LifecycleEvent,
  OnDemandSyncOptions,
  PolicySyncer,
  ReceivedEvent,
  Resource,
  Step,
  Task
} from 'on-demand-sync'
import {
  AuditSink,
  createBatcher,
  createBoundedQueue,
  createMemoryAuditSink,
  createMemoryDeadLetterSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  createSyncRequest,
  payloadCodec,
  orThrow,
  ResourceReference,
  ResourceResolver,
  SyncError,
  SyncException,
  systemClock,
  toPromise
} from 'on-demand-sync'
import { catalogueOf, createManualClock, settled } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'

const names = ['A', 'B', 'C'].map(table => ({ database: 'D', schema: 'S', table }))
const catalogue = [...catalogueOf(names), ...catalogueOf([{ database: 'E', schema: 'S', table: 'X' }])]
const managed = { roles: ['R'], users: [] }
const selectFor = (resource: Resource): DesiredAccess => ({
  resource,
  grants:
    resource.kind === 'table'
      ? [{ privilege: 'SELECT', grantee: { type: 'role', name: 'R' }, grantOption: false }]
      : [],
  masks: [],
  managed,
  notes: [],
  policyVersion: '7'
})

const body = (id: string, ...resources: ReadonlyArray<ResourceReference>) =>
  orThrow(payloadCodec.encode(createSyncRequest({ id, resources, clock: { now: () => 0 } })))
const { database, schema, table, column } = ResourceReference

const build = (bodies: ReadonlyArray<unknown>, over: Partial<OnDemandSyncOptions> = {}) => {
  const audit = createMemoryAuditSink()
  const source = createMemoryEventSource(bodies)
  const events: Array<LifecycleEvent> = []
  const options: OnDemandSyncOptions = {
    source,
    resolver: createMemoryResourceResolver(catalogue),
    policies: createMemoryPolicySource(selectFor),
    syncer: createMemoryPolicySyncer(),
    audit,
    batch: { timeoutMs: 0 },
    onEvent: event => void events.push(event),
    ...over
  }
  return { audit, source, events, sync: createOnDemandSync(options) }
}
const runAll = async (bodies: ReadonlyArray<unknown>, over: Partial<OnDemandSyncOptions> = {}) => {
  const built = build(bodies, over)
  await built.sync.start()
  await built.sync.done
  return { ...built, records: built.audit.records() }
}
/** As an instance of a class would be: its methods are lost without it. */
const asInstance = <A extends object>(port: A): A => {
  const instance: A = Object.fromEntries(
    Object.entries(port).map(([key, value]: [string, unknown]) => [
      key,
      typeof value !== 'function'
        ? value
        : function (this: unknown, ...given: ReadonlyArray<unknown>): unknown {
            if (this !== instance) throw new TypeError(`${key} was torn off its object`)
            return Reflect.apply(value, port, given)
          }
    ])
  ) as A
  return instance
}
const short = (records: ReadonlyArray<AuditRecord>) => records.map(({ taskId, status }) => [taskId, status])

describe('createOnDemandSync', () => {
  it('answers every event with one record, and acknowledges it', async () => {
    const { records, source } = await runAll([
      body('ok', table('D', 'S', 'A')),
      'not json',
      body('missing', table('D', 'S', 'NOPE')),
      JSON.stringify({
        id: 'foreign',
        type: 'RESOURCE_SYNC',
        appType: 'PS_CONNECTOR',
        appSubType: 'REDSHIFT',
        requestInfo: { resources: [{ type: 'database', values: { database: 'D' } }] }
      }),
      body('again', table('D', 'S', 'A'))
    ])
    expect(short(records)).toEqual([
      ['ok', 'SUCCESS'],
      [undefined, 'SKIPPED'],
      ['missing', 'SKIPPED'],
      ['foreign', 'SKIPPED'],
      ['again', 'SUCCESS']
    ])
    expect(records.map(({ reason }) => reason)).toEqual([
      undefined,
      'unreadable request: must be JSON',
      'table D.S.NOPE: does not exist, or our role may not see it',
      'foreign request: appSubType: must be SNOWFLAKE',
      undefined
    ])
    expect(records[0]).toMatchObject({
      policyVersion: '7',
      attempts: 1,
      statementCount: 3,
      outcomes: [{ result: 'applied' }]
    })
    expect(records[0]?.statements).toContain('grant SELECT on D.S.A to role R')
    expect(source.acknowledged().map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 1, 2, 3, 4])
  })

  it('merges references of a batch: the same table once, a database covers what is in it', async () => {
    const asked: Array<ReadonlyArray<ResourceReference>> = []
    const inner = createMemoryResourceResolver(catalogue)
    const { records } = await runAll(
      [
        body('1', table('D', 'S', 'A'), table('E', 'S', 'X')),
        body('2', column('D', 'S', 'A', 'C'), schema('D', 'S')),
        body('3', database('D')),
        body('4', column('E', 'S', 'X', 'C'), column('E', 'S', 'X', 'NOPE'))
      ],
      {
        resolver: {
          resolve: (references, options) => {
            asked.push(references)
            return inner.resolve(references, options)
          }
        }
      }
    )
    expect(asked).toEqual([[table('E', 'S', 'X'), database('D')]])
    expect(short(records)).toEqual(['1', '2', '3', '4'].map(id => [id, 'SUCCESS']))
    expect(records[2]?.outcomes[0]).toMatchObject({
      result: 'applied',
      covered: { applied: 5, unchanged: 0, skipped: 0, failed: 0 }
    })
    expect(records[1]?.outcomes.map(({ result }) => result)).toEqual(['applied', 'applied'])
    expect(records[3]?.outcomes).toMatchObject([
      { result: 'applied' },
      { result: 'skipped', reason: 'the table has no such column' }
    ])
  })

  it('ends FAILED if anything failed, SUCCESS if anything agreed, else SKIPPED', async () => {
    const refuse = (step: Step) =>
      step.on.table === 'B'
        ? SyncError.NotAuthorized({ operation: 'GRANT', object: 'D.S.B', needs: ['OWNERSHIP of D.S.B'] })
        : undefined
    const { records } = await runAll(
      [
        body('1', table('D', 'S', 'A'), table('D', 'S', 'B')),
        body('2', table('D', 'S', 'A'), table('D', 'S', 'NOPE')),
        body('3', database('D')),
        body('4', database('NOPE'))
      ],
      { syncer: createMemoryPolicySyncer({ refuse }) }
    )
    expect(short(records)).toEqual([
      ['1', 'FAILED'],
      ['2', 'SUCCESS'],
      ['3', 'FAILED'],
      ['4', 'SKIPPED']
    ])
    expect(records[0]?.reason).toBe('table D.S.B: not authorized to GRANT on D.S.B: needs OWNERSHIP of D.S.B')
    expect(records[2]?.outcomes[0]).toMatchObject({ result: 'failed', error: 'NotAuthorized', covered: { failed: 1 } })
  })

  it('syncs twice without a second statement', async () => {
    const syncer = createMemoryPolicySyncer()
    await runAll([body('1', database('D'))], { syncer })
    const { records } = await runAll([body('2', database('D'))], { syncer })
    expect(records[0]).toMatchObject({ status: 'SUCCESS', statementCount: 0, outcomes: [{ result: 'unchanged' }] })
  })

  it('waits out an outage instead of failing tasks', async () => {
    const clock = createManualClock()
    const inner = createMemoryPolicySyncer()
    let away = 20
    const syncer: PolicySyncer = {
      ...inner,
      plan: (desired, options) =>
        away-- > 0
          ? TE.left(SyncError.Unavailable({ service: 'snowflake', operation: 'login' }))
          : inner.plan(desired, options)
    }
    const { sync, audit, events } = build([body('1', table('D', 'S', 'A'))], { syncer, clock })
    await sync.start()
    await clock.advance(3_600_000)
    await sync.done
    expect(audit.records()).toMatchObject([{ status: 'SUCCESS', attempts: 21 }])
    expect(events.filter(({ type }) => type === 'waiting')).toHaveLength(20)
  })

  it('tries a passing failure of one resource a few times, then fails that one only', async () => {
    const clock = createManualClock()
    const tries = new Map<string, number>()
    const refuse = ({ on: { table: name = '' } }: Step) => {
      tries.set(name, (tries.get(name) ?? 0) + 1)
      const times = name === 'A' ? 2 : name === 'B' ? Infinity : 0
      return (tries.get(name) ?? 0) <= times
        ? SyncError.StatementFailed({ operation: 'GRANT', object: name, code: '000625', retryable: true })
        : undefined
    }
    const { sync, audit } = build([body('1', ...names.map(n => table(n.database, n.schema, n.table)))], {
      syncer: createMemoryPolicySyncer({ refuse }),
      clock
    })
    await sync.start()
    await clock.advance(3_600_000)
    await sync.done
    expect(audit.records()[0]?.outcomes.map(({ result }) => result)).toEqual(['applied', 'failed', 'applied'])
    expect(tries.get('B')).toBe(5)
  })

  it('tries references again whose resolving failed on the way, counting nothing twice', async () => {
    const clock = createManualClock()
    const inner = createMemoryResourceResolver(catalogue)
    let broken = true
    const resolver: ResourceResolver = {
      resolve: async function* (references, options) {
        for await (const chunk of inner.resolve(references, options)) {
          yield chunk
          if (!broken) continue
          broken = false
          yield references.map(reference => ({
            _tag: 'Unresolved' as const,
            reference,
            error: SyncError.Unavailable({ service: 'snowflake', operation: 'SHOW' })
          }))
          return
        }
      }
    }
    const { sync, audit } = build([body('1', database('D'), table('D', 'S', 'A'))], { resolver, clock })
    await sync.start()
    await clock.advance(60_000)
    await sync.done
    expect(audit.records()[0]?.outcomes).toMatchObject([
      { result: 'unchanged', covered: { applied: 0, unchanged: 5, failed: 0 } },
      { result: 'unchanged' }
    ])
    expect(audit.records()[0]?.statementCount).toBe(5)
  })

  it('fails what cannot be resolved, covered references included', async () => {
    const resolver = ResourceResolver.fromAsync({
      lookUp: () =>
        Promise.reject(
          new SyncException(SyncError.NotAuthorized({ operation: 'SHOW', object: 'D', needs: ['USAGE on D'] }))
        )
    })
    const { records } = await runAll([body('1', table('D', 'S', 'A')), body('2', database('D'))], { resolver })
    expect(short(records)).toEqual([
      ['1', 'FAILED'],
      ['2', 'FAILED']
    ])
  })

  it('turns a throwing part into FAILED, not into a lost event', async () => {
    const policies = createMemoryPolicySource(() => {
      throw new Error('S3CR3T')
    })
    const { records } = await runAll([body('1', table('D', 'S', 'A'))], { policies })
    expect(short(records)).toEqual([['1', 'FAILED']])
    expect(JSON.stringify(records)).not.toContain('S3CR3T')
  })

  it('acknowledges nothing whose record is not durable, and goes on by itself', async () => {
    const clock = createManualClock()
    const inner = createMemoryAuditSink()
    let full = 3
    const audit: AuditSink = {
      ...inner,
      flush: () => (full-- > 0 ? TE.left(SyncError.AuditFailed({ sink: 'disk', detail: 'full' })) : inner.flush())
    }
    const { sync, source } = build([body('1', table('D', 'S', 'A'))], { audit, clock })
    await sync.start()
    await settled()
    expect(source.acknowledged()).toHaveLength(0)
    await clock.advance(120_000)
    await sync.done
    expect(source.acknowledged()).toHaveLength(1)
  })

  it('holds at most the queue, one batch and one chunk while the syncer is blocked, and resumes by itself', async () => {
    let release = (): void => undefined
    const blocked = new Promise<void>(resolve => (release = resolve))
    const inner = createMemoryPolicySyncer()
    const syncer: PolicySyncer = {
      ...inner,
      plan: (desired, options) => async () => (await blocked, inner.plan(desired, options)())
    }
    let delivered = 0
    const all = createMemoryEventSource(
      Array.from({ length: 2_000 }, (_, n) => body(`${n}`, table('D', 'S', 'A'))),
      { chunkSize: 10 }
    )
    const source: EventSource = {
      ...all,
      events: async function* (options) {
        for await (const chunk of all.events(options)) {
          delivered += chunk.length
          yield chunk
        }
      }
    }
    const { sync, audit, events } = build([], { source, syncer, batch: { maxItems: 50, timeoutMs: 0 } })
    await sync.start()
    for (let turn = 0; turn < 50; turn += 1) await settled()
    expect(delivered).toBeLessThanOrEqual(100 + 50 + 10)
    expect(events.some(event => event.type === 'backpressure' && event.on)).toBe(true)
    release()
    await sync.done
    expect(audit.records()).toHaveLength(2_000)
  })

  it('says goodbye in time: what is not finished is not acknowledged', async () => {
    const clock = createManualClock()
    const inner = createMemoryPolicySyncer()
    const syncer: PolicySyncer = {
      ...inner,
      plan:
        (_desired, { signal }) =>
        () =>
          new Promise(resolve =>
            signal.addEventListener('abort', () => resolve(E.left(SyncError.Aborted({ operation: 'plan' }))))
          )
    }
    let closed = 0
    const memory = createMemoryEventSource([body('1', table('D', 'S', 'A'))])
    const source: EventSource = { ...memory, close: () => TE.fromIO(() => void (closed += 1)) }
    const { sync, audit } = build([], { source, syncer, clock, stopTimeoutMs: 10_000 })
    await sync.start()
    await settled()
    const stopping = sync.stop()
    await clock.advance(10_000)
    await stopping
    await sync.done
    expect(audit.records()).toHaveLength(0)
    expect(memory.acknowledged()).toHaveLength(0)
    expect(closed).toBe(1)
    expect(clock.timers()).toBe(0)
    await sync.stop()
  })

  it('comes to an end where a part never does, and says which', async () => {
    const forever = () => new Promise<never>(() => undefined)
    const never = () => forever
    const memory = createMemoryEventSource([])
    const cases: ReadonlyArray<readonly [string, Partial<OnDemandSyncOptions>]> = [
      ['EventSource.close', { source: { ...memory, close: never } }],
      ['AuditSink.close', { audit: { ...createMemoryAuditSink(), close: never } }],
      ['dispose', { owned: [{ [Symbol.asyncDispose]: forever }] }],
      [
        'pipeline',
        { source: createMemoryEventSource([body('1', table('D', 'S', 'A'))]), policies: { accessFor: never } }
      ]
    ]
    for (const [operation, over] of cases) {
      const clock = createManualClock()
      const { sync } = build([], { ...over, clock, stopTimeoutMs: 10_000 })
      await sync.start()
      await settled()
      const stopping = sync.stop()
      await clock.advance(10_000)
      await stopping
      await expect(sync.done).rejects.toMatchObject({ error: { _tag: 'TimedOut', operation } })
      expect([operation, clock.timers()]).toEqual([operation, 0])
    }
  })

  it('closes the rest where one of the owned things throws', async () => {
    let disposed = 0
    const { sync } = build([], {
      owned: [
        { [Symbol.asyncDispose]: () => Promise.reject(new Error('no')) },
        { [Symbol.asyncDispose]: () => Promise.resolve(void (disposed += 1)) }
      ]
    })
    await sync.start()
    await expect(sync.done).rejects.toMatchObject({ error: { _tag: 'Defect', where: 'dispose' } })
    expect(disposed).toBe(1)
  })

  it('stops an endless source after what it took is done', async () => {
    const event = (n: number): ReceivedEvent => ({
      position: { hub: 'h', consumerGroup: 'g', partitionId: '0', sequenceNumber: n, offset: `${n}` },
      body: body(`${n}`, table('D', 'S', 'A')),
      enqueuedAtMs: n
    })
    const acknowledged: Array<number> = []
    const source: EventSource = {
      events: async function* ({ signal }) {
        for (let n = 0; !signal.aborted; n += 1)
          yield await new Promise<[ReceivedEvent]>(resolve => setImmediate(resolve, [event(n)]))
      },
      acknowledge: positions =>
        TE.fromIO(() => void acknowledged.push(...positions.map(({ sequenceNumber }) => sequenceNumber))),
      close: () => TE.right(undefined)
    }
    const { sync, audit } = build([], { source })
    await sync.start()
    while (audit.records().length < 20) await settled()
    await sync.stop()
    expect(acknowledged).toEqual(audit.records().map(({ position }) => position.sequenceNumber))
    expect(acknowledged).toEqual(acknowledged.map((_, n) => n))
  })

  it('rejects done when the source breaks, after finishing what it had delivered', async () => {
    const memory = createMemoryEventSource([body('1', table('D', 'S', 'A'))])
    const source: EventSource = {
      ...memory,
      events: async function* (options) {
        yield* memory.events(options)
        throw new SyncException(SyncError.SourceFailed({ source: 'hub', detail: 'gone', retryable: false }))
      }
    }
    const { sync, audit, events } = build([], { source })
    await sync.start()
    await expect(sync.done).rejects.toMatchObject({ name: 'SyncException', error: { _tag: 'SourceFailed' } })
    expect(audit.records()).toHaveLength(1)
    expect(events.at(-1)).toMatchObject({ type: 'failed' })
  })

  it('rejects done when records can never be made durable', async () => {
    const audit = AuditSink.fromAsync({
      append: () => Promise.reject(new SyncException(SyncError.Closed({ what: 'audit sink' })))
    })
    const { sync } = build([body('1', table('D', 'S', 'A'))], { audit })
    await sync.start()
    await expect(sync.done).rejects.toMatchObject({ error: { _tag: 'Closed' } })
  })

  it('can be stopped before it was started, started once only, and disposed', async () => {
    const first = build([body('1', table('D', 'S', 'A'))])
    await first.sync.stop()
    await expect(first.sync.start()).rejects.toMatchObject({ error: { _tag: 'Closed' } })
    const second = build([body('1', table('D', 'S', 'A'))])
    await second.sync.start()
    await expect(second.sync.start()).rejects.toMatchObject({ error: { _tag: 'Closed' } })
    await second.sync[Symbol.asyncDispose]()
  })

  it('runs and plans single requests by hand', async () => {
    const syncer = createMemoryPolicySyncer()
    const { sync } = build([], { syncer })
    const request = createSyncRequest({ id: 'x', resources: [table('D', 'S', 'A'), table('D', 'S', 'NOPE')] })
    const plan = await toPromise(sync.plan([request]))
    expect(plan.steps.map(({ statement }) => statement)).toHaveLength(3)
    expect(syncer.accessOf(catalogue[2]!).grants).toHaveLength(0)
    const [report] = await toPromise(sync.run([request]))
    expect(report).toMatchObject({
      status: 'SUCCESS',
      statementCount: 3,
      outcomes: [{ result: 'applied' }, { result: 'skipped' }]
    })
    expect((await toPromise(sync.plan([request]))).steps).toEqual([])
    expect(await sync.run([request], { signal: AbortSignal.abort() })()).toMatchObject({ _tag: 'Left' })
  })

  it('survives listeners that throw', async () => {
    const { records } = await runAll([body('1', table('D', 'S', 'A'))], {
      onEvent: () => {
        throw new Error('listener')
      }
    })
    expect(short(records)).toEqual([['1', 'SUCCESS']])
  })

  it('checks its options', () => {
    expect(() => build([], { stopTimeoutMs: 0, retry: { maxAttempts: 0 } })).toThrow(/stopTimeoutMs.*retry.maxAttempts/)
  })

  it('gives every event its record, in order, whatever the bodies', async () => {
    const reference = fc.constantFrom(
      database('D'),
      schema('D', 'S'),
      table('D', 'S', 'A'),
      table('D', 'S', 'NOPE'),
      column('D', 'S', 'B', 'C'),
      database('NOPE')
    )
    const anyBody = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(reference, { minLength: 1, maxLength: 4 }).map(some => body('x', ...some))
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyBody, { maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        async (bodies, maxItems) => {
          const { records, source } = await runAll(bodies, { batch: { maxItems, timeoutMs: 0 } })
          expect(records.map(({ position }) => position.sequenceNumber)).toEqual(bodies.map((_, n) => n))
          expect(source.acknowledged()).toHaveLength(bodies.length)
        }
      ),
      { numRuns: 100 }
    )
  })

  it('takes parts that are instances of classes', async () => {
    const audit = createMemoryAuditSink()
    const letters = createMemoryDeadLetterSink()
    const { events } = await runAll([body('t', table('D', 'S', 'A')), 'no request'], {
      source: asInstance(createMemoryEventSource([body('t', table('D', 'S', 'A')), 'no request'])),
      resolver: asInstance(createMemoryResourceResolver(catalogue)),
      policies: asInstance(createMemoryPolicySource(selectFor)),
      syncer: asInstance(createMemoryPolicySyncer()),
      audit: asInstance(audit),
      deadLetters: asInstance(letters),
      codec: asInstance(payloadCodec),
      queue: asInstance(createBoundedQueue<Task>()),
      batcher: asInstance(createBatcher<Task>({ timeoutMs: 0 })),
      clock: asInstance(systemClock)
    })
    expect(short(audit.records())).toEqual([
      ['t', 'SUCCESS'],
      [undefined, 'SKIPPED']
    ])
    expect(letters.letters()).toHaveLength(1)
    expect(events.at(-1)).toEqual({ type: 'stopped' })
  })
})
