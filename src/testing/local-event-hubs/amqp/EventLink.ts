/** What the two kinds of links that carry events have in common. */
import type { Broker } from '../Broker.ts'
import type { FaultSwitch, FaultTarget } from '../Faults.ts'
import { errorOf } from '../Faults.ts'
import type { ServiceError } from '../ServiceError.ts'
import type { AnyLink } from './Rhea.ts'
import { toWire } from './Rhea.ts'

/** A link over which events go. */
export interface EventLink {
  /** What it leads to, by name. */
  readonly target: EventLinkTarget
  /** Its address as the client wrote it: what tokens are asked for. */
  readonly address: string
  readonly right: 'Send' | 'Listen'
  readonly link: AnyLink
  /** Ends it from our side; without an error where there is none. */
  readonly detach: (error?: ServiceError) => void
  /** It has ended: lets go of all it held. */
  readonly close: () => void
  /** Looks again whether there is anything to do. */
  readonly wake: () => void
  readonly stats: () => LinkStats
}

export interface EventLinkTarget extends FaultTarget {
  readonly hub: string
  readonly role: 'producer' | 'consumer'
}

/** A link as statistics show it. */
export interface LinkStats {
  readonly role: 'producer' | 'consumer'
  readonly hub: string
  /** Undefined for a producer's link to the hub as a whole. */
  readonly partition?: string
  readonly consumerGroup?: string
  /** The link's name, as the client chose it. */
  readonly name: string
  /** The receiver's identifier, `nil` where it gave none. */
  readonly receiver?: string
  readonly epoch?: number
  /** Consumer: events the client has asked for and not yet got. Producer: messages it may send. */
  readonly credit: number
  /** Events that went over it. */
  readonly events: number
}

/** What a link can ask of the connection it is on. */
export interface LinkHost {
  readonly broker: Broker
  /** Lets what is written now leave together. */
  readonly hold: () => void
  readonly closeConnection: (error: ServiceError) => void
  readonly destroyConnection: () => void
}

/** The place of one link on its connection. */
export interface LinkSite extends LinkHost {
  /** Its address as the client wrote it. */
  readonly written: string
  /** It has ended, whoever ended it. */
  readonly onEnd: () => void
}

/** Lets a fault end a link, or the connection under it. */
export const applyToLink = (
  { do: action, error }: Pick<FaultSwitch, 'do' | 'error'>,
  link: EventLink,
  host: LinkHost
): void => {
  if (action === 'detach') link.detach(error === undefined ? undefined : errorOf(error, 'detach-forced'))
  if (action === 'close-connection') host.closeConnection(errorOf(error, 'connection-forced'))
  if (action === 'destroy') host.destroyConnection()
}

/** The end of a link: whoever brings it about, what it held is released once. */
export interface LinkEnd {
  readonly detach: EventLink['detach']
  readonly close: EventLink['close']
}

export const createLinkEnd = (
  link: AnyLink,
  entity: string,
  { broker: { clock }, onEnd }: LinkSite,
  release: () => void
): LinkEnd => {
  let closed = false
  const close = () => {
    if (closed) return
    closed = true
    release()
    onEnd()
  }
  return {
    close,
    detach: error => {
      if (closed) return
      close()
      link.close(error && toWire(error, entity, clock.now()))
    }
  }
}
