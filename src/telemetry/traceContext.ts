/**
 * Trace contexts in and out of events, as W3C Trace Context writes them. Written here, not by the propagator that the host has configured: that one may also carry baggage, which is nobody's business beyond the process,
 * or write headers that the reading side does not look for.
 */
import type { Link } from '@opentelemetry/api'
import { context, createTraceState, isSpanContextValid, trace } from '@opentelemetry/api'
import type { TraceContext } from '../LifecycleEvent.ts'

/**
 * The caller's trace as application properties, `traceparent` and, where there is one, `tracestate`: for `createPublisher({ properties: traceProperties })`. Empty where no span is active. Baggage is not carried.
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
  const active = trace.getSpanContext(context.active())
  if (active === undefined || !isSpanContextValid(active)) return {}
  const { traceId, spanId, traceFlags, traceState } = active
  const tracestate = traceState?.serialize() ?? ''
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    ...(tracestate === '' ? {} : { tracestate })
  }
}

const toLink = ({ traceparent, tracestate }: TraceContext): Link => {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-')
  const spanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return {
    context: tracestate === undefined ? spanContext : { ...spanContext, traceState: createTraceState(tracestate) }
  }
}

/** One link per sender's span, however many events it sent. */
export const linksTo = (traces: ReadonlyArray<TraceContext>): Array<Link> => [
  ...new Map(traces.map(each => [each.traceparent, toLink(each)])).values()
]
