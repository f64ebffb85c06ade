/** The parts of `rhea` this server relies on and its typings leave out. Everything here is checked by the tests against the pinned version. */
import type { Receiver, Sender } from 'rhea'
import rhea from 'rhea'
import type { ServiceError } from '../ServiceError.ts'

/** What a link's attach frame will say; it can be changed until the open handler returns. */
interface LocalAttach {
  max_message_size?: number
  snd_settle_mode?: number
  rcv_settle_mode?: number
  properties?: Readonly<Record<string, unknown>>
  offered_capabilities?: string | ReadonlyArray<string>
}

interface LinkInternals {
  /** Credit the peer granted us (sender) or we granted it (receiver). */
  readonly credit: number
  /** Transfers so far, in the link's own count. */
  readonly delivery_count: number
  readonly local: { readonly attach: LocalAttach }
}

/** A link over which we send: the client's receiver. */
export type OutgoingLink = Omit<Sender, 'session' | 'send'> &
  LinkInternals & {
    readonly session: { readonly outgoing: { readonly available: () => number } }
    /** Queues a message; one marked as settled before the end of the turn goes out so. */
    readonly send: (...message: Parameters<Sender['send']>) => { settled: boolean }
  }

/** A link over which we receive: the client's sender. */
export type IncomingLink = Omit<Receiver, 'session'> & LinkInternals & { readonly session: unknown }

export type AnyLink = OutgoingLink | IncomingLink

/** A delivery we received. */
export interface IncomingDelivery {
  readonly id: number
  settled: boolean
  readonly accept: () => void
  readonly reject: (error: AmqpErrorFields) => void
}

export interface AmqpErrorFields {
  readonly condition: string
  readonly description: string
  /** Nothing, but there: see `acceptSocket`. */
  readonly info?: undefined
}

/** The message of a delivery as bytes: see `acceptSocket`. */
export interface RawMessage {
  /** Undefined where the transfer carried nothing. */
  readonly message: Buffer | undefined
  readonly format: number
  readonly delivery: IncomingDelivery
}

/** An error as it goes onto the wire, with the trail the service appends for its own people. */
export const toWire = ({ condition, message }: ServiceError, entity: string, nowMs: number): AmqpErrorFields => ({
  condition,
  info: undefined,
  description: `${message} TrackingId:00000000-0000-0000-0000-000000000000_B0, SystemTracker:local:eventhub:${entity}, Timestamp:${new Date(nowMs).toISOString().slice(0, 19)}`
})

/** Accepts what the client proposes: both ends of the link, and how deliveries are settled (some clients insist). */
export const answerAttach = (link: AnyLink): void => {
  link.set_source(link.source)
  link.set_target(link.target)
  const { snd_settle_mode: senderMode, rcv_settle_mode: receiverMode } = link as SettleModes
  if (typeof senderMode === 'number') link.local.attach.snd_settle_mode = senderMode
  // What we receive we settle at once, whatever is proposed.
  if (link.is_sender() && typeof receiverMode === 'number') link.local.attach.rcv_settle_mode = receiverMode
}

/**
 * Whether what we send on a link goes out settled: unless the receiver asks for it unsettled, or settles second (AMQP 1.0 part 2 section 2.8.2 leaves it to
 * the sender in any other mode). The service does so too, and its Go client, which settles nothing, gets no further than its first credit without.
 */
export const sendsSettled = (link: OutgoingLink): boolean => {
  const { snd_settle_mode: senderMode, rcv_settle_mode: receiverMode } = link as SettleModes
  return senderMode !== UNSETTLED && receiverMode !== SECOND
}

const UNSETTLED = 0
const SECOND = 1

interface SettleModes {
  readonly snd_settle_mode?: number | null
  readonly rcv_settle_mode?: number | null
}

/** A delivery we sent. */
interface OutgoingDelivery {
  remote_settled: boolean
  readonly update: (settled: boolean, state: unknown) => void
}

/** Settles deliveries that the peer accepts without settling them, as a receiver in mode "second" does (AMQP 1.0 part 2 section 2.7.3). */
export const settleWithPeer = (link: OutgoingLink): void => {
  const settle = ({ delivery }: { readonly delivery?: OutgoingDelivery }) => {
    if (delivery?.remote_settled !== false) return
    delivery.update(true, accepted)
    // What follows from the peer says nothing new; rhea would keep the delivery until it came.
    delivery.remote_settled = true
  }
  for (const outcome of ['accepted', 'released', 'rejected', 'modified']) link.on(outcome, settle)
}

interface Outcomes {
  readonly accepted: () => { readonly described: () => unknown }
}
const accepted = (rhea.message as unknown as Outcomes).accepted().described()
