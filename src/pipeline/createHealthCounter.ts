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
  let waitingSinceMs: number | undefined
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

  return {
    hear: event => {
      if (event.type === 'task') {
        answered[event.record.status] += 1
        leave(1)
      } else if (event.type === 'received') open.push({ atMs: now(), events: event.events })
      else if (event.type === 'let go') leave(event.events)
      else if (event.type === 'checkpointed') acknowledgedAtMs = now()
      else if (event.type === 'waiting') waitingSinceMs ??= now()
      else if (event.type === 'batch finished') waitingSinceMs = undefined
    },
    read: () => ({
      answered: { ...answered },
      ...(open[0] === undefined ? {} : { oldestReceivedAtMs: open[0].atMs }),
      ...(waitingSinceMs === undefined ? {} : { waitingSinceMs }),
      ...(acknowledgedAtMs === undefined ? {} : { acknowledgedAtMs })
    })
  }
}
