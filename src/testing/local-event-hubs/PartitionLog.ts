/** One partition: an append-only log that forgets its oldest events. Knows nothing of links. */
import type { Clock } from '../../internal/Clock.ts'
import type { EventStamp } from './amqp/EventEncoding.ts'
import { encodeEvents } from './amqp/EventEncoding.ts'
import type { SentEvent } from './amqp/SentEvent.ts'
import type { EventPosition } from './EventPosition.ts'
import { invalidPosition } from './ServiceError.ts'

/** An event as stored: a stretch of the buffer it shares with those sent along with it. A view of its own would double its size. */
export interface StoredEvent extends EventStamp {
  readonly partitionKey: string | undefined
  readonly chunk: Buffer
  readonly start: number
  readonly end: number
}

/** The event as a message, ready to be sent. */
export const encodedOf = ({ chunk, start, end }: StoredEvent): Buffer => chunk.subarray(start, end)

/** What the service tells about a partition. */
export interface PartitionProperties {
  readonly partitionId: string
  /** Sequence number of the oldest event kept; of the newest one ever stored where none is kept; 0 where there never was one. */
  readonly beginningSequenceNumber: number
  /** -1 where there never was an event. */
  readonly lastEnqueuedSequenceNumber: number
  /** `"-1"` where there never was an event. */
  readonly lastEnqueuedOffset: string
  readonly lastEnqueuedAtMs: number
  readonly isEmpty: boolean
}

/** How long events are kept. */
export interface Retention {
  readonly retentionMs: number
  readonly retentionEvents: number
}

/** The log of one partition. */
export interface PartitionLog {
  readonly id: string
  /** Stores events, stamps them, wakes the readers; answers the sequence number of the first. */
  readonly append: (events: ReadonlyArray<SentEvent>) => number
  /** The event with this sequence number or, where it is gone, the oldest one behind it; undefined behind the last. */
  readonly at: (sequenceNumber: number) => StoredEvent | undefined
  /** Sequence number of the first event a reader gets that starts there. Throws where the position lies beyond the last event. */
  readonly seek: (position: EventPosition) => number
  readonly properties: () => PartitionProperties
  /** The newest event's stamp; undefined where there never was one. */
  readonly last: () => EventStamp | undefined
  /** Drops every event with a smaller sequence number, as retention does. */
  readonly truncate: (beforeSequenceNumber: number) => void
  /** Forgets everything, sequence numbers too. */
  readonly reset: () => void
  /** Calls `listener` after each append; the answer ends that. */
  readonly onAppend: (listener: () => void) => () => void
}

export const createPartitionLog = (
  id: string,
  { retentionMs, retentionEvents }: Retention,
  clock: Clock
): PartitionLog => {
  /** `events` from `head` on are kept: dropping one moves the head, and the array is cut once half of it is dead. */
  let events: Array<StoredEvent | undefined> = []
  let head = 0
  let last: EventStamp | undefined
  let nextOffset = 0
  const createdAtMs = clock.now()
  const listeners = new Set<() => void>()

  const count = () => events.length - head
  const oldest = () => events[head]
  const nextSequenceNumber = () => (last?.sequenceNumber ?? -1) + 1

  const drop = (howMany: number) => {
    events.fill(undefined, head, head + howMany)
    head += howMany
    if (head < 1024 || head * 2 < events.length) return
    events = events.slice(head)
    head = 0
  }

  const expire = () => {
    const tooMany = count() - retentionEvents
    if (tooMany > 0) drop(tooMany)
    const deadlineMs = clock.now() - retentionMs
    if ((oldest()?.enqueuedAtMs ?? Infinity) < deadlineMs) drop(firstIndex(event => event.enqueuedAtMs >= deadlineMs))
  }

  /** How many kept events come before the first one that `matches`: stamps only ever grow. */
  const firstIndex = (matches: (event: StoredEvent) => boolean): number => {
    let [low, high] = [0, count()]
    while (low < high) {
      const middle = (low + high) >>> 1
      const event = events[head + middle]
      if (event !== undefined && matches(event)) high = middle
      else low = middle + 1
    }
    return low
  }

  const firstSequenceNumber = (matches: (event: StoredEvent) => boolean): number =>
    (oldest()?.sequenceNumber ?? nextSequenceNumber()) + firstIndex(matches)

  const seek = (position: EventPosition): number => {
    expire()
    switch (position.kind) {
      case 'earliest':
        return oldest()?.sequenceNumber ?? nextSequenceNumber()
      case 'latest':
        return nextSequenceNumber()
      case 'enqueuedTime':
        return firstSequenceNumber(event => isBehind(event.enqueuedAtMs, position))
      case 'sequenceNumber':
        if (position.value > (last?.sequenceNumber ?? -1)) {
          throw invalidPosition('sequence number', String(position.value), String(last?.sequenceNumber ?? -1))
        }
        return firstSequenceNumber(event => isBehind(event.sequenceNumber, position))
      case 'offset':
        if (position.value > (last?.offset ?? -1)) {
          throw invalidPosition('offset', String(position.value), String(last?.offset ?? -1))
        }
        return firstSequenceNumber(event => isBehind(event.offset, position))
    }
  }

  return {
    id,
    append: sent => {
      // A clock may be set back; enqueued times must not go back, or positions by time would skip events.
      const enqueuedAtMs = Math.max(clock.now(), last?.enqueuedAtMs ?? 0)
      const first = nextSequenceNumber()
      const stamps = sent.map((event, i): EventStamp => {
        const offset = nextOffset
        nextOffset += Math.max(1, event.sizeBytes)
        return { sequenceNumber: first + i, offset, enqueuedAtMs }
      })
      const { chunk, ends } = encodeEvents(sent, stamps)
      stamps.forEach(({ sequenceNumber, offset }, i) => {
        const [partitionKey, start, end] = [sent[i]?.partitionKey, ends[i - 1] ?? 0, ends[i] ?? 0]
        events.push({ sequenceNumber, offset, enqueuedAtMs, partitionKey, chunk, start, end })
      })
      last = stamps.at(-1) ?? last
      expire()
      listeners.forEach(listener => listener())
      return first
    },
    at: sequenceNumber => {
      expire()
      return events[head + Math.max(0, sequenceNumber - (oldest()?.sequenceNumber ?? sequenceNumber))]
    },
    seek,
    properties: () => {
      expire()
      return {
        partitionId: id,
        beginningSequenceNumber: oldest()?.sequenceNumber ?? last?.sequenceNumber ?? 0,
        lastEnqueuedSequenceNumber: last?.sequenceNumber ?? -1,
        lastEnqueuedOffset: String(last?.offset ?? -1),
        lastEnqueuedAtMs: last?.enqueuedAtMs ?? createdAtMs,
        isEmpty: count() === 0
      }
    },
    last: () => last,
    truncate: before => drop(firstIndex(event => event.sequenceNumber >= before)),
    reset: () => {
      events = []
      head = 0
      last = undefined
      nextOffset = 0
    },
    onAppend: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}

const isBehind = (value: number, position: { readonly value: number; readonly inclusive: boolean }): boolean =>
  position.inclusive ? value >= position.value : value > position.value
