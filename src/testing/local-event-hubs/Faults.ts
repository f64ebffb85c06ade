/**
 * Faults on purpose. Two verbs: {@link Faults.inject} sets a trap for what comes (connections, links, requests, events), and
 * {@link Faults.strike} hits what is there now.
 */
import type { NamedError } from './ServiceError.ts'
import { namedErrors, ServiceError } from './ServiceError.ts'

/**
 * Where a fault lies in wait: a TCP connection, a token request, a management request, a link, an event sent, an event to deliver, a link that the client closes (those for tokens and management, which have no hub,
 * are meant where no hub is named).
 */
export type FaultPoint = 'accept' | 'cbs' | 'management' | 'attach' | 'send' | 'deliver' | 'close'

/**
 * What happens there.
 *
 * - `delay`: goes on as usual after `delayMs`.
 * - `refuse`: answers with the error: the link is refused, the events rejected, the request given its status code.
 * - `silence`: never answers. A connection is not spoken to, a request not answered, events sent are stored and not acknowledged,
 *   events to deliver stay where they are for all the credit there is. A connection of which a link is closed is not spoken to any more.
 * - `lose`: events sent are neither stored nor acknowledged.
 * - `detach`: the link is closed, with the error or, where none is named, without.
 * - `close-connection`: the connection is closed with the error (default `connection-forced`).
 * - `destroy`: the TCP connection ends without a word.
 */
export type FaultAction = 'delay' | 'refuse' | 'silence' | 'lose' | 'detach' | 'close-connection' | 'destroy'

/** The error a fault answers with: by name, or any condition and sentence. */
export type FaultError = NamedError | { readonly condition: string; readonly description?: string }

/** Which links, requests and events are meant: all of them, or those with these names (without regard to case). */
export interface FaultTarget {
  readonly hub?: string
  readonly consumerGroup?: string
  readonly partition?: string
  /** `producer`: links that send to the hub; `consumer`: links that receive from it. */
  readonly role?: 'producer' | 'consumer'
  /** The receiver's identifier: the client's `identifier` option. */
  readonly receiver?: string
}

/** A trap. */
export interface FaultSwitch extends FaultTarget {
  readonly on: FaultPoint
  readonly do: FaultAction
  /** How many go by unharmed first. Default 0. */
  readonly skip?: number
  /** How many it hits. Default: all, until it is removed. */
  readonly times?: number
  /** Milliseconds before it acts. Default 0. A link is refused at once, whatever this says. */
  readonly delayMs?: number
  /** Default `unauthorized` at `cbs`, `server-busy` elsewhere; see {@link FaultAction} for `detach` and `close-connection`. */
  readonly error?: FaultError
}

/** A blow at links or connections that are there now. */
export interface Strike extends FaultTarget {
  /** A connection is meant where a link of it is. */
  readonly do: 'detach' | 'close-connection' | 'destroy'
  readonly error?: FaultError
  /** At most so many. Default all. */
  readonly times?: number
  /** Milliseconds until those that are there now are hit. Default 0. */
  readonly delayMs?: number
}

/** A trap that was set. */
export interface InjectedFault {
  readonly id: number
  readonly fault: FaultSwitch
  /** How often it has acted. */
  readonly hits: () => number
  /** Takes it away; connections it did not speak to and events it did not deliver go on. */
  readonly remove: () => void
}

/**
 * The fault switches of a server.
 *
 * @example
 * ```ts
 * import { startLocalEventHubs } from 'on-demand-sync/testing'
 *
 * await using hubs = await startLocalEventHubs({ hubs: { tasks: {} } })
 * const stall = hubs.faults.inject({ on: 'deliver', do: 'silence', hub: 'tasks', partition: '0' })
 * hubs.faults.inject({ on: 'send', do: 'refuse', error: 'server-busy', times: 2 })
 * if (hubs.faults.strike({ do: 'destroy' }) !== 0) throw new Error('nobody is connected')
 * stall.remove()
 * ```
 */
export interface Faults {
  /** Sets a trap. Throws a `TypeError` where the action does not fit the point. The first trap that fits acts. */
  readonly inject: (fault: FaultSwitch) => InjectedFault
  /** Hits what is there; answers how many links or connections it hit. */
  readonly strike: (strike: Strike) => number
  readonly list: () => ReadonlyArray<InjectedFault>
  /** Takes every trap away. */
  readonly clear: () => void
}

/** Whether something is among those meant. */
export const isTarget = (meant: FaultTarget, target: FaultTarget): boolean =>
  (['hub', 'consumerGroup', 'partition', 'role', 'receiver'] as const).every(
    field => meant[field] === undefined || meant[field].toLowerCase() === target[field]?.toLowerCase()
  )

/** The error a fault names, or the point's own. */
export const errorOf = (error: FaultError | undefined, fallback: NamedError): ServiceError => {
  const named = error ?? fallback
  if (typeof named === 'string') {
    const [condition, description] = namedErrors[named]
    return new ServiceError(condition, description)
  }
  return new ServiceError(named.condition, named.description ?? `The fault '${named.condition}' was asked for.`)
}
