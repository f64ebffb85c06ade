/** Metrics and traces, as an SDK behind `@opentelemetry/api` would get them. */
import type {
  Attributes,
  BatchObservableCallback,
  Context,
  ContextManager,
  Link,
  Meter,
  MetricOptions,
  SpanOptions,
  SpanStatus,
  TimeInput,
  Tracer
} from '@opentelemetry/api'
import { context, createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { AsyncLocalStorage } from 'node:async_hooks'
import type { DesiredAccess, EventSource, LifecycleEvent, OnDemandSync } from 'on-demand-sync'
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  createSyncRequest,
  orThrow,
  payloadCodec,
  ResourceReference,
  SyncError
} from 'on-demand-sync'
import { createPublisher } from 'on-demand-sync/event-hubs'
import { instrument, traceProperties } from 'on-demand-sync/telemetry'
import { catalogueOf, createManualClock, startLocalEventHubs } from 'on-demand-sync/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createHealthCounter } from '../src/pipeline/createHealthCounter.ts'
import { traceOf } from '../src/pipeline/traceOf.ts'

const senderOf = (digit: string) => ({ traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 })
const traceparentOf = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`
const traceparent = traceparentOf('a')

/** What an SDK registers so that a span is active within a call and what it awaits. */
const storage = new AsyncLocalStorage<Context>()
const contexts: ContextManager = {
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (within, run, that, ...args) => storage.run(within, () => run.apply(that, args)),
  bind: (_, target) => target,
  enable: () => contexts,
  disable: () => contexts
}
beforeEach(() => void context.setGlobalContextManager(contexts))
afterEach(() => context.disable())

interface Recorded {
  readonly name: string
  readonly kind: SpanKind | undefined
  readonly links: ReadonlyArray<Link>
  readonly attributes: Attributes
  readonly spanId: string
  /** The id of the span that it was started in. */
  readonly parent: string | undefined
  status: SpanStatus | undefined
  /** When it began and ended, where that was said. */
  readonly times: Array<unknown>
  ends: number
}

const recordingTracer = () => {
  const spans: Array<Recorded> = []
  const startSpan = (
    name: string,
    { kind, links = [], attributes = {}, startTime }: SpanOptions = {},
    within = context.active()
  ) => {
    const spanId = (spans.length + 1).toString(16).padStart(16, '0')
    const parent = trace.getSpanContext(within)?.spanId
    const recorded: Recorded = {
      name,
      kind,
      links,
      attributes: { ...attributes },
      spanId,
      parent,
      status: undefined,
      times: [startTime],
      ends: 0
    }
    spans.push(recorded)
    const span = trace.wrapSpanContext({ traceId: 'c'.repeat(32), spanId, traceFlags: 1 })
    return Object.assign(span, {
      end: (endTime?: TimeInput) => {
        recorded.ends += 1
        recorded.times.push(endTime)
      },
      setStatus: (status: SpanStatus) => {
        recorded.status = status
        return span
      },
      setAttributes: (more: Attributes) => {
        Object.assign(recorded.attributes, more)
        return span
      }
    })
  }
  return { spans, tracer: { startSpan } as unknown as Tracer }
}

const keyOf = (name: string, attributes: Attributes = {}): string =>
  [name, ...Object.entries(attributes).map(([key, value]) => `${key}=${String(value)}`)].join(' ')

const recordingMeter = () => {
  const sums = new Map<string, number>()
  const units = new Map<string, string | undefined>()
  const callbacks = new Set<BatchObservableCallback>()
  const create = (name: string, { unit }: MetricOptions = {}) => {
    units.set(name, unit)
    const add = (value: number, attributes?: Attributes) => {
      const key = keyOf(name, attributes)
      sums.set(key, (sums.get(key) ?? 0) + value)
    }
    return { name, add, record: add }
  }
  const meter = {
    createCounter: create,
    createHistogram: create,
    createObservableGauge: create,
    addBatchObservableCallback: (callback: BatchObservableCallback) => callbacks.add(callback),
    removeBatchObservableCallback: (callback: BatchObservableCallback) => callbacks.delete(callback)
  }
  const collect = () => {
    const observed = new Map<string, number>()
    for (const callback of callbacks)
      void callback({
        observe: (gauge, value, attributes) =>
          observed.set(keyOf((gauge as unknown as { name: string }).name, attributes), value)
      })
    return observed
  }
  return { sums, units, collect, callbacks, meter: meter as unknown as Meter }
}

const request = (table: string) =>
  orThrow(payloadCodec.encode(createSyncRequest({ resources: [ResourceReference.table('D', 'S', table)] })))

const grantsTo =
  (role: string) =>
  (resource: DesiredAccess['resource']): DesiredAccess => ({
    resource,
    grants:
      resource.kind === 'table'
        ? [{ privilege: 'SELECT', grantee: { type: 'role' as const, name: role }, grantOption: false }]
        : [],
    masks: [],
    managed: { roles: [role], users: [] },
    notes: []
  })

const pipeline = (source: EventSource, options: Partial<Parameters<typeof createOnDemandSync>[0]> = {}) =>
  createOnDemandSync({
    source,
    resolver: createMemoryResourceResolver(
      catalogueOf(['T', 'U'].map(table => ({ database: 'D', schema: 'S', table })))
    ),
    policies: createMemoryPolicySource(grantsTo('R')),
    syncer: createMemoryPolicySyncer(),
    audit: createMemoryAuditSink(),
    batch: { timeoutMs: 0 },
    ...options
  })

/** Each event in the trace of its own sender: a, b, c ... */
const traced = (source: EventSource): EventSource => ({
  ...source,
  events: async function* (options) {
    for await (const chunk of source.events(options))
      yield chunk.map((event, index) => ({
        ...event,
        properties: { traceparent: traceparentOf('abcdef'[index] ?? '') }
      }))
  }
})

const run = async (sync: OnDemandSync) => {
  await sync.start()
  await sync.done
}

/** A pipeline whose life is told by hand. */
const told = () => {
  const listeners = new Set<(event: LifecycleEvent) => void>()
  const sync: Pick<OnDemandSync, 'on' | 'health'> = {
    on: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    health: () => ({
      ...{ state: 'running', queued: 7, capacity: 100, oldestReceivedAtMs: 7_000, waitingSinceMs: 9_500 },
      answered: { SUCCESS: 0, FAILED: 0, SKIPPED: 0 },
      source: {
        paused: false,
        partitions: [
          { partitionId: '3', pending: 2, lag: 70, heardAtMs: 0, silent: false, unwrittenSinceMs: 4_000 },
          { partitionId: '4', pending: 0, heardAtMs: 0, silent: true }
        ]
      }
    })
  }
  return { sync, listeners, tell: (event: LifecycleEvent) => listeners.forEach(listener => listener(event)) }
}

const batchStarted = (batch: number, traces: ReadonlyArray<{ readonly traceparent: string }> = []): LifecycleEvent => ({
  ...{ type: 'batch started', batch, events: 2, references: 3, traces }
})
const step = (batch: number, error?: SyncError, durationMs?: number): LifecycleEvent => ({
  type: 'step',
  batch,
  result: {
    step: {
      phase: 'swap',
      statement: `ALTER TABLE "D"."S"."T" ADD ROW ACCESS POLICY p ON (C) -- DEPARTMENT <> 'BOARD'`,
      on: { database: 'D', schema: 'S', table: 'T' },
      changes: [
        {
          kind: 'set filter',
          direction: 'swap',
          on: { database: 'D', schema: 'S', table: 'T' },
          policy: 'p',
          columns: ['C']
        }
      ],
      resources: [],
      needsAllNarrowed: false
    },
    ...(error === undefined ? {} : { error }),
    ...(durationMs === undefined ? {} : { durationMs })
  }
})
const batchFinished = (batch: number, failed = 0): LifecycleEvent => ({
  ...{ type: 'batch finished', batch, resources: 1, durationMs: 1_500 },
  statuses: { SUCCESS: 1, FAILED: failed, SKIPPED: 0 }
})
const unavailable = SyncError.Unavailable({ service: 'snowflake', operation: 'ALTER' })

describe('metrics', () => {
  it('count what happens, by where and how', async () => {
    const { sums, meter } = recordingMeter()
    const sync = pipeline(createMemoryEventSource([request('T'), request('NOPE'), 'no request']))
    instrument(sync, { meter, attributes: { 'messaging.system': 'eventhubs' } })
    await run(sync)
    const where =
      'messaging.system=eventhubs messaging.destination.name=memory messaging.consumer.group.name=$Default messaging.destination.partition.id=0'
    const sum = Object.fromEntries(sums)
    expect(sum).toMatchObject({
      'messaging.client.consumed.messages messaging.system=eventhubs messaging.operation.name=receive': 3,
      [`on_demand_sync.events ${where} on_demand_sync.status=SUCCESS`]: 1,
      [`on_demand_sync.events ${where} on_demand_sync.status=SKIPPED`]: 2,
      'on_demand_sync.batch.size messaging.system=eventhubs': 3
    })
    const statements = [...sums].filter(([key]) => key.startsWith('on_demand_sync.statements'))
    // SELECT on the table, USAGE on its schema and its database.
    expect(statements.reduce((all, [, n]) => all + n, 0)).toBe(3)
    expect(statements.every(([key]) => key.includes('on_demand_sync.phase=widen'))).toBe(true)
  })

  it('are in the units that they say: seconds', () => {
    const { sums, units, meter } = recordingMeter()
    const { sync, tell } = told()
    instrument(sync, { meter })
    tell(batchFinished(1))
    tell(batchFinished(2, 1))
    tell({
      type: 'task',
      record: {
        position: { hub: 'h', consumerGroup: 'g', partitionId: '0', sequenceNumber: 0, offset: '0' },
        ...{ status: 'SUCCESS', outcomes: [], statements: [], statementCount: 0, attempts: 1 },
        enqueuedAt: '2026-01-01T00:00:00.000Z',
        receivedAt: '2026-01-01T00:00:01.000Z',
        finishedAt: '2026-01-01T00:00:02.500Z'
      }
    })
    tell({ type: 'waiting', of: 'work', error: unavailable, attempt: 1, delayMs: 500 })
    tell({ type: 'let go', events: 4 })
    tell({ type: 'dead letters', letters: 5 })
    tell({ type: 'checkpoint failed', error: SyncError.CheckpointFailed({ store: 's', detail: 'd' }) })
    tell(step(1, unavailable))
    tell(step(1, unavailable, 250))
    const process = 'messaging.process.duration messaging.operation.name=process messaging.operation.type=process'
    const failing = 'db.system.name=snowflake db.operation.name=ALTER on_demand_sync.phase=swap error.type=Unavailable'
    expect(Object.fromEntries(sums)).toMatchObject({
      [process]: 1.5,
      [`${process} error.type=FAILED`]: 1.5,
      'on_demand_sync.event.wait': 2.5,
      'on_demand_sync.retries error.type=Unavailable': 1,
      'on_demand_sync.let_go': 4,
      'on_demand_sync.dead_letters': 5,
      'on_demand_sync.checkpoint.failures error.type=CheckpointFailed': 1,
      [`on_demand_sync.statements ${failing}`]: 2,
      [`db.client.operation.duration ${failing}`]: 0.25
    })
    const seconds = [...units].flatMap(([name, unit]) => (unit === 's' ? [name] : []))
    expect(seconds.sort()).toEqual([
      'db.client.operation.duration',
      'messaging.process.duration',
      'on_demand_sync.event.wait',
      'on_demand_sync.oldest.age',
      'on_demand_sync.partition.checkpoint.age',
      'on_demand_sync.waiting.age'
    ])
    expect([...units.values()]).not.toContain(undefined)
  })

  it('read the health when they are collected, until the end', () => {
    const { collect, callbacks, meter } = recordingMeter()
    const { sync, listeners } = told()
    const stop = instrument(sync, { meter, now: () => 10_000, attributes: { host: 'a' } })
    const partition = (id: string) => `host=a messaging.destination.partition.id=${id}`
    expect(Object.fromEntries(collect())).toEqual({
      'on_demand_sync.queue.depth host=a': 7,
      'on_demand_sync.queue.capacity host=a': 100,
      'on_demand_sync.oldest.age host=a': 3,
      'on_demand_sync.waiting.age host=a': 0.5,
      [`on_demand_sync.partition.lag ${partition('3')}`]: 70,
      [`on_demand_sync.partition.pending ${partition('3')}`]: 2,
      [`on_demand_sync.partition.checkpoint.age ${partition('3')}`]: 6,
      [`on_demand_sync.partition.silent ${partition('3')}`]: 0,
      // Its lag is not known: no number is better than a wrong one.
      [`on_demand_sync.partition.pending ${partition('4')}`]: 0,
      [`on_demand_sync.partition.checkpoint.age ${partition('4')}`]: 0,
      [`on_demand_sync.partition.silent ${partition('4')}`]: 1
    })
    stop()
    expect([callbacks.size, listeners.size]).toEqual([0, 0])
  })
})

describe('traces', () => {
  it('go from each sender to the batch, and from the batch to its statements', async () => {
    const { spans, tracer } = recordingTracer()
    const sync = pipeline(traced(createMemoryEventSource([request('T'), request('U'), 'no request'])))
    instrument(sync, { tracer, attributes: { 'messaging.destination.name': 'tasks' } })
    // The pipeline may be started within any span: batches are not part of its trace.
    await context.with(trace.setSpanContext(ROOT_CONTEXT, senderOf('9')), () => run(sync))
    const [batch, ...statements] = spans
    expect(batch).toMatchObject({ name: 'process tasks', kind: SpanKind.CONSUMER, parent: undefined, ends: 1 })
    expect(batch?.attributes).toEqual({
      'messaging.destination.name': 'tasks',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': 3,
      'on_demand_sync.references': 2
    })
    expect(batch?.links.map(link => link.context)).toEqual(
      ['a', 'b', 'c'].map(digit => ({ ...senderOf(digit), isRemote: true }))
    )
    expect(statements.length).toBe(4)
    for (const { parent, ends, kind } of statements)
      expect({ parent, ends, kind }).toEqual({ parent: batch?.spanId, ends: 1, kind: SpanKind.CLIENT })
    expect(statements.map(({ attributes }) => attributes['db.collection.name']).sort()).toEqual([
      'T',
      'U',
      undefined,
      undefined
    ])
  })

  it('put each statement into its own batch, and tell failures', () => {
    const { spans, tracer } = recordingTracer()
    const { sync, tell } = told()
    instrument(sync, { tracer, now: () => 10_000 })
    const senders = [{ traceparent }, { traceparent }]
    for (const event of [batchStarted(1, senders), step(1, undefined, 40), batchFinished(1)]) tell(event)
    for (const event of [batchStarted(2), step(2, unavailable), batchFinished(2, 1)]) tell(event)
    const [first, done, second, failed] = spans
    expect([first?.name, first?.parent, done?.parent]).toEqual(['process', undefined, first?.spanId])
    expect(first?.links.length).toBe(1)
    // Statements are told of when they have ended; a syncer need not say how long they took.
    expect([done?.times, failed?.times]).toEqual([
      [9_960, 10_000],
      [10_000, 10_000]
    ])
    expect([second?.parent, failed?.parent]).toEqual([undefined, second?.spanId])
    expect([first?.status, done?.status]).toEqual([undefined, undefined])
    for (const span of [second, failed]) expect(span?.status).toEqual({ code: SpanStatusCode.ERROR })
    expect(failed).toMatchObject({
      name: 'ALTER T',
      attributes: {
        'db.system.name': 'snowflake',
        'db.operation.name': 'ALTER',
        'db.namespace': 'D|S',
        'db.collection.name': 'T',
        'on_demand_sync.phase': 'swap',
        'on_demand_sync.changes': ['set filter'],
        'error.type': 'Unavailable'
      }
    })
    expect(spans.map(({ ends }) => ends)).toEqual([1, 1, 1, 1])
  })

  it('leave no span open: not of a batch that was called off, not at the end', () => {
    const { spans, tracer } = recordingTracer()
    const { sync, tell } = told()
    const stop = instrument(sync, { tracer })
    for (const event of [batchStarted(1), batchStarted(2), { type: 'stopped' } as const, batchStarted(3)]) tell(event)
    stop()
    tell(batchStarted(4))
    expect(spans.map(({ ends, attributes }) => [ends, attributes['error.type']])).toEqual([
      [1, 'Aborted'],
      [1, 'Aborted'],
      [1, undefined]
    ])
  })

  it('of what is run by hand are the trace of whoever runs it', async () => {
    const { spans, tracer } = recordingTracer()
    const sync = pipeline(createMemoryEventSource([]))
    instrument(sync, { tracer })
    const requests = [createSyncRequest({ resources: [ResourceReference.table('D', 'S', 'T')] })]
    orThrow(await context.with(trace.setSpanContext(ROOT_CONTEXT, senderOf('e')), sync.run(requests)))
    expect(spans.map(({ parent, ends }) => [parent, ends])).toEqual(Array(3).fill([senderOf('e').spanId, 1]))
  })

  it('tell the text of a statement only where that is asked for', () => {
    const texts = (statementText: boolean | undefined) => {
      const { spans, tracer } = recordingTracer()
      const { sync, tell } = told()
      instrument(sync, { tracer, ...(statementText === undefined ? {} : { statementText }) })
      for (const event of [batchStarted(1), step(1), batchFinished(1)]) tell(event)
      return JSON.stringify(spans)
    }
    expect(texts(undefined)).not.toContain('BOARD')
    expect(texts(false)).not.toContain('BOARD')
    expect(texts(true)).toContain('BOARD')
  })
})

describe('nothing that must not be told', () => {
  it('is in a number, a name or a span', async () => {
    const secret = 'S3CR3T'
    const { spans, tracer } = recordingTracer()
    const { sums, collect, meter } = recordingMeter()
    const body = JSON.stringify({ ...(JSON.parse(request('T')) as object), password: secret })
    const refuse = () =>
      SyncError.StatementFailed({
        ...{ operation: 'GRANT', object: 'T', code: '1', retryable: false },
        cause: new Error(`row value ${secret}`)
      })
    const sync = pipeline(createMemoryEventSource([body, `{"id": "${secret}"`, secret]), {
      policies: createMemoryPolicySource(resource => ({
        ...grantsTo('R')(resource),
        ...(resource.kind === 'table'
          ? {
              rowFilter: {
                rules: [{ who: { anyOf: 'everyone' as const, noneOf: [] }, where: `NAME <> '${secret}'` }],
                otherwise: 'no rows' as const
              }
            }
          : {})
      })),
      syncer: createMemoryPolicySyncer({ refuse })
    })
    instrument(sync, { tracer, meter })
    await run(sync)
    const all = JSON.stringify([spans, [...sums], [...collect()]])
    expect(all).toContain('StatementFailed')
    expect(all).not.toContain(secret)
  })
})

describe('an SDK that throws', () => {
  it('does not stand in the way of the pipeline, nor of the other half', async () => {
    const broken = () => {
      throw new Error('the SDK is broken')
    }
    const audit = createMemoryAuditSink()
    const bodies = [request('T'), request('U'), 'no request']
    const whole = recordingMeter()
    const first = pipeline(createMemoryEventSource(bodies), { audit })
    instrument(first, { tracer: { startSpan: broken, startActiveSpan: broken }, meter: whole.meter })
    await run(first)
    expect(audit.records().map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'SKIPPED'])
    expect(whole.sums.get('on_demand_sync.batch.size')).toBe(3)

    const { spans, tracer } = recordingTracer()
    const { meter } = recordingMeter()
    const thrower = () => ({ add: broken, record: broken })
    const second = pipeline(createMemoryEventSource(bodies))
    instrument(second, {
      tracer,
      meter: { ...meter, createCounter: thrower, createHistogram: thrower } as unknown as Meter
    })
    await run(second)
    expect(second.health().answered).toEqual({ SUCCESS: 2, FAILED: 0, SKIPPED: 1 })
    expect(spans.every(({ ends }) => ends === 1)).toBe(true)
    expect(spans.length).toBeGreaterThan(1)
  })
})

describe("a sender's trace", () => {
  it('is carried by the publisher into the event, and out of it again', async () => {
    const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 1 } } })
    onTestFinished(() => hubs.stop())
    const publisher = createPublisher({ connectionString: hubs.connectionString('tasks'), properties: traceProperties })
    onTestFinished(() => publisher[Symbol.asyncDispose]())
    const publish = publisher.publish(createSyncRequest({ resources: [ResourceReference.database('D')] }))
    orThrow(await publish())
    const sender = { ...senderOf('a'), traceState: createTraceState('vendor=1') }
    orThrow(await context.with(trace.setSpanContext(ROOT_CONTEXT, sender), publish))
    const [without, within] = hubs.hub('tasks').events()
    expect(without?.properties ?? {}).toEqual({})
    expect(within?.properties).toEqual({ traceparent, tracestate: 'vendor=1' })
    expect(traceOf(within?.properties)).toEqual({ traceparent, tracestate: 'vendor=1' })
  })

  it('is none where it is not well-formed', () => {
    expect(traceProperties()).toEqual({})
    expect(traceOf(undefined)).toBeUndefined()
    const broken = [
      ...['', 'x', 7, null, `${traceparent}-01`, traceparent.toUpperCase(), `ff${traceparent.slice(2)}`],
      ...[`00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`]
    ]
    for (const each of broken) expect(traceOf({ traceparent: each })).toBeUndefined()
    expect(traceOf({ 'Diagnostic-Id': traceparent, tracestate: 'a=b' })).toEqual({ traceparent, tracestate: 'a=b' })
    expect(traceOf({ traceparent, tracestate: 'x'.repeat(513) })).toEqual({ traceparent })
  })
})

describe('health', () => {
  it('says how a pipeline stands', async () => {
    const sync = pipeline(createMemoryEventSource([request('T'), 'no request']))
    expect(sync.health()).toMatchObject({ state: 'idle', queued: 0, capacity: 100 })
    await run(sync)
    const health = sync.health()
    expect(health).toMatchObject({ state: 'ended', answered: { SUCCESS: 1, FAILED: 0, SKIPPED: 1 } })
    expect(health.oldestReceivedAtMs).toBeUndefined()
    expect(health.acknowledgedAtMs).toBeGreaterThan(0)
  })

  it('is well again once the audit file is, though nothing comes in any more', async () => {
    const clock = createManualClock()
    const audit = createMemoryAuditSink()
    let failures = 2
    const flush = () => {
      failures -= 1
      return failures >= 0 ? TE.left(SyncError.AuditFailed({ sink: 'file', detail: 'full' })) : audit.flush()
    }
    const sync = pipeline(createMemoryEventSource([request('T')]), { audit: { ...audit, flush }, clock })
    const waits: Array<number | undefined> = []
    const after: Array<number | undefined> = []
    sync.on(event => {
      if (event.type === 'waiting') waits.push(sync.health().waitingSinceMs)
      else if (event.type === 'checkpointed') after.push(sync.health().waitingSinceMs)
    })
    await sync.start()
    const step = setInterval(() => void clock.advance(1_000), 1)
    onTestFinished(() => clearInterval(step))
    await sync.done
    expect(waits.length).toBe(2)
    // The same obstacle, since the first time it was met.
    expect(new Set(waits).size).toBe(1)
    expect(waits[0]).toBeTypeOf('number')
    expect(after).toEqual([undefined])
  })

  it('does not take progress in the work for an audit file that is well again, nor the other way round', () => {
    let now = 1
    const { hear, read } = createHealthCounter(() => now)
    const waiting = (of: 'work' | 'records', error: SyncError): LifecycleEvent => ({
      type: 'waiting',
      of,
      error,
      attempt: 1,
      delayMs: 1
    })
    hear(batchStarted(1))
    hear(waiting('work', unavailable))
    now = 2
    // The hub of the dead letters, whose error is none of an audit sink.
    hear(waiting('records', unavailable))
    now = 3
    expect(read().waitingSinceMs).toBe(1)
    hear(batchFinished(1))
    expect(read().waitingSinceMs).toBe(2)
    hear({ type: 'stopped' })
    expect(read().waitingSinceMs).toBeUndefined()
  })

  it('knows the oldest event on its way', () => {
    let now = 1
    const { hear, read } = createHealthCounter(() => now)
    hear({ type: 'received', events: 2, queued: 2 })
    now = 5
    hear({ type: 'received', events: 1, queued: 3 })
    expect(read().oldestReceivedAtMs).toBe(1)
    hear({ type: 'let go', events: 2 })
    expect(read().oldestReceivedAtMs).toBe(5)
    hear({ type: 'let go', events: 1 })
    expect(read().oldestReceivedAtMs).toBeUndefined()
  })
})
