/** What becomes of one sent message: its events are stored, or it is refused. */
import type { Counters, Limits } from '../Broker.ts'
import type { Hub } from '../Hub.ts'
import type { PublishingLink } from '../IdempotentProducers.ts'
import type { PartitionLog } from '../PartitionLog.ts'
import { messageTooLarge, ServiceError } from '../ServiceError.ts'
import type { RawMessage } from './Rhea.ts'
import type { SentEvent } from './SentEvent.ts'
import { BATCH_FORMAT, readEvents } from './SentEvent.ts'
import { PLAIN_FORMAT } from './acceptSocket.ts'

export interface IngestOptions {
  readonly hub: Hub
  /** Where all events go; undefined to go by key or in turn. */
  readonly partition: PartitionLog | undefined
  /** The idempotent producer's book, if it is one. */
  readonly publishing: PublishingLink | undefined
  readonly limits: Limits
  readonly counters: Counters
}

/** Stores a message's events and answers how many; a duplicate's are none. Throws a {@link ServiceError} where the service refuses it. */
export const ingest = (
  { message = nothing, format, delivery }: RawMessage,
  { hub, partition, publishing, limits, counters }: IngestOptions
): number => {
  if (message.length > limits.maxMessageSizeBytes) {
    throw messageTooLarge(delivery.id, message.length, limits.maxMessageSizeBytes)
  }
  const events = decode(message, format)
  if (events.length === 0 || publishing?.check(events[0]?.producer, events.length) === 'duplicate') return 0
  hub.append(events, partition)
  counters.eventsIn += events.length
  counters.bytesIn += message.length
  return events.length
}

const nothing = Buffer.alloc(0)

const decode = (message: Buffer, format: number): ReadonlyArray<SentEvent> => {
  if (format !== PLAIN_FORMAT && format !== BATCH_FORMAT) {
    throw new ServiceError('amqp:not-implemented', `The message format 0x${format.toString(16)} is not supported.`)
  }
  try {
    return readEvents(message, format)
  } catch {
    // Whatever the bytes broke, the sender learns that they did.
    throw new ServiceError('amqp:decode-error', 'The message could not be decoded.')
  }
}
