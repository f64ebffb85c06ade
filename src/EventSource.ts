/** Stage 1: where events come from. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { fromPromise, isSyncException, SyncException } from './Promises.ts'
import type { Position } from './Position.ts'
import { SyncError } from './SyncError.ts'

/** One event as it arrived. */
export interface ReceivedEvent {
  readonly position: Position
  /** The body, untouched: bytes, text or parsed JSON. */
  readonly body: unknown
  /** When the source stored it, in milliseconds since 1970. */
  readonly enqueuedAtMs: number
  /** The sender's application properties, such as a trace context. */
  readonly properties?: Readonly<Record<string, unknown>>
}

/** Options of {@link EventSource.events}. */
export interface EventsOptions {
  /** Ends the intake: the iterable ends normally, without an error, at its next turn. */
  readonly signal: AbortSignal
}

/** How one partition stands. Sequence numbers and times are absent while they are not known. */
export interface PartitionHealth {
  readonly partitionId: string
  /** The last event delivered, and the last one up to which all are done. */
  readonly deliveredSequenceNumber?: number
  readonly finishedSequenceNumber?: number
  readonly checkpointSequenceNumber?: number
  /** Events delivered and not done. */
  readonly pending: number
  /** Events that the partition holds and that are not done. */
  readonly lag?: number
  /** Since when finished events wait for a checkpoint, in milliseconds since 1970. Absent: none do. */
  readonly unwrittenSinceMs?: number
  /** The last sign of life of the connection, in milliseconds since 1970. */
  readonly heardAtMs: number
  /** No sign of life, though nobody keeps the source waiting. */
  readonly silent: boolean
}

/** How a source stands. */
export interface SourceHealth {
  readonly paused: boolean
  /** The partitions that are read by this process. */
  readonly partitions: ReadonlyArray<PartitionHealth>
}

/**
 * Port: delivers events in chunks and takes note of which are done.
 *
 * **For implementers**: order within a partition is kept; every event is delivered at least once; the next chunk is not fetched before the last one was
 * taken (pull, not push); a chunk is never empty. Reconnecting after a passing fault is your job; when nothing helps, the iterable throws a `SyncException`
 * with SourceFailed. A checkpoint you write moves forward only, and only along the contiguous prefix of acknowledged events of a partition.
 * Decoding, batching, deduplication and auditing are the pipeline's job, not yours.
 */
export interface EventSource {
  /** The events from now on. May be iterated once. Ending the iteration does not give partitions up: `close` does. */
  readonly events: (options: EventsOptions) => AsyncIterable<ReadonlyArray<ReceivedEvent>>
  /**
   * These events are done: their audit records are durable. Called in any order across partitions, and also out of order within one.
   * A left (CheckpointFailed) loses nothing; the next call makes good for it.
   */
  readonly acknowledge: (positions: ReadonlyArray<Position>) => TaskEither<SyncError, void>
  /** Writes outstanding checkpoints, then releases partitions and connections. Called once, last; calling it again does nothing. */
  readonly close: () => TaskEither<SyncError, void>
  /**
   * Whether a delivered event is still this process's to work on; asked with the very `position` object that was delivered, before each batch. What is not is left to its new owner, without a record: it must not be
   * answered with false unless the event will be delivered again. Without this, every event is.
   */
  readonly isOurs?: (position: Position) => boolean
  /** How the source stands, without waiting. Without this, a pipeline's health says nothing of partitions. */
  readonly health?: () => SourceHealth
}

/** The Promise-shaped {@link EventSource}, for {@link EventSource.fromAsync}. */
export interface AsyncEventSource extends Pick<EventSource, 'events' | 'isOurs' | 'health'> {
  readonly acknowledge?: (positions: ReadonlyArray<Position>) => Promise<void> | void
  readonly close?: () => Promise<void> | void
}

/**
 * Ways to make a source without writing a vendor adapter. What `events` throws becomes SourceFailed, what `acknowledge` rejects with CheckpointFailed, unless it is a `SyncException` already.
 *
 * @example
 * ```ts
 * import { EventSource } from 'on-demand-sync'
 *
 * const source = EventSource.fromAsync({
 *   events: async function* () {
 *     const position = { hub: 'files', consumerGroup: 'main', partitionId: '0', sequenceNumber: 0, offset: '0' }
 *     yield [{ position, body: '{}', enqueuedAtMs: 0 }]
 *   }
 * })
 * void source
 * ```
 */
export const EventSource: { readonly fromAsync: (source: AsyncEventSource) => EventSource } = {
  fromAsync: source => ({
    events: async function* (options) {
      try {
        yield* source.events(options)
      } catch (cause) {
        throw isSyncException(cause) ? cause : new SyncException(brokenOff(cause))
      }
    },
    acknowledge: positions =>
      fromPromise(
        'EventSource.acknowledge',
        () => source.acknowledge?.(positions),
        cause => SyncError.CheckpointFailed({ store: 'EventSource', detail: 'acknowledge rejected', cause })
      ),
    close: () => fromPromise('EventSource.close', () => source.close?.()),
    ...(source.isOurs === undefined ? {} : { isOurs: source.isOurs.bind(source) }),
    ...(source.health === undefined ? {} : { health: source.health.bind(source) })
  })
}

const brokenOff = (cause: unknown): SyncError =>
  SyncError.SourceFailed({ source: 'EventSource', detail: 'events threw', retryable: true, cause })

/** A {@link EventSource} over bodies held in memory, with what was acknowledged open to inspection. */
export interface MemoryEventSource extends EventSource {
  /** Positions acknowledged so far, in the order they came. */
  readonly acknowledged: () => ReadonlyArray<Position>
}

/** Options of {@link createMemoryEventSource}. */
export interface MemoryEventSourceOptions {
  /** Most events per chunk. Default 50, at least 1. */
  readonly chunkSize?: number
  /** How many partitions the bodies are dealt to, in turn. Default 1, at least 1. */
  readonly partitions?: number
}

/**
 * A source that delivers the given bodies once and ends. For tests, examples and one-off runs.
 *
 * @example
 * ```ts
 * import { createMemoryEventSource } from 'on-demand-sync'
 *
 * const source = createMemoryEventSource(['{}', '{}'])
 * const chunks = []
 * for await (const chunk of source.events({ signal: new AbortController().signal })) chunks.push(chunk)
 * if (chunks.flat().length !== 2) throw new Error('unexpected')
 * ```
 */
export const createMemoryEventSource = (
  bodies: ReadonlyArray<unknown>,
  { chunkSize = 50, partitions = 1 }: MemoryEventSourceOptions = {}
): MemoryEventSource => {
  const acknowledged: Array<Position> = []
  const events = bodies.map((body, index): ReceivedEvent => {
    const sequenceNumber = Math.floor(index / partitions)
    const position = {
      hub: 'memory',
      consumerGroup: '$Default',
      partitionId: String(index % partitions),
      sequenceNumber,
      offset: String(sequenceNumber)
    }
    return { position, body, enqueuedAtMs: 0 }
  })
  return {
    events: async function* ({ signal }) {
      for (let at = 0; at < events.length && !signal.aborted; at += chunkSize)
        yield await Promise.resolve(events.slice(at, at + chunkSize))
    },
    acknowledge: positions => TE.fromIO(() => void acknowledged.push(...positions)),
    close: () => TE.right(undefined),
    acknowledged: () => [...acknowledged]
  }
}
