/** Metrics and traces of a pipeline, over `@opentelemetry/api`. */
import type { Attributes, Link, Meter, Span, Tracer } from '@opentelemetry/api'
import { context, metrics, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { systemClock } from '../internal/Clock.ts'
import type { LifecycleEvent, TraceContext } from '../LifecycleEvent.ts'
import type { OnDemandSync } from '../OnDemandSync.ts'
import { observeHealth } from './observeHealth.ts'

/** Options of {@link instrument}. */
export interface InstrumentOptions {
  /** Default: the global meter `on-demand-sync`. */
  readonly meter?: Meter
  /** Default: the global tracer `on-demand-sync`. */
  readonly tracer?: Tracer
  /** Where "now" comes from, in milliseconds since 1970. Default: the system clock. */
  readonly now?: () => number
}

const linksTo = (traces: ReadonlyArray<TraceContext>): Array<Link> => {
  const found = traces.map(carrier => trace.getSpanContext(propagation.extract(ROOT_CONTEXT, carrier)))
  return found.flatMap(spanContext => (spanContext === undefined ? [] : [{ context: spanContext }]))
}

/**
 * Follows a pipeline with OpenTelemetry until the returned function is called.
 *
 * **Metrics** (all begin with `on_demand_sync.`): gauges `queue.depth`, `oldest.age` (s), `partition.lag`, `partition.pending` and `partition.checkpoint.age` (s), the last three by `partition`; histograms `batch.size` and
 * `batch.duration` (s); counters `events` by `status`, `retries`, `statements` by `failed`, `dead_letters`, `let_go`.
 *
 * **Traces**: a span `sync batch` per batch, linked to the trace of every event's sender that gave one (`traceProperties` on the sending side), with a child `apply statement` per statement. Statements hold names, no row values.
 *
 * @example
 * ```ts no-run
 * import type { OnDemandSync } from 'on-demand-sync'
 * import { instrument } from 'on-demand-sync/telemetry'
 *
 * const follow = (sync: OnDemandSync) => instrument(sync)
 * void follow
 * ```
 */
export const instrument = (
  sync: Pick<OnDemandSync, 'on' | 'health'>,
  options: InstrumentOptions = {}
): (() => void) => {
  const { now = systemClock.now } = options
  const meter = options.meter ?? metrics.getMeter('on-demand-sync')
  const tracer = options.tracer ?? trace.getTracer('on-demand-sync')
  const counter = (name: string, description: string) => meter.createCounter(`on_demand_sync.${name}`, { description })
  const histogram = (name: string, unit: string, description: string) =>
    meter.createHistogram(`on_demand_sync.${name}`, { unit, description })
  const events = counter('events', 'events that have their audit record')
  const retries = counter('retries', 'waits for something passing')
  const statements = counter('statements', 'statements that were tried')
  const deadLetters = counter('dead_letters', 'events that went to the dead letters')
  const letGo = counter('let_go', 'events that were left to another host')
  const size = histogram('batch.size', '{event}', 'events of a batch')
  const duration = histogram('batch.duration', 's', 'time from the start of a batch to its end')
  const stopObserving = observeHealth(meter, sync, now)

  /** Batches run one after another; what is run by hand has number 0 and no span. */
  let current: { readonly batch: number; readonly span: Span; sinceMs: number } | undefined

  const child = (name: string, attributes: Attributes, failed: boolean): void => {
    if (current === undefined) return
    const within = trace.setSpan(context.active(), current.span)
    const span = tracer.startSpan(name, { startTime: current.sinceMs, attributes }, within)
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
    current.sinceMs = now()
    span.end(current.sinceMs)
  }

  const hear = (event: LifecycleEvent): void => {
    switch (event.type) {
      case 'batch started': {
        const { batch, events: count, references, traces } = event
        size.record(count)
        const attributes = { 'on_demand_sync.events': count, 'on_demand_sync.references': references }
        const span = tracer.startSpan(
          'sync batch',
          { kind: SpanKind.CONSUMER, links: linksTo(traces), attributes },
          ROOT_CONTEXT
        )
        current = { batch, span, sinceMs: now() }
        return
      }
      case 'step': {
        const failed = event.result.error !== undefined
        statements.add(1, { failed })
        if (event.batch === current?.batch)
          child(
            'apply statement',
            { 'db.system.name': 'snowflake', 'db.query.text': event.result.step.statement },
            failed
          )
        return
      }
      case 'batch finished':
        duration.record(event.durationMs / 1_000)
        if (event.statuses.FAILED > 0) current?.span.setStatus({ code: SpanStatusCode.ERROR })
        current?.span.end()
        current = undefined
        return
      case 'task':
        events.add(1, { status: event.record.status })
        return
      case 'waiting':
        retries.add(1, { error: event.error._tag })
        return
      case 'dead letters':
        deadLetters.add(event.letters)
        return
      case 'let go':
        letGo.add(event.events)
        return
      case 'started':
      case 'received':
      case 'backpressure':
      case 'task started':
      case 'progress':
      case 'checkpointed':
      case 'checkpoint failed':
      case 'stopping':
      case 'stopped':
      case 'failed':
        return
    }
  }

  const stopListening = sync.on(hear)
  return () => {
    stopListening()
    stopObserving()
    current?.span.end()
    current = undefined
  }
}

/**
 * The caller's trace as application properties, for `createPublisher({ properties: traceProperties })`: empty where there is none.
 *
 * @example
 * ```ts no-run
 * import { createPublisher } from 'on-demand-sync/event-hubs'
 * import { traceProperties } from 'on-demand-sync/telemetry'
 *
 * const publisher = createPublisher({ connectionString: process.env['EVENT_HUBS_CONNECTION_STRING'] ?? '', properties: traceProperties })
 * void publisher
 * ```
 */
export const traceProperties = (): Readonly<Record<string, string>> => {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return carrier
}
