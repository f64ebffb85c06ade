/** Sync requests to a hub: for those who ask. */
import { createHash } from 'node:crypto'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { atLeast, between, requireOptions } from '../checkOptions.ts'
import type { PayloadCodec } from '../PayloadCodec.ts'
import { payloadCodec } from '../PayloadCodec.ts'
import { fromPromise } from '../Promises.ts'
import type { ResourceName } from '../Resource.ts'
import { nameOf, resourceKey } from '../Resource.ts'
import type { SyncError } from '../SyncError.ts'
import type { SyncRequest } from '../SyncRequest.ts'
import type { EventHubsConnection } from './connect.ts'
import { createEventSender } from './EventSender.ts'
import { toSenderError } from './eventHubsError.ts'

/** Options of {@link createPublisher}. */
export interface PublisherOptions extends EventHubsConnection {
  /** Most requests that wait to be sent, per partition; `publish` waits while they are so many. Default 1,500, at least 1. */
  readonly bufferEvents?: number
  /** Longest time that a request waits for others to share its batch, in milliseconds; flushing waits as long. Default 20, from 1 to 1,000. */
  readonly lingerMs?: number
  /** What decides which requests stay in order with each other. Default {@link partitionKeyOf}. At most 128 characters. */
  readonly partitionKey?: (request: SyncRequest) => string
  /** Application properties for each event, such as the trace context of the caller. Default none. */
  readonly properties?: (request: SyncRequest) => Readonly<Record<string, string>>
  /** Default: the published payload, `payloadCodec`. */
  readonly codec?: Pick<PayloadCodec, 'encode'>
}

/** The defaults of {@link PublisherOptions}. */
export const defaultPublisherOptions: { readonly bufferEvents: number; readonly lingerMs: number } = Object.freeze({
  bufferEvents: 1_500,
  lingerMs: 20
})

/** Sends requests. */
export interface Publisher extends AsyncDisposable {
  /**
   * Checks a request and sends it; right once the hub has it. Waits while the buffer is full. Left: InvalidInput (the request breaks a rule of the format or is too large), NotFound, LoginRefused, Unavailable (tried
   * again for about a minute by then), Closed. After Unavailable it is not known whether the hub has it; publishing it once more does no harm.
   */
  readonly publish: (request: SyncRequest) => TaskEither<SyncError, void>
  /** Waits until what is buffered has been sent, or has failed. */
  readonly flush: () => TaskEither<SyncError, void>
  /** Flushes, then lets go of the connection. Closing again does nothing. */
  readonly close: () => TaskEither<SyncError, void>
}

const common = (a: ResourceName, b: ResourceName): ResourceName => {
  const { database } = a
  if (a.schema === undefined || a.schema !== b.schema || database !== b.database) return { database }
  const { schema } = a
  return a.table === undefined || a.table !== b.table ? { database, schema } : { database, schema, table: a.table }
}

/**
 * The smallest object that holds everything a request names: its table, else its schema, else its (first) database; as a hash, because a partition key may have 128 characters and a name more.
 * So requests that name one table stay in order with each other; a request that names several is ordered among its like.
 *
 * @example
 * ```ts
 * import { createSyncRequest, ResourceReference } from 'on-demand-sync'
 * import { partitionKeyOf } from 'on-demand-sync/event-hubs'
 *
 * const table = createSyncRequest({ resources: [ResourceReference.table('D', 'S', 'T')] })
 * const column = createSyncRequest({ resources: [ResourceReference.column('D', 'S', 'T', 'C')] })
 * if (partitionKeyOf(table) !== partitionKeyOf(column)) throw new Error('unexpected')
 * ```
 */
export const partitionKeyOf = ({ requestInfo: { resources } }: SyncRequest): string => {
  const [first, ...rest] = resources.map(nameOf)
  const held = first === undefined ? '' : resourceKey(rest.reduce(common, first))
  return createHash('sha256').update(held).digest('base64url')
}

/**
 * A {@link Publisher} to an Event Hub, over the client's buffered producer with idempotent retries.
 *
 * **Errors**: bad options and connections throw InvalidInput.
 *
 * @example
 * ```ts no-run
 * import { createSyncRequest, ResourceReference, toPromise } from 'on-demand-sync'
 * import { createPublisher } from 'on-demand-sync/event-hubs'
 *
 * await using publisher = createPublisher({ connectionString: process.env['EVENT_HUBS_CONNECTION_STRING'] ?? '', eventHubName: 'sync-tasks' })
 * await toPromise(publisher.publish(createSyncRequest({ resources: [ResourceReference.table('SALES', 'PUBLIC', 'ORDERS')] })))
 * ```
 */
export const createPublisher = (options: PublisherOptions): Publisher => {
  const { bufferEvents, lingerMs, codec, partitionKey, properties, ...connection } = {
    ...defaultPublisherOptions,
    codec: payloadCodec,
    partitionKey: partitionKeyOf,
    properties: undefined,
    ...options
  }
  requireOptions('createPublisher', [atLeast('bufferEvents', bufferEvents, 1), between('lingerMs', lingerMs, 1, 1_000)])
  const sender = createEventSender({ ...connection, bufferEvents, lingerMs })
  const lift = (what: string, run: () => Promise<void>): TaskEither<SyncError, void> =>
    fromPromise(`Publisher.${what}`, run, cause => toSenderError(sender.hub, cause))

  const send = (request: SyncRequest, text: string) =>
    lift('publish', () =>
      sender.send({
        body: Buffer.from(text),
        partitionKey: partitionKey(request),
        ...(properties === undefined ? {} : { properties: properties(request) })
      })
    )
  return {
    publish: request =>
      TE.chain((text: string) => send(request, text))(TE.fromEither<SyncError, string>(codec.encode(request))),
    flush: () => lift('flush', sender.flush),
    close: () => lift('close', sender.close),
    [Symbol.asyncDispose]: () => sender.close()
  }
}
