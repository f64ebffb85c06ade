/** How long something passing is waited for. */
import { atLeast } from './checkOptions.ts'
import type { Fault } from './Fault.ts'
import { backoffMs } from './internal/backoff.ts'
import type { Clock } from './internal/Clock.ts'
import { sleep } from './internal/Clock.ts'
import type { SyncError } from './SyncError.ts'
import { isOutage, isRetryable } from './describeError.ts'

/** Options of the pipeline's own retries. The drivers' retries are not relied on. */
export interface RetryOptions {
  /** Most attempts for a failure that concerns single resources (a lock, a cancelled statement). Default 5, at least 1. Outages are waited out without limit. */
  readonly maxAttempts?: number
  /** First delay, in milliseconds; it doubles with every attempt. Default 500, at least 1. */
  readonly baseDelayMs?: number
  /** Longest delay, in milliseconds. Default 30,000, at least 1. */
  readonly maxDelayMs?: number
}

/** The defaults of {@link RetryOptions}. */
export const defaultRetryOptions: Required<RetryOptions> = Object.freeze({
  maxAttempts: 5,
  baseDelayMs: 500,
  maxDelayMs: 30_000
})

/** The faults of retry options. */
export const retryFaults = ({
  maxAttempts,
  baseDelayMs,
  maxDelayMs
}: Required<RetryOptions>): ReadonlyArray<Fault | undefined> => [
  atLeast('retry.maxAttempts', maxAttempts, 1),
  atLeast('retry.baseDelayMs', baseDelayMs, 1),
  atLeast('retry.maxDelayMs', maxDelayMs, 1)
]

/** Waits before the next attempt; answers whether there is to be one. */
export type WaitToRetry = (error: SyncError, attempt: number) => Promise<boolean>

/** One rule for all retries of the pipeline: outages as long as it takes, passing failures a few times, everything else never. */
export const createWaitToRetry =
  (
    options: Required<RetryOptions>,
    clock: Clock,
    signal: AbortSignal,
    onWait: (error: SyncError, attempt: number, delayMs: number) => void
  ): WaitToRetry =>
  async (error, attempt) => {
    if (!isRetryable(error) || (!isOutage(error) && attempt >= options.maxAttempts)) return false
    const delayMs = backoffMs(clock, attempt, options.baseDelayMs, options.maxDelayMs)
    onWait(error, attempt, delayMs)
    return sleep(clock, delayMs, signal)
  }
