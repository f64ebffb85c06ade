/** Events to a hub, in batches per partition, each answered for by itself. The ground under the publisher and the dead letters. */
import type { EventData, EventHubBufferedProducerClientOptions, RetryOptions } from '@azure/event-hubs'
import { EventHubBufferedProducerClient, RetryMode } from '@azure/event-hubs'
import { isRetryable } from '../describeError.ts'
import type { Clock } from '../internal/Clock.ts'
import { systemClock } from '../internal/Clock.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import type { Address, EventHubsConnection } from './connect.ts'
import { addressOf } from './connect.ts'
import { toSenderError } from './eventHubsError.ts'
import { closeClient } from './closeClient.ts'
import { tameProducer } from './tameProducer.ts'

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
  /** How often the client tries, and how long. Default: {@link patiently}. */
  readonly retryOptions?: RetryOptions
  /** How long no link can be opened before all that waits is answered, in milliseconds. Default 60,000. */
  readonly patienceMs?: number
  readonly clock?: Clock
}

/**
 * The client counts the time limit of a link from its first try: a try that begins later has no time at all, and fails. So all tries are within it, and as a batch that fails opens its link anew as often, it takes about
 * a minute until it is given up.
 */
const patiently: RetryOptions = { mode: RetryMode.Fixed, maxRetries: 7, retryDelayInMs: 1_000, timeoutInMs: 8_000 }
const defaultPatienceMs = 60_000

interface Producer {
  readonly client: EventHubBufferedProducerClient
  readonly close: () => Promise<void>
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
export const createEventSender = (options: EventSenderOptions): EventSender => {
  const {
    bufferEvents,
    lingerMs,
    retryOptions = patiently,
    patienceMs = defaultPatienceMs,
    clock = systemClock
  } = options
  const address = addressOf(options)
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

  const start = (): Producer => {
    let failingSinceMs: number | undefined
    const client = open(address, {
      retryOptions,
      maxEventBufferLengthPerPartition: bufferEvents,
      maxWaitTimeInMs: lingerMs,
      // A retry after a lost answer is recognised by the hub. It is only as good as the connection to the producer's own state there: it makes duplicates rare, not impossible.
      enableIdempotentRetries: true,
      onSendEventsSuccessHandler: ({ events }) => {
        failingSinceMs = undefined
        answer(events, ({ resolve }) => resolve())
      },
      onSendEventsErrorHandler: ({ events, error }) => {
        failingSinceMs ??= clock.now()
        if (events.length > 0) refuse(events, error)
        else if (!isRetryable(toSenderError(hub, error)) || clock.now() - failingSinceMs >= patienceMs)
          giveUp(started, error)
      }
    })
    const endAsking = tameProducer(client, clock)
    const close = () => {
      endAsking()
      return closeClient(client, { clock })
    }
    const started = { client, close }
    return started
  }
  /**
   * No link could be opened: the hub is away, or we may not send. The client names no event, and tries for ever with all that waits. Whoever waits is told, and the next one to send starts anew.
   */
  const giveUp = (given: Producer, cause: unknown): void => {
    if (given !== producer) return
    producer = undefined
    refuse([...waiting.keys()], cause)
    void given.close().catch(() => undefined)
  }
  let producer: Producer | undefined = start()
  const unanswered = new Set<Promise<void>>()
  let closing: Promise<void> | undefined

  const flush = (): Promise<void> => Promise.all(unanswered).then(() => undefined)
  const goodbye = async (): Promise<void> => {
    await flush()
    await producer?.close()
  }

  return {
    hub,
    send: ({ body, partitionKey, properties }) => {
      if (closing !== undefined) return Promise.reject(new SyncException(SyncError.Closed({ what: 'publisher' })))
      const event: EventData = { body, ...(properties === undefined ? {} : { properties: { ...properties } }) }
      const sent = new Promise<void>((resolve, reject) => waiting.set(event, { resolve, reject }))
      const answered = sent.catch(() => undefined).finally(() => unanswered.delete(answered))
      unanswered.add(answered)
      producer ??= start()
      producer.client.enqueueEvent(event, { partitionKey }).catch((cause: unknown) => refuse([event], cause))
      return sent
    },
    flush,
    close: () => (closing ??= goodbye())
  }
}
