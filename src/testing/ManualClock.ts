/** Time in the hand of a test. */
import type { Clock } from '../internal/Clock.ts'

/** A {@link Clock} that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Moves time on by `ms`, running what falls due on the way, in order, each with everything that follows from it. */
  readonly advance: (ms: number) => Promise<void>
  /** How many timers are set. A pipeline that has ended leaves none. */
  readonly timers: () => number
}

/** Options of {@link createManualClock}. */
export interface ManualClockOptions {
  /** Where time begins, in milliseconds since 1970. Default 0. */
  readonly startMs?: number
  /** What `random` answers, over and over. Default 0.5. */
  readonly random?: number
}

/** Lets everything happen that is due without time passing: promise chains, and callbacks of I/O that has ended. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(resolve => setImmediate(resolve))
}

/**
 * A clock for tests.
 *
 * @example
 * ```ts
 * import { createManualClock } from 'on-demand-sync/testing'
 *
 * const clock = createManualClock()
 * let rung = false
 * clock.schedule(5_000, () => (rung = true))
 * await clock.advance(4_999)
 * if (rung) throw new Error('too early')
 * await clock.advance(1)
 * if (!rung) throw new Error('too late')
 * ```
 */
export const createManualClock = ({ startMs = 0, random = 0.5 }: ManualClockOptions = {}): ManualClock => {
  const timers = new Map<number, { readonly dueMs: number; readonly task: () => void }>()
  let nowMs = startMs
  let lastId = 0
  const nextDue = (untilMs: number) =>
    [...timers]
      .filter(([, { dueMs }]) => dueMs <= untilMs)
      .sort(([idA, a], [idB, b]) => a.dueMs - b.dueMs || idA - idB)[0]
  return {
    now: () => nowMs,
    random: () => random,
    schedule: (delayMs, task) => {
      lastId += 1
      const id = lastId
      timers.set(id, { dueMs: nowMs + Math.max(0, delayMs), task })
      return () => void timers.delete(id)
    },
    advance: async ms => {
      const untilMs = nowMs + ms
      await settled()
      for (let due = nextDue(untilMs); due !== undefined; due = nextDue(untilMs)) {
        const [id, { dueMs, task }] = due
        timers.delete(id)
        nowMs = Math.max(nowMs, dueMs)
        task()
        await settled()
      }
      nowMs = untilMs
    },
    timers: () => timers.size
  }
}
