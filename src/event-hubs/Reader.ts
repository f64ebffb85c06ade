/** What the client calls: events, errors, and partitions that come and go. */
import type { PartitionContext, ReceivedEventData, SubscriptionEventHandlers } from '@azure/event-hubs'
import * as E from 'fp-ts/lib/Either.js'
import type { BoundedQueue } from '../BoundedQueue.ts'
import type { ReceivedEvent } from '../EventSource.ts'
import { backoffMs } from '../internal/backoff.ts'
import { sleep } from '../internal/Clock.ts'
import type { Position } from '../Position.ts'
import { isBeyondTheEnd, toSourceError } from './eventHubsError.ts'
import type { EventHubsSourceOptions } from './EventHubsSource.ts'
import type { Fence } from './Fence.ts'
import type { Gate } from './Gate.ts'
import type { Partition } from './Partition.ts'
import { createPartition, missingBefore } from './Partition.ts'
import type { Watchdog } from './Watchdog.ts'

export interface Reader {
  readonly handlers: SubscriptionEventHandlers
  /** See `TameOptions`. */
  readonly beforeLink: (partitionId: string) => Promise<void>
}

export interface ReaderOptions {
  readonly hub: string
  readonly consumerGroup: string
  /** The partitions that are read now, by id. */
  readonly partitions: Map<string, Partition>
  /** Ends the reading of a partition; false where it was not read. */
  readonly end: (partitionId: string) => boolean
  readonly fence: Fence
  readonly gate: Gate
  readonly handover: BoundedQueue<ReadonlyArray<ReceivedEvent>>
  readonly watchdog: Pick<Watchdog, 'heard'>
  /** Writes the outstanding checkpoint of a partition. */
  readonly flush: (partition: Partition) => Promise<void>
  readonly settings: Required<Pick<EventHubsSourceOptions, 'clock' | 'loadBalancingIntervalMs' | 'onEvent'>>
}

/**
 * What ends the client's reading of a partition. It is a plain error on purpose: after one with `retryable` the client would go on behind the events it was thrown for.
 */
const notOurs = new Error('the partition is read by another host')

export const createReader = (options: ReaderOptions): Reader => {
  const { hub, consumerGroup, partitions, end, fence, gate, handover, watchdog, flush, settings } = options
  const { clock, onEvent } = settings
  /** The load balancing confirms ownership at every turn; where it did not for two, we ask ourselves. */
  const freshMs = 2 * settings.loadBalancingIntervalMs

  /** While the store can't be asked, what it said last holds until it expires; then reading waits for it. */
  const stillOurs = async ({ partitionId, ended: { signal } }: Partition, fresh: number): Promise<boolean> => {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        return await fence.confirm(partitionId, fresh)
      } catch (cause) {
        if (fence.isOurs(partitionId)) return true
        onEvent({ type: 'client error', partitionId, error: toSourceError(hub, cause) })
        await sleep(clock, backoffMs(clock, attempt, 500, 10_000), signal)
      }
    }
    return false
  }

  const deliver = async (partition: Partition, events: ReadonlyArray<ReceivedEventData>): Promise<void> => {
    const { partitionId, tracker, ended } = partition
    const count = missingBefore(partition, events, fence.checkpointOf(partitionId))
    if (count > 0) onEvent({ type: 'events missing', partitionId, count })
    const received = toReceivedEvents(events, hub, consumerGroup, partitionId)
    tracker.delivered(received.map(({ position }) => position))
    partition.deliveredSequenceNumber = events.at(-1)?.sequenceNumber
    const signal = ended.signal
    const taken = (await gate.passed(signal)) && E.isRight(await handover.offer([received], { signal })())
    // Where the source is being closed the chunk was not taken, is not acknowledged, and comes again.
    if (!taken && signal.aborted) throw notOurs
  }

  const processEvents = async (
    events: ReadonlyArray<ReceivedEventData>,
    { partitionId }: PartitionContext
  ): Promise<void> => {
    const partition = partitions.get(partitionId)
    if (partition === undefined) throw notOurs
    watchdog.heard(partition)
    partition.busy = true
    try {
      if (!(await stillOurs(partition, freshMs))) throw notOurs
      if (events.length > 0) await deliver(partition, events)
    } finally {
      partition.busy = false
      watchdog.heard(partition)
    }
  }

  return {
    handlers: {
      processInitialize: ({ partitionId }) => {
        partitions.set(partitionId, createPartition(partitionId, clock.now()))
        onEvent({ type: 'partition opened', partitionId })
        return Promise.resolve()
      },
      processEvents,
      processError: (cause, { partitionId }) => {
        if (cause === notOurs) return Promise.resolve()
        if (partitionId !== '' && isBeyondTheEnd(cause)) {
          fence.forgetCheckpoint(partitionId)
          onEvent({ type: 'hub made anew', partitionId })
          return Promise.resolve()
        }
        const error = toSourceError(hub, cause)
        onEvent({ type: 'client error', error, ...(partitionId === '' ? {} : { partitionId }) })
        return Promise.resolve()
      },
      processClose: async (_reason, { partitionId }) => {
        const partition = partitions.get(partitionId)
        if (partition !== undefined) await flush(partition).catch(() => undefined) // the events since the last checkpoint come again
        end(partitionId)
        onEvent({ type: 'partition closed', partitionId })
        await fence.release(partitionId).catch(() => undefined) // it expires by itself
      }
    },
    beforeLink: async partitionId => {
      const partition = partitions.get(partitionId)
      if (partition === undefined) throw notOurs
      const fresh = partition.linked ? 0 : freshMs
      partition.linked = true
      if (!(await stillOurs(partition, fresh))) throw notOurs
    }
  }
}

const toReceivedEvents = (
  events: ReadonlyArray<ReceivedEventData>,
  hub: string,
  consumerGroup: string,
  partitionId: string
): ReadonlyArray<ReceivedEvent> =>
  events.map(({ sequenceNumber, offset, body, enqueuedTimeUtc, properties }) => {
    const position: Position = { hub, consumerGroup, partitionId, sequenceNumber, offset }
    const event = { position, body: body as unknown, enqueuedAtMs: enqueuedTimeUtc.getTime() }
    return properties === undefined ? event : { ...event, properties }
  })
