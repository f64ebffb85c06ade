/** Events to a hub, in batches per partition, each answered for by itself. The ground under the publisher and the dead letters. */
import type { EventData, EventHubBufferedProducerClientOptions, RetryOptions } from '@azure/event-hubs'
import { EventHubBufferedProducerClient } from '@azure/event-hubs'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import type { Address, EventHubsConnection } from './connect.ts'
import { addressOf } from './connect.ts'
import { retryOptions } from './clientSettings.ts'
import { toSenderError } from './eventHubsError.ts'
import { closeClient } from './closeClient.ts'
import { openConnectionsOnce } from './openOnce.ts'

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
  /** How often the client tries, and how long each time. Default: eight times again, in about a minute. */
  readonly retryOptions?: RetryOptions
}

const patiently: RetryOptions = { ...retryOptions, maxRetries: 8, timeoutInMs: 5_000 }

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
export const createEventSender = (options: EventSenderOptions): EventSender => {
  const { bufferEvents, lingerMs, retryOptions: retries = patiently, ...connection } = options
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
  const refuse = (events: ReadonlyArray<unknown>, cause: unknown) => {
    const exception = new SyncException(toSenderError(hub, cause))
    answer(events, ({ reject }) => reject(exception))
  }

  const start = (): EventHubBufferedProducerClient => {
    const started = open(address, {
      retryOptions: retries,
      maxEventBufferLengthPerPartition: bufferEvents,
      maxWaitTimeInMs: lingerMs,
      // A retry after a lost answer is recognised by the hub. It is only as good as the connection to the producer's own state there: it makes duplicates rare, not impossible.
      enableIdempotentRetries: true,
      onSendEventsSuccessHandler: ({ events }) => answer(events, ({ resolve }) => resolve()),
      onSendEventsErrorHandler: ({ events, error }) => {
        if (events.length > 0) refuse(events, error)
        else giveUp(started, error)
      }
    })
    openConnectionsOnce(started)
    return started
  }
  /**
   * After all its retries no link could be opened: the hub is away, or we may not send. The client names no event, and tries for ever with all that waits. Whoever waits is told, and the next one to send starts anew.
   */
  const giveUp = (given: EventHubBufferedProducerClient, cause: unknown): void => {
    if (given !== client) return
    client = undefined
    refuse([...waiting.keys()], cause)
    void closeClient(given).catch(() => undefined)
  }
  let client: EventHubBufferedProducerClient | undefined = start()
  const unanswered = new Set<Promise<void>>()
  let closing: Promise<void> | undefined

  const flush = (): Promise<void> => Promise.all(unanswered).then(() => undefined)
  const goodbye = async (): Promise<void> => {
    await flush()
    if (client !== undefined) await closeClient(client)
  }

  return {
    hub,
    send: ({ body, partitionKey, properties }) => {
      if (closing !== undefined) return Promise.reject(new SyncException(SyncError.Closed({ what: 'publisher' })))
      const event: EventData = { body, ...(properties === undefined ? {} : { properties: { ...properties } }) }
      const sent = new Promise<void>((resolve, reject) => waiting.set(event, { resolve, reject }))
      const answered = sent.catch(() => undefined).finally(() => unanswered.delete(answered))
      unanswered.add(answered)
      client ??= start()
      client.enqueueEvent(event, { partitionKey }).catch((cause: unknown) => refuse([event], cause))
      return sent
    },
    flush,
    close: () => (closing ??= goodbye())
  }
}
