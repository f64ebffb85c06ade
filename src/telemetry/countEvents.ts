/** Numbers that add up while a pipeline runs. */
import type { Attributes, Meter } from '@opentelemetry/api'
import type { LifecycleEvent, LifecycleListener } from '../LifecycleEvent.ts'
import { errorType, kindOf, processing, whereOf } from './names.ts'

/** Seconds; from a batch that finds nothing to do to one that waits an outage out. */
const durations = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
/** Seconds; an event may wait for as long as its hub keeps it. */
const waits = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400]
/** Seconds; the convention's own. */
const operations = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

/** A listener that feeds a meter; `attributes` stand on every number. */
export const countEvents = (meter: Meter, attributes: Attributes): LifecycleListener => {
  const counter = (name: string, unit: string, description: string) => {
    const made = meter.createCounter(name, { unit, description })
    return (n: number, own: Attributes = {}) => made.add(n, { ...attributes, ...own })
  }
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: Array<number>) => {
    const made = meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } })
    return (n: number, own: Attributes = {}) => made.record(n, { ...attributes, ...own })
  }
  const consumed = counter('messaging.client.consumed.messages', '{message}', 'events taken in')
  const processed = histogram('messaging.process.duration', 's', 'time that a batch took', durations)
  const size = histogram('on_demand_sync.batch.size', '{event}', 'events of a batch', sizes)
  const events = counter('on_demand_sync.events', '{event}', 'events that have their audit record')
  const wait = histogram('on_demand_sync.event.wait', 's', 'from the hub having an event to its task being done', waits)
  const statements = counter('on_demand_sync.statements', '{statement}', 'statements that were tried')
  const operation = histogram('db.client.operation.duration', 's', 'time that a statement took', operations)
  const retries = counter('on_demand_sync.retries', '{retry}', 'waits for something passing')
  const deadLetters = counter('on_demand_sync.dead_letters', '{event}', 'events that went to the dead letters')
  const letGo = counter('on_demand_sync.let_go', '{event}', 'events that were left to another host')
  const unwritten = counter('on_demand_sync.checkpoint.failures', '{failure}', 'checkpoints that could not be written')

  return (event: LifecycleEvent) => {
    switch (event.type) {
      case 'received':
        consumed(event.events, { 'messaging.operation.name': 'receive' })
        return
      case 'batch started':
        size(event.events)
        return
      case 'batch finished':
        processed(event.durationMs / 1_000, {
          ...processing,
          ...errorType(event.statuses.FAILED > 0 ? 'FAILED' : undefined)
        })
        return
      case 'task': {
        const { position, status, enqueuedAt, finishedAt } = event.record
        events(1, { ...whereOf(position), 'on_demand_sync.status': status })
        // The hub's clock and ours need not agree.
        wait(Math.max(0, Date.parse(finishedAt) - Date.parse(enqueuedAt)) / 1_000)
        return
      }
      case 'step':
        statements(1, kindOf(event.result))
        if (event.result.durationMs !== undefined) operation(event.result.durationMs / 1_000, kindOf(event.result))
        return
      case 'waiting':
        retries(1, errorType(event.error._tag))
        return
      case 'dead letters':
        deadLetters(event.letters)
        return
      case 'let go':
        letGo(event.events)
        return
      case 'checkpoint failed':
        unwritten(1, errorType(event.error._tag))
        return
      case 'started':
      case 'backpressure':
      case 'task started':
      case 'progress':
      case 'checkpointed':
      case 'stopping':
      case 'stopped':
      case 'failed':
        return
    }
  }
}
