/** The contract of a local Event Hubs namespace, its options and their defaults. */
import type { Clock } from '../../internal/Clock.ts'
import type { SharedAccessKey } from './AccessKeys.ts'
import type { LinkStats } from './amqp/EventLink.ts'
import type { Faults } from './Faults.ts'
import type { JwtVerifier } from './JwtVerifier.ts'
import type { LocalHub } from './LocalHub.ts'

/** How a hub is made. */
export interface LocalHubOptions {
  /** 1 to 2,000. Default 4. */
  readonly partitions?: number
  /** Consumer groups beside `$Default`, which every hub has. Default none. */
  readonly consumerGroups?: ReadonlyArray<string>
}

/** Options of `startLocalEventHubs`; all are optional, see {@link defaultLocalEventHubsOptions}. */
export interface LocalEventHubsOptions {
  /** Hubs to begin with, by name. Default none: `createHub` makes more at any time. */
  readonly hubs?: Readonly<Record<string, LocalHubOptions>>
  /** Port for AMQP; 0 takes any free one. Default 0. */
  readonly port?: number
  /** Address to listen on. Default `127.0.0.1`: the keys are for tests, so do not open it to others. */
  readonly host?: string
  /** Certificate chain and private key (PEM) to serve TLS with. Default: plain TCP. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined
  /** Who may do what. Default: one key of random bits with every right. */
  readonly keys?: ReadonlyArray<SharedAccessKey>
  /** Checks tokens of a `TokenCredential`. Default: all are refused. See `createJwtVerifier`. */
  readonly verifyJwt?: JwtVerifier | undefined
  /** Largest message a client may send, in bytes. Default 1,048,576, as in the Standard tier. */
  readonly maxMessageSizeBytes?: number
  /** How long events are kept, in milliseconds. Default one day. */
  readonly retentionMs?: number
  /** How many events a partition keeps. Default: no limit. */
  readonly retentionEvents?: number
  /** Readers without an owner level per partition and consumer group. Default 5, as the service has it. */
  readonly readersPerPartition?: number
  /** A connection without links is closed after so long, in milliseconds. Default 300,000. */
  readonly idleConnectionMs?: number
  /** A connection that never had a link is closed after so long, in milliseconds. Default 60,000. */
  readonly unusedConnectionMs?: number
  /** A producer's link over which nothing is sent is detached after so long, in milliseconds. Default 1,800,000. */
  readonly idleProducerMs?: number
  /** Half the silence, in milliseconds, after which a connection is given up; clients are asked for a heartbeat. Default 60,000. */
  readonly heartbeatMs?: number
  /** Time: enqueued times, retention, token expiry, fault delays, idleness. Default the machine's. */
  readonly clock?: Clock
  /** Serves the control API over HTTP on this port of the same host (0: any free one). Default: none. */
  readonly control?: { readonly port?: number } | undefined
}

/** What the options default to; those left out here default to nothing. */
export const defaultLocalEventHubsOptions: Readonly<
  Record<
    | 'port'
    | 'partitions'
    | 'maxMessageSizeBytes'
    | 'retentionMs'
    | 'readersPerPartition'
    | 'idleConnectionMs'
    | 'unusedConnectionMs'
    | 'idleProducerMs'
    | 'heartbeatMs',
    number
  >
> & { readonly host: string } = Object.freeze({
  port: 0,
  host: '127.0.0.1',
  partitions: 4,
  maxMessageSizeBytes: 1_048_576,
  retentionMs: 86_400_000,
  readersPerPartition: 5,
  idleConnectionMs: 300_000,
  unusedConnectionMs: 60_000,
  idleProducerMs: 1_800_000,
  heartbeatMs: 60_000
})

/** What goes on in the server. Counts are totals since the start. */
export interface LocalEventHubsStats {
  /** Connections open now. */
  readonly connections: number
  /** Event links open now, each with the credit it has outstanding. */
  readonly links: ReadonlyArray<LinkStats>
  readonly totals: {
    readonly connections: number
    readonly eventsIn: number
    readonly bytesIn: number
    readonly eventsOut: number
    readonly bytesOut: number
    /** Messages refused: too large, out of order, or by a fault. */
    readonly rejected: number
  }
}

/** How the server goes down and comes back. */
export interface RestartOptions {
  /** Milliseconds between going down and coming back. Default 0. */
  readonly downMs?: number
  /** Whether events are there afterwards. Default true; false begins every partition anew, sequence numbers included. */
  readonly keepEvents?: boolean
}

/** A running local namespace. */
export interface LocalEventHubs extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Where the control API listens; undefined where it was not asked for. */
  readonly controlUrl: string | undefined
  /** For a client: with `EntityPath` where a hub is named, signed with the first key or the one named. Holds the key. */
  readonly connectionString: (hub?: string, keyName?: string) => string
  /** Administration of a hub. Throws where there is no such hub. */
  readonly hub: (name: string) => LocalHub
  readonly hubNames: () => ReadonlyArray<string>
  /** Throws where the name is taken or an option is out of range. */
  readonly createHub: (name: string, options?: LocalHubOptions) => LocalHub
  /** Detaches the hub's links and forgets its events; answers whether it was there. */
  readonly deleteHub: (name: string) => boolean
  readonly faults: Faults
  readonly stats: () => LocalEventHubsStats
  /** Cuts every connection and comes back on the same port. */
  readonly restart: (options?: RestartOptions) => Promise<void>
  /** Cuts every connection and stops to listen. Doing it again does nothing. */
  readonly stop: () => Promise<void>
}
