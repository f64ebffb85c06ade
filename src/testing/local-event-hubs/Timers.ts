/** Timers that end with their owner: nothing is left waiting after `close`. */
import type { Clock } from '../../internal/Clock.ts'

export interface Timers {
  /** Runs `task` once after `delayMs`; the answer calls it off. Does nothing once closed. */
  readonly after: (delayMs: number, task: () => void) => () => void
  readonly close: () => void
}

/** The longest a timer of the platform can wait; a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1

export const createTimers = (clock: Clock): Timers => {
  const waiting = new Set<() => void>()
  let closed = false
  return {
    after: (delayMs, task) => {
      if (closed || delayMs > LONGEST_MS) return () => undefined
      const cancel = clock.schedule(delayMs, () => {
        waiting.delete(cancel)
        task()
      })
      waiting.add(cancel)
      return () => {
        waiting.delete(cancel)
        cancel()
      }
    },
    close: () => {
      closed = true
      waiting.forEach(cancel => cancel())
      waiting.clear()
    }
  }
}
