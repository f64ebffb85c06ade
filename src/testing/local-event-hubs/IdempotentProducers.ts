/**
 * Producers that number their events, one book per partition, so that a batch sent again is recognised.
 *
 * - The service hands out a producer id and epoch where the link names none.
 * - A batch must begin right behind the last number; one that lies wholly before it is a duplicate, accepted and not stored;
 *   any other is out of order.
 * - A second link with the same id and the same or a higher epoch takes over; the first is disconnected.
 *
 * Source: "Event Hubs: Idempotent Event Publishing" (design note of the Azure SDK team); what the service does where
 * the note is silent (a batch that lies half before the last number) follows Kafka's rule, which it was built on.
 */
import type { ProducerStamp } from './amqp/SentEvent.ts'
import { ServiceError } from './ServiceError.ts'

/** What a link's properties ask for or are answered. */
export interface Publishing {
  readonly producerId: number
  readonly epoch: number
  readonly sequenceNumber: number
}

export interface IdempotentProducers {
  /** Opens a link; `disconnect` ends it when another takes over. Throws where the epoch is lower than the present one. */
  readonly open: (wanted: Partial<Publishing>, disconnect: (error: ServiceError) => void) => PublishingLink
  /** Forgets all producers. */
  readonly reset: () => void
}

export interface PublishingLink {
  readonly publishing: Publishing
  /** Whether a batch is new (`store`) or known already (`duplicate`). Throws where it is out of order or another producer's. */
  readonly check: (first: ProducerStamp | undefined, count: number) => 'store' | 'duplicate'
  readonly close: () => void
}

interface Producer {
  epoch: number
  lastSequenceNumber: number
  owner: symbol
  disconnect: (error: ServiceError) => void
}

export const createIdempotentProducers = (): IdempotentProducers => {
  const producers = new Map<number, Producer>()
  let lastId = 0

  const newId = () => {
    do lastId += 1
    while (producers.has(lastId))
    return lastId
  }

  const takeOver = (
    producerId: number,
    wanted: Partial<Publishing>,
    owner: symbol,
    disconnect: Producer['disconnect']
  ) => {
    const known = producers.get(producerId)
    const epoch = wanted.epoch ?? (known === undefined ? 0 : known.epoch + 1)
    if (known !== undefined && epoch < known.epoch) throw epochStolen(producerId, epoch, known.epoch)
    known?.disconnect(epochStolen(producerId, known.epoch, epoch))
    // The same epoch is the same owner coming back: what the book says holds, so that what it sends again is recognised.
    const sameOwner = known?.epoch === epoch
    const lastSequenceNumber = (sameOwner ? known.lastSequenceNumber : undefined) ?? wanted.sequenceNumber ?? 0
    const producer: Producer = { epoch, lastSequenceNumber, owner, disconnect }
    producers.set(producerId, producer)
    return producer
  }

  return {
    open: (wanted, disconnect) => {
      const owner = Symbol('link')
      const producerId = wanted.producerId ?? newId()
      const producer = takeOver(producerId, wanted, owner, disconnect)
      return {
        publishing: {
          producerId,
          epoch: producer.epoch,
          sequenceNumber: wanted.sequenceNumber ?? producer.lastSequenceNumber
        },
        check: (first, count) => {
          if (first === undefined)
            throw new ServiceError(
              'amqp:not-allowed',
              'The link is idempotent, and its events carry no producer sequence number.'
            )
          if (
            producers.get(producerId)?.owner !== owner ||
            first.producerId !== producerId ||
            first.epoch !== producer.epoch
          ) {
            throw epochStolen(first.producerId, first.epoch, producers.get(producerId)?.epoch ?? producer.epoch)
          }
          const last = first.sequenceNumber + count - 1
          if (last <= producer.lastSequenceNumber) return 'duplicate'
          if (first.sequenceNumber !== producer.lastSequenceNumber + 1)
            throw outOfOrder(first.sequenceNumber, producer.lastSequenceNumber)
          producer.lastSequenceNumber = last
          return 'store'
        },
        close: () => {
          if (producer.owner === owner) producer.disconnect = () => undefined
        }
      }
    },
    reset: () => producers.clear()
  }
}

const outOfOrder = (received: number, last: number): ServiceError =>
  new ServiceError(
    'com.microsoft:out-of-order-sequence',
    `The producer sequence number '${received}' is out of order. The last one published is '${last}'.`
  )

const epochStolen = (producerId: number, epoch: number, present: number): ServiceError =>
  new ServiceError(
    'com.microsoft:producer-epoch-stolen',
    `The producer '${producerId}' with epoch '${epoch}' was disconnected: a producer with epoch '${present}' took its place.`
  )
