/** Stops asking a service that does not answer, and asks again from time to time. */
import type { Clock } from './Clock.ts'

export interface CircuitBreakerOptions {
  /** Failures in a row after which no more is asked. */
  readonly failures: number
  /** How long nothing is asked, in milliseconds; after that a single trial decides. */
  readonly openMs: number
  readonly clock: Clock
}

export interface CircuitBreaker {
  /** False while nothing is to be asked. True makes the caller owe an answer: `succeeded`, `failed` or `abandoned`. */
  readonly mayTry: () => boolean
  /** True from the failure that was one too many until something succeeds. */
  readonly isOpen: () => boolean
  readonly succeeded: () => void
  readonly failed: () => void
  /** The caller gave up, and learned nothing about the service. */
  readonly abandoned: () => void
}

export const createCircuitBreaker = ({ failures, openMs, clock }: CircuitBreakerOptions): CircuitBreaker => {
  let inARow = 0
  let opensAtMs = 0
  let onTrial = false
  return {
    mayTry: () => {
      if (inARow < failures) return true
      if (onTrial || clock.now() < opensAtMs) return false
      onTrial = true
      return true
    },
    isOpen: () => inARow >= failures,
    succeeded: () => {
      inARow = 0
      onTrial = false
    },
    failed: () => {
      inARow += 1
      onTrial = false
      opensAtMs = clock.now() + openMs
    },
    abandoned: () => {
      onTrial = false
    }
  }
}
