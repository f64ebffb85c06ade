/** One client's connection: its tokens, its links, and when it has idled too long. */
import type { Socket } from 'node:net'
import type { Connection } from 'rhea'
import type { Broker } from '../Broker.ts'
import { createClaims } from '../Claims.ts'
import { parseEntityAddress } from '../EntityAddress.ts'
import type { IdleWatch } from '../IdleWatch.ts'
import { createIdleWatch } from '../IdleWatch.ts'
import { invalidAddress, ServiceError } from '../ServiceError.ts'
import { acceptSocket } from './acceptSocket.ts'
import { createCbsNode } from './CbsNode.ts'
import type { EventLink, LinkHost } from './EventLink.ts'
import { createEventLinks } from './EventLinks.ts'
import { createManagementNode } from './ManagementNode.ts'
import type { AnyLink, IncomingLink, OutgoingLink } from './Rhea.ts'
import { toWire } from './Rhea.ts'
import { createWriteHold } from './WriteHold.ts'

export interface AmqpConnection {
  readonly links: () => ReadonlyArray<EventLink>
  /** Ends it with an AMQP close. */
  readonly close: (error: ServiceError) => void
  /** Ends it without a word. */
  readonly destroy: () => void
}

/** How long a client has to answer an AMQP close before its socket is cut. */
const CLOSE_PATIENCE_MS = 1000

/** Serves a socket until it closes; `onClosed` is called once then. */
export const serveConnection = (
  connection: Connection,
  socket: Socket,
  broker: Broker,
  onClosed: () => void
): AmqpConnection => {
  const { clock, timers } = broker
  const host: LinkHost = {
    broker,
    hold: createWriteHold(socket, () => connection.is_open()).hold,
    closeConnection: error => {
      connection.close(toWire(error, 'namespace', clock.now()))
      void timers.after(CLOSE_PATIENCE_MS, () => socket.destroy())
    },
    destroyConnection: () => void socket.destroy()
  }
  const claims = createClaims(clock, () => links.dropUncovered())
  const links = createEventLinks(host, claims)
  const nodes = { cbs: createCbsNode(host, claims), management: createManagementNode(host, claims) }
  const idle = watchForIdleness(host, links.all)

  const open = (link: AnyLink) => {
    const written = addressOf(link)
    const address = parseEntityAddress(written)
    if (address === undefined) throw invalidAddress(written)
    if (address.kind !== 'cbs' && address.kind !== 'management') links.open(link, address, written)
    else if (link.is_sender()) nodes[address.kind].addResponses(link as OutgoingLink)
    else nodes[address.kind].addRequests(link as IncomingLink)
    idle.touch()
  }
  const openOrRefuse = (link: AnyLink) => {
    try {
      open(link)
    } catch (cause) {
      // rhea calls from inside its parser: what is thrown there would end the connection.
      const error =
        cause instanceof ServiceError ? cause : new ServiceError('amqp:internal-error', 'The link could not be opened.')
      link.close(toWire(error, addressOf(link), clock.now()))
    }
  }
  const forget = (link: AnyLink) => {
    if (broker.traps.armed('close')) {
      const target = links.all().find(each => each.link === link)?.target
      const fault = broker.traps.spring('close', target)
      if (fault?.do === 'destroy') socket.destroy()
      // rhea answers all that it reads; what it writes goes nowhere from here on.
      else if (fault !== undefined) Object.assign(socket, { write: () => true })
    }
    links.forget(link)
    nodes.cbs.forget(link)
    nodes.management.forget(link)
    idle.touch()
  }

  socket.once('close', () => {
    idle.close()
    claims.close()
    links.all().forEach(({ link }) => links.forget(link))
    onClosed()
  })
  const every = () => [...links.all().map(({ link }) => link), ...nodes.cbs.links(), ...nodes.management.links()]
  listen(connection, openOrRefuse, forget, every)
  acceptSocket(connection, socket)
  return { links: links.all, close: host.closeConnection, destroy: host.destroyConnection }
}

/** The client's word for where a link leads: what it receives from, or what it sends to. */
const addressOf = (link: AnyLink): string => {
  const terminus: unknown = link.is_sender() ? link.source : link.target
  const address = (terminus as { readonly address?: unknown } | null)?.address
  return typeof address === 'string' ? address : ''
}

const listen = (
  connection: Connection,
  open: (link: AnyLink) => void,
  forget: (link: AnyLink) => void,
  links: () => ReadonlyArray<AnyLink>
): void => {
  connection.on('sender_open', ({ sender }: { readonly sender: OutgoingLink }) => open(sender))
  connection.on('receiver_open', ({ receiver }: { readonly receiver: IncomingLink }) => open(receiver))
  connection.on('sender_close', ({ sender }: { readonly sender: OutgoingLink }) => forget(sender))
  connection.on('receiver_close', ({ receiver }: { readonly receiver: IncomingLink }) => forget(receiver))
  // A client may end a session without ending its links first.
  connection.on('session_close', ({ session }: { readonly session: unknown }) => {
    links().forEach(link => link.session === session && forget(link))
  })
  // Unheard, rhea would print or throw these; the socket's end says all there is to say.
  const unheard = ['sender_error', 'receiver_error', 'session_error', 'connection_error', 'connection_close']
  for (const event of [...unheard, 'disconnected', 'protocol_error', 'error']) connection.on(event, () => undefined)
}

/** Closes the connection when it has had no event link for as long as the service puts up with. */
const watchForIdleness = (host: LinkHost, links: () => ReadonlyArray<EventLink>): IdleWatch => {
  const { clock, timers, limits } = host.broker
  const close = (idleMs: number) => host.closeConnection(idleConnection(idleMs))
  const isIdle = () => links().length === 0
  const watch = createIdleWatch(clock, timers, limits.idleConnectionMs, () => close(limits.idleConnectionMs), isIdle)
  let used = false
  const cancel = timers.after(limits.unusedConnectionMs, () => !used && isIdle() && close(limits.unusedConnectionMs))
  return {
    touch: () => {
      used ||= !isIdle()
      watch.touch()
    },
    close: () => {
      cancel()
      watch.close()
    }
  }
}

const idleConnection = (idleMs: number): ServiceError =>
  new ServiceError(
    'amqp:connection:forced',
    `The connection was closed by container 'local' because it did not have any active links in the past ${idleMs} milliseconds.`
  )
