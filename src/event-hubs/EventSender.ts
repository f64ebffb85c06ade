/** Events to a hub, in batches per partition, each answered for by itself. The ground under the publisher and the dead letters. */
import type { EventData, EventHubBufferedProducerClientOptions } from '@azure/event-hubs'
import { EventHubBufferedProducerClient } from '@azure/event-hubs'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import type { Address, EventHubsConnection } from './connect.ts'
import { addressOf } from './connect.ts'
import { retryOptions } from './clientSettings.ts'
import { toSenderError } from './eventHubsError.ts'
import { closeClient } from './closeClient.ts'

/** One event to send. */
export interface OutgoingEvent {
  readonly body: Uint8Array
  /** Events of one key go to one partition, in the order in which they were sent. */
  readonly partitionKey: string
  readonly properties?: Readonly<Record<string, string | number>>
}

export interface EventSender {
  readonly hub: string
  /** Resolves once the hub has it; waits while the buffer is full. Rejects with SyncException. */
  readonly send: (event: OutgoingEvent) => Promise<void>
  /** Waits until what is buffered has been sent, or has failed. */
  readonly flush: () => Promise<void>
  /** Flushes, and lets go of the connection. Closing again does nothing. */
  readonly close: () => Promise<void>
}

export interface EventSenderOptions extends EventHubsConnection {
  /** Most events that wait per partition. */
  readonly bufferEvents: number
  /** Longest time that an event waits for others to share its batch, in milliseconds. */
  readonly lingerMs: number
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: SyncException) => void
}

const open = (address: Address, options: EventHubBufferedProducerClientOptions): EventHubBufferedProducerClient =>
  'connectionString' in address
    ? new EventHubBufferedProducerClient(address.connectionString, address.eventHubName, options)
    : new EventHubBufferedProducerClient(
        address.fullyQualifiedNamespace,
        address.eventHubName,
        address.credential,
        options
      )

/** Opens a sender; nothing goes over the wire yet. Throws InvalidInput. */
export const createEventSender = ({ bufferEvents, lingerMs, ...connection }: EventSenderOptions): EventSender => {
  const address = addressOf(connection)
  const hub = address.eventHubName
  /** The client reports by the very objects that it was given. */
  const waiting = new Map<unknown, Waiting>()
  const answer = (events: ReadonlyArray<unknown>, tell: (one: Waiting) => void) => {
    for (const event of events) {
      const one = waiting.get(event)
      waiting.delete(event)
      if (one !== undefined) tell(one)
    }
  }
  const client = open(address, {
    retryOptions: { ...retryOptions, maxRetries: 8, timeoutInMs: 5_000 },
    maxEventBufferLengthPerPartition: bufferEvents,
    maxWaitTimeInMs: lingerMs,
    // A retry after a lost answer is recognised by the hub. It is only as good as the connection to the producer's own state there: it makes duplicates rare, not impossible.
    enableIdempotentRetries: true,
    onSendEventsSuccessHandler: ({ events }) => answer(events, ({ resolve }) => resolve()),
    onSendEventsErrorHandler: ({ events, error }) => {
      const exception = new SyncException(toSenderError(hub, error))
      answer(events, ({ reject }) => reject(exception))
    }
  })
  /** Events that wait for room in the buffer: the client's own flush knows nothing of them. */
  const doorway = new Set<Promise<void>>()
  let closing: Promise<void> | undefined

  const flush = async (): Promise<void> => {
    await Promise.all(doorway)
    await client.flush()
  }
  const goodbye = async (): Promise<void> => {
    await flush()
    await closeClient(client)
    answer([...waiting.keys()], ({ reject }) => reject(new SyncException(SyncError.Closed({ what: 'publisher' }))))
  }

  return {
    hub,
    send: ({ body, partitionKey, properties }) => {
      if (closing !== undefined) return Promise.reject(new SyncException(SyncError.Closed({ what: 'publisher' })))
      const event: EventData = { body, ...(properties === undefined ? {} : { properties: { ...properties } }) }
      const sent = new Promise<void>((resolve, reject) => waiting.set(event, { resolve, reject }))
      const entering = client.enqueueEvent(event, { partitionKey }).then(
        () => undefined,
        (cause: unknown) => answer([event], ({ reject }) => reject(new SyncException(toSenderError(hub, cause))))
      )
      doorway.add(entering)
      void entering.then(() => doorway.delete(entering))
      return sent
    },
    flush,
    close: () => (closing ??= goodbye())
  }
}
