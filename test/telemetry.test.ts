/** Metrics and traces, as an SDK behind `@opentelemetry/api` would get them. */
import type {
  Attributes,
  BatchObservableCallback,
  Context,
  Link,
  Meter,
  Span,
  SpanOptions,
  TextMapPropagator,
  Tracer
} from '@opentelemetry/api'
import { context, propagation, trace, TraceFlags } from '@opentelemetry/api'
import type { EventSource } from 'on-demand-sync'
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
  ResourceReference
} from 'on-demand-sync'
import { createPublisher } from 'on-demand-sync/event-hubs'
import { instrument, traceProperties } from 'on-demand-sync/telemetry'
import { catalogueOf, startLocalEventHubs } from 'on-demand-sync/testing'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { traceOf } from '../src/pipeline/traceOf.ts'

const traceId = 'a'.repeat(32)
const traceparent = `00-${traceId}-${'b'.repeat(16)}-01`

/** W3C Trace Context, as far as these tests need it. */
const w3c: TextMapPropagator = {
  inject: (from, carrier: Record<string, string>) => {
    const span = trace.getSpanContext(from)
    if (span !== undefined) carrier['traceparent'] = `00-${span.traceId}-${span.spanId}-01`
  },
  extract: (into, carrier: Record<string, string>) => {
    const [, id = '', spanId = ''] = (carrier['traceparent'] ?? '').split('-')
    return trace.setSpanContext(into, { traceId: id, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true })
  },
  fields: () => ['traceparent']
}
beforeEach(() => void propagation.setGlobalPropagator(w3c))
afterEach(() => propagation.disable())

interface Recorded {
  readonly name: string
  readonly links: ReadonlyArray<Link>
  readonly attributes: Attributes
  readonly parent: Span | undefined
  ended: boolean
}

const recordingTracer = () => {
  const spans: Array<Recorded> = []
  const startSpan = (name: string, { links = [], attributes = {} }: SpanOptions = {}, within?: Context): Span => {
    const recorded: Recorded = {
      ...{ name, links, attributes, ended: false },
      parent: within === undefined ? undefined : trace.getSpan(within)
    }
    spans.push(recorded)
    const span = trace.wrapSpanContext({ traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 1 })
    return Object.assign(span, { end: () => (recorded.ended = true) })
  }
  return { spans, tracer: { startSpan } as unknown as Tracer }
}

const recordingMeter = () => {
  const sums = new Map<string, number>()
  const callbacks = new Set<BatchObservableCallback>()
  const add =
    (name: string) =>
    (value: number, attributes: Attributes = {}) => {
      const key = [name, ...Object.values(attributes).map(String)].join(' ')
      sums.set(key, (sums.get(key) ?? 0) + value)
    }
  const meter = {
    createCounter: (name: string) => ({ add: add(name) }),
    createHistogram: (name: string) => ({ record: add(name) }),
    createObservableGauge: (name: string) => ({ name }),
    addBatchObservableCallback: (callback: BatchObservableCallback) => callbacks.add(callback),
    removeBatchObservableCallback: (callback: BatchObservableCallback) => callbacks.delete(callback)
  }
  const collect = () => {
    const observed = new Map<string, number>()
    for (const callback of callbacks)
      void callback({
        observe: (gauge, value, attributes = {}) =>
          observed.set(
            [(gauge as unknown as { name: string }).name, ...Object.values(attributes).map(String)].join(' '),
            value
          )
      })
    return observed
  }
  return { sums, collect, callbacks, meter: meter as unknown as Meter }
}

const request = (table: string) =>
  orThrow(payloadCodec.encode(createSyncRequest({ resources: [ResourceReference.table('D', 'S', table)] })))

const pipeline = (source: EventSource) =>
  createOnDemandSync({
    source,
    resolver: createMemoryResourceResolver(catalogueOf([{ database: 'D', schema: 'S', table: 'T' }])),
    policies: createMemoryPolicySource(resource => ({
      resource,
      grants:
        resource.kind === 'table'
          ? [{ privilege: 'SELECT', grantee: { type: 'role' as const, name: 'R' }, grantOption: false }]
          : [],
      masks: [],
      managed: { roles: ['R'], users: [] },
      notes: []
    })),
    syncer: createMemoryPolicySyncer(),
    audit: createMemoryAuditSink(),
    batch: { timeoutMs: 0 }
  })

const withProperties = (source: EventSource, properties: Readonly<Record<string, unknown>>): EventSource => ({
  ...source,
  events: async function* (options) {
    for await (const chunk of source.events(options)) yield chunk.map(event => ({ ...event, properties }))
  }
})

it('counts what happens, and links each batch to the traces of its senders', async () => {
  const { spans, tracer } = recordingTracer()
  const { sums, collect, callbacks, meter } = recordingMeter()
  const source: EventSource = {
    ...withProperties(createMemoryEventSource([request('T'), request('NOPE'), 'no request']), { traceparent }),
    health: () => ({
      paused: false,
      partitions: [{ partitionId: '3', pending: 2, lag: 7, heardAtMs: 0, silent: false, unwrittenSinceMs: 4_000 }]
    })
  }
  const sync = pipeline(source)
  const stop = instrument(sync, { meter, tracer, now: () => 10_000 })
  await sync.start()
  await sync.done
  expect(sums.get('on_demand_sync.events SUCCESS')).toBe(1)
  expect(sums.get('on_demand_sync.events SKIPPED')).toBe(2)
  expect(sums.get('on_demand_sync.batch.size')).toBe(3)
  const applied = spans.filter(({ name }) => name === 'apply statement')
  expect(sums.get('on_demand_sync.statements false')).toBe(applied.length)
  expect(applied.length).toBeGreaterThan(0)
  expect(applied.every(({ parent, ended }) => parent !== undefined && ended)).toBe(true)
  const [batch] = spans
  expect(batch).toMatchObject({ name: 'sync batch', ended: true, attributes: { 'on_demand_sync.events': 3 } })
  expect(batch?.links.map(link => link.context.traceId)).toEqual([traceId, traceId, traceId])
  expect(Object.fromEntries(collect())).toMatchObject({
    'on_demand_sync.queue.depth': 0,
    'on_demand_sync.oldest.age': 0,
    'on_demand_sync.partition.lag 3': 7,
    'on_demand_sync.partition.pending 3': 2,
    'on_demand_sync.partition.checkpoint.age 3': 6
  })
  stop()
  expect(callbacks.size).toBe(0)
})

it('carries the trace of who publishes into the event', async () => {
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 1 } } })
  onTestFinished(() => hubs.stop())
  const publisher = createPublisher({ connectionString: hubs.connectionString('tasks'), properties: traceProperties })
  onTestFinished(() => publisher[Symbol.asyncDispose]())
  // Without a context manager nothing is active: the property is put together from an empty context.
  expect(traceProperties()).toEqual({})
  const carrier: Record<string, string> = {}
  propagation.inject(
    trace.setSpanContext(context.active(), { traceId, spanId: 'b'.repeat(16), traceFlags: 1 }),
    carrier
  )
  expect(traceOf(carrier)).toEqual({ traceparent })
  orThrow(await publisher.publish(createSyncRequest({ resources: [ResourceReference.database('D')] }))())
  expect(hubs.hub('tasks').events()[0]?.properties).toEqual({})
})

it('takes no trace that is none', () => {
  expect(traceOf(undefined)).toBeUndefined()
  for (const broken of ['', 'x', 7, null, `${traceparent}-01`, traceparent.toUpperCase()])
    expect(traceOf({ traceparent: broken })).toBeUndefined()
  expect(traceOf({ 'Diagnostic-Id': traceparent, tracestate: 'a=b' })).toEqual({ traceparent, tracestate: 'a=b' })
})

it('says how a pipeline stands', async () => {
  const sync = pipeline(createMemoryEventSource([request('T'), 'no request']))
  expect(sync.health()).toMatchObject({ state: 'idle', queued: 0, capacity: 100 })
  await sync.start()
  await sync.done
  const health = sync.health()
  expect(health).toMatchObject({ state: 'ended', answered: { SUCCESS: 1, FAILED: 0, SKIPPED: 1 } })
  expect(health.oldestReceivedAtMs).toBeUndefined()
  expect(health.acknowledgedAtMs).toBeGreaterThan(0)
})
