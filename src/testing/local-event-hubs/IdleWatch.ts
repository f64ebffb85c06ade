/** Notices that something has not been used for a while. */
import type { Clock } from '../../internal/Clock.ts'
import type { Timers } from './Timers.ts'

export interface IdleWatch {
  /** It was used just now. */
  readonly touch: () => void
  readonly close: () => void
}

/** Calls `onIdle` once when `idleMs` have gone by without a touch and without a moment that `isIdle` denies. A touch costs no timer. */
export const createIdleWatch = (
  clock: Clock,
  timers: Timers,
  idleMs: number,
  onIdle: () => void,
  isIdle: () => boolean = () => true
): IdleWatch => {
  let lastUsedMs = clock.now()
  const touch = () => {
    lastUsedMs = clock.now()
  }
  const look = () => {
    if (!isIdle()) touch()
    const restMs = lastUsedMs + idleMs - clock.now()
    if (restMs > 0) cancel = timers.after(restMs, look)
    else onIdle()
  }
  let cancel = timers.after(idleMs, look)
  return { touch, close: () => cancel() }
}
