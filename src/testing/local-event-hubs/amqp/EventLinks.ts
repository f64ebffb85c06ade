/** The event links of one connection: who may open one, and when it ends. */
import type { Claims } from '../Claims.ts'
import type { EntityAddress } from '../EntityAddress.ts'
import type { FaultTarget } from '../Faults.ts'
import { errorOf } from '../Faults.ts'
import { expiredToken, invalidAddress, missingClaim } from '../ServiceError.ts'
import { openConsumerLink } from './ConsumerLink.ts'
import type { EventLink, LinkHost, LinkSite } from './EventLink.ts'
import { applyToLink } from './EventLink.ts'
import { receiverNameOf } from './LinkProperties.ts'
import { openProducerLink } from './ProducerLink.ts'
import type { AnyLink, IncomingLink, OutgoingLink } from './Rhea.ts'

/** An address that carries events. */
export type EventAddress = Exclude<EntityAddress, { readonly kind: 'cbs' | 'management' }>

export interface EventLinks {
  readonly all: () => ReadonlyArray<EventLink>
  /** Opens a link to `address`, as the client wrote it. Throws where it is refused. */
  readonly open: (link: AnyLink, address: EventAddress, written: string) => void
  /** The link has ended. */
  readonly forget: (link: AnyLink) => void
  /** Ends the links whose tokens have lapsed. */
  readonly dropUncovered: () => void
}

export const createEventLinks = (host: LinkHost, claims: Claims): EventLinks => {
  const { traps, clock, timers } = host.broker
  const links = new Map<AnyLink, EventLink>()

  const open: EventLinks['open'] = (link, address, written) => {
    const right = address.kind === 'consumer' ? 'Listen' : 'Send'
    if (link.is_sender() !== (right === 'Listen')) throw invalidAddress(written)
    if (!claims.allow(right, written)) throw missingClaim(right, written)
    const fault = traps.spring('attach', targetOf(address, link))
    if (fault?.do === 'refuse') throw errorOf(fault.error, 'server-busy')
    const opened = openEventLink(link, address, { ...host, written, onEnd: () => links.delete(link) })
    links.set(link, opened)
    if (fault !== undefined) void timers.after(fault.delayMs ?? 0, () => applyToLink(fault, opened, host))
  }

  return {
    all: () => Array.from(links.values()),
    open,
    forget: link => links.get(link)?.close(),
    dropUncovered: () => {
      for (const link of links.values()) {
        if (claims.allow(link.right, link.address)) continue
        link.detach(expiredToken(claims.lapsedAtMs(link.right, link.address) ?? clock.now()))
      }
    }
  }
}

const openEventLink = (link: AnyLink, address: EventAddress, host: LinkSite): EventLink => {
  const hub = host.broker.namespace.get(address.hub)
  switch (address.kind) {
    case 'consumer': {
      const { consumerGroup, partition: partitionId } = address
      return openConsumerLink(link as OutgoingLink, host, { hub, consumerGroup, partitionId })
    }
    case 'hub':
      return openProducerLink(link as IncomingLink, host, { hub, partitionId: undefined })
    case 'partition':
      return openProducerLink(link as IncomingLink, host, { hub, partitionId: address.partition })
  }
}

const targetOf = ({ kind, ...names }: EventAddress, link: AnyLink): FaultTarget => ({
  ...names,
  role: kind === 'consumer' ? 'consumer' : 'producer',
  ...(kind === 'consumer' ? { receiver: receiverNameOf(link as OutgoingLink) } : {})
})
