/** What of a pipeline's health is counted from its own events. */
import type { LifecycleEvent } from '../LifecycleEvent.ts'
import type { PipelineHealth } from '../OnDemandSync.ts'
import type { Status } from '../Outcome.ts'

export type CountedHealth = Pick<
  PipelineHealth,
  'oldestReceivedAtMs' | 'waitingSinceMs' | 'answered' | 'acknowledgedAtMs'
>

export interface HealthCounter {
  readonly hear: (event: LifecycleEvent) => void
  readonly read: () => CountedHealth
}

/** Counts along with a pipeline. It keeps chunks, not events, and no more of them than are on their way. */
export const createHealthCounter = (now: () => number): HealthCounter => {
  const answered: Record<Status, number> = { SUCCESS: 0, FAILED: 0, SKIPPED: 0 }
  const open: Array<{ readonly atMs: number; events: number }> = []
  /** Work and records wait side by side, each for its own obstacle. */
  const waiting: { work: number | undefined; records: number | undefined } = { work: undefined, records: undefined }
  let inBatch = false
  let acknowledgedAtMs: number | undefined

  /** Events leave in the order in which they came, as far as it matters for the age of the oldest. */
  const leave = (events: number) => {
    let rest = events
    for (let first = open[0]; first !== undefined && rest > 0; first = open[0]) {
      const taken = Math.min(rest, first.events)
      first.events -= taken
      rest -= taken
      if (first.events === 0) open.shift()
    }
  }

  const hear = (event: LifecycleEvent): void => {
    switch (event.type) {
      case 'task':
        answered[event.record.status] += 1
        leave(1)
        // Its record is durable, and its dead letter, if it is one, is kept.
        waiting.records = undefined
        if (!inBatch) waiting.work = undefined
        return
      case 'received':
        open.push({ atMs: now(), events: event.events })
        return
      case 'let go':
        leave(event.events)
        return
      case 'checkpointed':
        acknowledgedAtMs = now()
        return
      case 'waiting':
        waiting[event.of] ??= now()
        return
      case 'batch started':
        inBatch = true
        return
      case 'batch finished':
        inBatch = false
        waiting.work = undefined
        return
      case 'progress':
        waiting.work = undefined
        return
      case 'stopped':
      case 'failed':
        waiting.work = undefined
        waiting.records = undefined
        return
      case 'started':
      case 'backpressure':
      case 'task started':
      case 'step':
      case 'dead letters':
      case 'checkpoint failed':
      case 'stopping':
        return
    }
  }

  return {
    hear,
    read: () => {
      const { work = Infinity, records = Infinity } = waiting
      const waitingSinceMs = Math.min(work, records)
      return {
        answered: { ...answered },
        ...(open[0] === undefined ? {} : { oldestReceivedAtMs: open[0].atMs }),
        ...(waitingSinceMs === Infinity ? {} : { waitingSinceMs }),
        ...(acknowledgedAtMs === undefined ? {} : { acknowledgedAtMs })
      }
    }
  }
}
