/** Messages that came over one link, taken up strictly in turn: one that a fault delays holds up those behind it. */
import type { FaultSwitch, FaultTarget } from '../Faults.ts'
import type { FaultTraps } from '../FaultTraps.ts'
import { afterDelay } from '../FaultTraps.ts'
import type { Timers } from '../Timers.ts'
import type { RawMessage } from './Rhea.ts'

export interface SendQueue {
  readonly push: (received: RawMessage) => void
  /** How many wait. */
  readonly size: () => number
  readonly close: () => void
}

export interface SendQueueOptions {
  readonly target: FaultTarget
  readonly traps: FaultTraps
  readonly timers: Timers
  /** Takes a message up as usual. */
  readonly settle: (received: RawMessage) => void
  /** Takes it up as a fault wants it. */
  readonly meetFault: (received: RawMessage, fault: FaultSwitch) => void
  /** Messages that waited have been taken up. */
  readonly onRoom: () => void
}

export const createSendQueue = ({ target, traps, timers, settle, meetFault, onRoom }: SendQueueOptions): SendQueue => {
  const waiting: RawMessage[] = []
  let busy = false
  let closed = false

  const take = () => {
    while (!busy && !closed) {
      const received = waiting.shift()
      if (received === undefined) return
      const fault = traps.armed('send') ? traps.spring('send', target) : undefined
      if (fault === undefined) settle(received)
      else meet(received, fault)
    }
  }

  const meet = (received: RawMessage, fault: FaultSwitch) => {
    busy = true
    afterDelay(timers, fault, () => {
      busy = false
      if (closed) return
      meetFault(received, fault)
      take()
      onRoom()
    })
  }

  return {
    push: received => {
      waiting.push(received)
      take()
    },
    size: () => waiting.length,
    close: () => {
      closed = true
      waiting.length = 0
    }
  }
}
