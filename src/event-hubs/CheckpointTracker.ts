/** Which events of one partition are done, and up to where all of them are. */
import type { Position } from '../Position.ts'

export interface CheckpointTracker {
  /** Takes note of events that were delivered, in order. An event that was delivered before is not tracked twice. */
  readonly delivered: (positions: ReadonlyArray<Position>) => void
  /** Takes note that an event is done. Positions that were never delivered here are ignored. */
  readonly done: (position: Position) => void
  /** Whether this very delivery is still to be done. */
  readonly isOpen: (position: Position) => boolean
  /** The last event of the contiguous finished prefix; it never moves backward. Undefined while there is none. */
  readonly finished: () => Position | undefined
  /** Events delivered and not part of the finished prefix. */
  readonly pending: () => number
}

export const createCheckpointTracker = (): CheckpointTracker => {
  /** Delivered and not yet passed by the prefix, in order; the value says whether it is done. */
  const open = new Map<number, { readonly position: Position; done: boolean }>()
  let last: Position | undefined

  return {
    delivered: positions => {
      for (const position of positions) {
        const { sequenceNumber } = position
        if ((last === undefined || sequenceNumber > last.sequenceNumber) && !open.has(sequenceNumber))
          open.set(sequenceNumber, { position, done: false })
      }
    },
    done: ({ sequenceNumber, offset }) => {
      const entry = open.get(sequenceNumber)
      if (entry?.position.offset === offset) entry.done = true
    },
    isOpen: position => open.get(position.sequenceNumber)?.position === position,
    finished: () => {
      for (const [sequenceNumber, { position, done }] of open) {
        if (!done) break
        open.delete(sequenceNumber)
        last = position
      }
      return last
    },
    pending: () => open.size
  }
}
