/** Moves a partition's events onto a link, as far as credit reaches and faults allow. */
import type { Broker } from '../Broker.ts'
import type { FaultSwitch, FaultTarget } from '../Faults.ts'
import { afterDelay } from '../FaultTraps.ts'
import type { PartitionLog, StoredEvent } from '../PartitionLog.ts'
import { encodedOf } from '../PartitionLog.ts'
import { withLastEnqueued } from './EventEncoding.ts'
import { sendsSettled } from './Rhea.ts'
import type { OutgoingLink } from './Rhea.ts'

export interface DeliveryPump {
  /** Sends what can be sent. Call it whenever there may be more credit, more events or fewer faults. */
  readonly run: () => void
  /** Events the peer has asked for and not yet got. */
  readonly credit: () => number
  readonly sent: () => number
  readonly close: () => void
}

export interface DeliveryPumpOptions {
  readonly link: OutgoingLink
  readonly partition: PartitionLog
  /** Sequence number of the first event to send. */
  readonly from: number
  /** Whether each event tells of the partition's newest one. */
  readonly tellsLast: boolean
  readonly target: FaultTarget
  readonly broker: Broker
  readonly hold: () => void
  /** Carries out a fault that ends the link or its connection. */
  readonly apply: (fault: FaultSwitch) => void
}

export const createDeliveryPump = (options: DeliveryPumpOptions): DeliveryPump => {
  const { link, partition, tellsLast, target, broker, hold, apply } = options
  const { traps, counters, clock, timers } = broker
  const settled = sendsSettled(link)
  let cursor = options.from
  let [queued, sent] = [0, 0]
  let closed = false
  let delayed = false
  /** The event that faults have been asked about already, and the fault that holds the link's events back. */
  let asked = -1
  let heldBy: FaultSwitch | undefined

  /** Messages given to rhea that it has not sent yet; draining lets the peer's count run ahead of ours. */
  const pending = () => {
    queued = Math.max(queued, link.delivery_count)
    return queued - link.delivery_count
  }
  /** rhea sends a session's messages strictly in turn: one without credit would block every link of the session. */
  const credit = () => Math.max(0, link.credit - pending())

  const send = (event: StoredEvent) => {
    const last = tellsLast ? partition.last() : undefined
    const encoded = encodedOf(event)
    const bytes = last === undefined ? encoded : withLastEnqueued(encoded, last, clock.now())
    link.send(bytes, undefined, 0).settled = settled
    queued += 1
    sent += 1
    counters.eventsOut += 1
    counters.bytesOut += bytes.length
    cursor = event.sequenceNumber + 1
  }

  const meetFault = (fault: FaultSwitch) => {
    if (fault.do === 'silence') heldBy = fault
    else {
      delayed = true
      afterDelay(timers, fault, () => {
        delayed = false
        if (fault.do === 'delay') run()
        else if (!closed) apply(fault)
      })
    }
  }

  const mayGo = (event: StoredEvent): boolean => {
    if (asked === event.sequenceNumber || !traps.armed('deliver')) return true
    asked = event.sequenceNumber
    const fault = traps.spring('deliver', target)
    if (fault === undefined) return true
    meetFault(fault)
    return false
  }

  const isHeld = () => {
    if (heldBy !== undefined && !traps.holds(heldBy)) heldBy = undefined
    return closed || delayed || heldBy !== undefined
  }

  const run = () => {
    if (isHeld()) return
    hold()
    for (let room = Math.min(credit(), link.session.outgoing.available()); room > 0; room -= 1) {
      const event = partition.at(cursor)
      if (event === undefined || !mayGo(event)) return
      send(event)
    }
  }

  return {
    run,
    credit,
    sent: () => sent,
    close: () => {
      closed = true
    }
  }
}
