/**
 * Where time and chance come from. Everything in this library that waits, dates or dithers asks a `Clock`,
 * so that a test can own time (`createManualClock` in `on-demand-sync/testing`) and no test ever sleeps.
 *
 * @example
 * ```ts
 * import { createBatcher, systemClock } from 'on-demand-sync'
 *
 * const batcher = createBatcher<string>({ maxItems: 50, timeoutMs: 5_000, clock: systemClock })
 * void batcher
 * ```
 */
export interface Clock {
  /** Milliseconds since 1970 (UTC). */
  readonly now: () => number
  /** Runs `task` once after `delayMs` milliseconds (0 or more); the returned function calls it off. */
  readonly schedule: (delayMs: number, task: () => void) => () => void
  /** A number from 0 (included) to 1 (excluded), for jitter only: never for secrets. */
  readonly random: () => number
}

const longestTimerMs = 2_147_483_647

/** The machine's own clock: the default of every `clock` option. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, task) => {
    let timer: NodeJS.Timeout
    // Node takes what is longer than it can count for no time at all.
    const arm = (restMs: number): void => {
      timer = setTimeout(
        restMs > longestTimerMs ? () => arm(restMs - longestTimerMs) : task,
        Math.min(restMs, longestTimerMs)
      )
    }
    arm(delayMs)
    return () => clearTimeout(timer)
  },
  random: () => Math.random()
}

/** Waits `delayMs`; answers false when `signal` ended the wait early. Leaves no timer and no listener behind. */
export const sleep = (clock: Clock, delayMs: number, signal?: AbortSignal): Promise<boolean> => {
  if (signal?.aborted === true) return Promise.resolve(false)
  return new Promise(resolve => {
    const finish = (whole: boolean) => {
      cancel()
      signal?.removeEventListener('abort', onAbort)
      resolve(whole)
    }
    const onAbort = () => finish(false)
    const cancel = clock.schedule(delayMs, () => finish(true))
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
