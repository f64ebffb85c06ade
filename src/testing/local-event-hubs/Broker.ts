/** What every link needs to know of the server it belongs to. */
import type { Clock } from '../../internal/Clock.ts'
import type { SharedAccessKey } from './AccessKeys.ts'
import type { FaultTraps } from './FaultTraps.ts'
import type { JwtVerifier } from './JwtVerifier.ts'
import type { Namespace } from './Namespace.ts'
import type { Timers } from './Timers.ts'

export interface Broker {
  readonly namespace: Namespace
  readonly clock: Clock
  readonly timers: Timers
  readonly traps: FaultTraps
  readonly keys: ReadonlyArray<SharedAccessKey>
  readonly verifyJwt: JwtVerifier | undefined
  readonly limits: Limits
  readonly counters: Counters
}

export interface Limits {
  readonly maxMessageSizeBytes: number
  /** A connection that has had no link for so long is closed. */
  readonly idleConnectionMs: number
  /** The same for one that never had a link. */
  readonly unusedConnectionMs: number
  /** A producer's link over which nothing was sent for so long is detached. */
  readonly idleProducerMs: number
}

/** Totals since the start. */
export interface Counters {
  connections: number
  eventsIn: number
  bytesIn: number
  eventsOut: number
  bytesOut: number
  rejected: number
}
