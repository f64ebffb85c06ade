/** A span per batch, one within it per statement. */
import type { Attributes, Span, Tracer } from '@opentelemetry/api'
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { LifecycleEvent, LifecycleListener } from '../LifecycleEvent.ts'
import type { Tried } from './names.ts'
import { errorType, processing, statementOf } from './names.ts'
import { linksTo } from './traceContext.ts'

export interface BatchTracer {
  readonly hear: LifecycleListener
  /** Ends what is open. */
  readonly close: () => void
}

export const traceBatches = (
  tracer: Tracer,
  common: Attributes,
  statementText: boolean,
  now: () => number
): BatchTracer => {
  /** Batches run one after another. */
  let open: { readonly batch: number; readonly span: Span } | undefined

  const end = (failure: string | undefined): void => {
    const span = open?.span
    open = undefined
    if (failure !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR }).setAttributes(errorType(failure))
    span?.end()
  }

  const begin = ({
    batch,
    events,
    references,
    traces
  }: Extract<LifecycleEvent, { readonly type: 'batch started' }>): void => {
    const attributes = {
      ...common,
      ...processing,
      'messaging.batch.message_count': events,
      'on_demand_sync.references': references
    }
    const destination = common['messaging.destination.name']
    const name = typeof destination === 'string' ? `process ${destination}` : 'process'
    // A batch has as many senders as events: it belongs to none of their traces, and points to all of them.
    const span = tracer.startSpan(
      name,
      { kind: SpanKind.CONSUMER, links: linksTo(traces), attributes, root: true },
      ROOT_CONTEXT
    )
    open = { batch, span }
  }

  /** Statements run side by side and are told of when they have ended: where they began follows from how long they took. */
  const tell = (batch: number, result: Tried): void => {
    const { name, attributes } = statementOf(result)
    // What was run by hand belongs to the trace of whoever ran it.
    const within = open?.batch === batch ? trace.setSpan(ROOT_CONTEXT, open.span) : context.active()
    const text = statementText ? { 'db.query.text': result.step.statement } : {}
    const endTime = now()
    const startTime = endTime - (result.durationMs ?? 0)
    const span = tracer.startSpan(
      name,
      { kind: SpanKind.CLIENT, attributes: { ...attributes, ...text }, startTime },
      within
    )
    if (result.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(endTime)
  }

  return {
    hear: event => {
      // A batch that was called off has no end of its own: the events come again.
      if (event.type === 'batch started' || event.type === 'stopped' || event.type === 'failed') end('Aborted')
      if (event.type === 'batch started') begin(event)
      else if (event.type === 'step') tell(event.batch, event.result)
      else if (event.type === 'batch finished') end(event.statuses.FAILED > 0 ? 'FAILED' : undefined)
    },
    close: () => end(undefined)
  }
}
