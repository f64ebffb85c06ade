/** How hard a topic is tried. */
import { atLeast } from '../../checkOptions.ts'
import type { Fault } from '../../Fault.ts'

/** Options of delivery to one topic. */
export interface DeliveryOptions {
  /** Most messages that wait for one topic; what comes beyond that becomes a dead letter at once. What is captured, or was kept in the journal by an earlier run, is not counted. Default 10,000, at least 1. */
  readonly maxWaiting?: number
  /** Most calls to the topic on their way at once. Default 4, at least 1. */
  readonly concurrency?: number
  /** Most attempts per message. Default 10 (about two minutes with the default delays), at least 1. */
  readonly maxAttempts?: number
  /** First delay, in milliseconds; it doubles with every attempt. Default 500, at least 1. */
  readonly baseDelayMs?: number
  /** Longest delay, in milliseconds. Default 30,000, at least 1. */
  readonly maxDelayMs?: number
  /** Longest delay that a topic itself may ask for (`Retry-After`), in milliseconds. Default 900,000 (15 minutes), at least 1. */
  readonly maxRetryAfterMs?: number
  /** Deadline of one call to the topic, to the dead letters and to the journal, in milliseconds. Default 30,000, at least 1. */
  readonly timeoutMs?: number
}

/** The defaults of {@link DeliveryOptions}. */
export const defaultDeliveryOptions: Required<DeliveryOptions> = Object.freeze({
  maxWaiting: 10_000,
  concurrency: 4,
  maxAttempts: 10,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 900_000,
  timeoutMs: 30_000
})

/** The faults of delivery options. */
export const deliveryFaults = (options: Required<DeliveryOptions>): ReadonlyArray<Fault | undefined> =>
  (Object.keys(defaultDeliveryOptions) as ReadonlyArray<keyof DeliveryOptions>).map(name =>
    atLeast(`delivery.${name}`, options[name], 1)
  )
