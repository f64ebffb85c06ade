/** The trace that a sender was in, out of an event's application properties. */
import type { TraceContext } from '../LifecycleEvent.ts'

/** W3C Trace Context, level 1, section 3.2: version (ff is forbidden), trace id, parent id (neither all zeros), flags. */
const wellFormed = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** Undefined where there is none. The Azure client's own instrumentation writes `Diagnostic-Id`. */
export const traceOf = (properties: Readonly<Record<string, unknown>> | undefined): TraceContext | undefined => {
  const traceparent = properties?.['traceparent'] ?? properties?.['Diagnostic-Id']
  if (typeof traceparent !== 'string' || !wellFormed.test(traceparent)) return undefined
  const tracestate = properties?.['tracestate']
  return typeof tracestate === 'string' && tracestate.length <= 512 ? { traceparent, tracestate } : { traceparent }
}
