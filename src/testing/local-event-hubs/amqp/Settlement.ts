/** How a sent message is answered: accepted once it is stored, rejected with what it is refused for, or as a fault wants it. */
import type { Broker } from '../Broker.ts'
import type { FaultSwitch } from '../Faults.ts'
import { errorOf } from '../Faults.ts'
import { ServiceError } from '../ServiceError.ts'
import type { RawMessage } from './Rhea.ts'
import { toWire } from './Rhea.ts'

export interface Settlement {
  /** As usual. */
  readonly settle: (received: RawMessage) => void
  /** As a fault wants it. */
  readonly meetFault: (received: RawMessage, fault: FaultSwitch) => void
}

export interface SettlementOptions {
  readonly broker: Broker
  /** The hub, for the trail of an error. */
  readonly entity: string
  /** Stores a message's events. Throws a {@link ServiceError} where the service refuses them. */
  readonly store: (received: RawMessage) => void
  /** Carries out a fault that ends the link or its connection. */
  readonly apply: (fault: FaultSwitch) => void
}

export const createSettlement = ({ broker, entity, store, apply }: SettlementOptions): Settlement => {
  const reject = ({ delivery }: RawMessage, error: ServiceError) => {
    broker.counters.rejected += 1
    delivery.reject(toWire(error, entity, broker.clock.now()))
  }

  const settle = (received: RawMessage) => {
    try {
      store(received)
      received.delivery.accept()
    } catch (cause) {
      if (!(cause instanceof ServiceError)) throw cause
      reject(received, cause)
    }
  }

  const storeQuietly = (received: RawMessage) => {
    try {
      store(received)
    } catch {
      // The client hears nothing either way: that is the fault.
    }
  }

  const meetFault = (received: RawMessage, fault: FaultSwitch) => {
    if (fault.do === 'delay') settle(received)
    else if (fault.do === 'refuse') reject(received, errorOf(fault.error, 'server-busy'))
    else if (fault.do === 'silence' || fault.do === 'lose') {
      if (fault.do === 'silence') storeQuietly(received)
      forget(received)
    } else apply(fault)
  }

  return { settle, meetFault }
}

/** Lets a delivery go without a word to the peer: left open it would block the session's window for good. */
const forget = ({ delivery }: RawMessage): void => {
  delivery.settled = true
}
