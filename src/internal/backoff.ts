/** Growing, dithered delays between attempts. */
import type { Clock } from './Clock.ts'

/** Half the exponential delay is fixed, half is chance, so that many hosts do not come back in step. `attempt` counts from 1. */
export const backoffMs = (clock: Clock, attempt: number, baseMs: number, maxMs: number): number => {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(full / 2 + (clock.random() * full) / 2)
}
