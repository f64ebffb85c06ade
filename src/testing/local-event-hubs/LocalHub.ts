/** One hub as the process that started it sees it: to put events in, look at what came, and watch who reads. */
import type { Clock } from '../../internal/Clock.ts'
import type { Hub } from './Hub.ts'
import type { LocalEvent, LocalStoredEvent } from './LocalEvent.ts'
import { toLocalStoredEvent, toSentEvents } from './LocalEvent.ts'
import type { PartitionProperties } from './PartitionLog.ts'

/** A receiver link that is attached now. */
export interface AttachedReader {
  readonly consumerGroup: string
  readonly partitionId: string
  /** The receiver's identifier, `nil` where it gave none. */
  readonly name: string
  readonly epoch?: number
}

/** Administration of one hub. Every method throws an `Error` once the hub has been deleted, and for a partition it has not. */
export interface LocalHub {
  readonly name: string
  readonly partitionIds: ReadonlyArray<string>
  readonly consumerGroups: () => ReadonlyArray<string>
  /** Adds a consumer group; one that is there stays. */
  readonly createConsumerGroup: (name: string) => void
  /** Removes one, and detaches its readers; answers whether it was there. */
  readonly deleteConsumerGroup: (name: string) => boolean
  /** Stores events as if a client had sent them: to `partitionId`, by `partitionKey`, or each to the next partition in turn. */
  readonly append: (
    events: ReadonlyArray<LocalEvent>,
    options?: { readonly partitionId?: string; readonly partitionKey?: string }
  ) => ReadonlyArray<{ readonly partitionId: string; readonly sequenceNumber: number }>
  /** Events kept: of one partition or, partition after partition, of all. `from` is the first sequence number wanted. */
  readonly events: (options?: EventQuery) => ReadonlyArray<LocalStoredEvent>
  readonly partition: (partitionId: string) => PartitionProperties
  /** Drops a partition's events before a sequence number, as retention does in time. */
  readonly truncate: (partitionId: string, beforeSequenceNumber: number) => void
  readonly readers: () => ReadonlyArray<AttachedReader>
  /** Resolves once so many events have ever been stored; rejects after `timeoutMs` (default 10,000), on abort and on stop. */
  readonly waitForEvents: (count: number, options?: WaitOptions) => Promise<void>
}

export interface EventQuery {
  readonly partitionId?: string
  readonly from?: number
  /** At most so many. Default all. */
  readonly limit?: number
}

export interface WaitOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const DEFAULT_WAIT_MS = 10_000

/** `stopped` ends whoever waits. */
export const createLocalHub = (hub: Hub, clock: Clock, stopped: AbortSignal): LocalHub => {
  const stored = () => hub.partitions.reduce((sum, log) => sum + log.properties().lastEnqueuedSequenceNumber + 1, 0)

  const eventsOf = (partitionId: string, from: number, limit: number): ReadonlyArray<LocalStoredEvent> => {
    const log = hub.partition(partitionId)
    const found: LocalStoredEvent[] = []
    for (
      let event = log.at(from);
      event !== undefined && found.length < limit;
      event = log.at(event.sequenceNumber + 1)
    ) {
      found.push(toLocalStoredEvent(partitionId, event))
    }
    return found
  }

  return {
    name: hub.name,
    partitionIds: hub.partitions.map(({ id }) => id),
    consumerGroups: hub.consumerGroups,
    createConsumerGroup: hub.createConsumerGroup,
    deleteConsumerGroup: hub.deleteConsumerGroup,
    append: (events, { partitionId, partitionKey } = {}) => {
      const partition = partitionId === undefined ? undefined : hub.partition(partitionId)
      const sent = events.flatMap(event => toSentEvents(event, partitionKey))
      const appended =
        partition !== undefined || partitionKey !== undefined
          ? hub.append(sent, partition)
          : sent.flatMap(event => hub.append([event]))
      return appended.map(({ partition: { id }, sequenceNumber }) => ({ partitionId: id, sequenceNumber }))
    },
    events: ({ partitionId, from = 0, limit = Infinity } = {}) => {
      const ids = partitionId === undefined ? hub.partitions.map(({ id }) => id) : [partitionId]
      return ids.flatMap(id => eventsOf(id, from, limit)).slice(0, limit)
    },
    partition: partitionId => hub.partition(partitionId).properties(),
    truncate: (partitionId, before) => hub.partition(partitionId).truncate(before),
    readers: () =>
      hub.consumerGroups().flatMap(consumerGroup =>
        hub.partitions.flatMap(({ id: partitionId }) =>
          hub
            .readers(consumerGroup, partitionId)
            .readers()
            .map(({ name, epoch }) => ({ consumerGroup, partitionId, name, ...(epoch === undefined ? {} : { epoch }) }))
        )
      ),
    waitForEvents: (count, { signal = stopped, ...options } = {}) =>
      waitForEvents(hub, clock, () => stored() >= count, count, {
        ...options,
        signal: AbortSignal.any([signal, stopped])
      })
  }
}

const waitForEvents = (
  hub: Hub,
  clock: Clock,
  isDone: () => boolean,
  count: number,
  { timeoutMs = DEFAULT_WAIT_MS, signal }: WaitOptions = {}
): Promise<void> =>
  new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      cancel()
      stops.forEach(stop => stop())
      signal?.removeEventListener('abort', onAbort)
      act()
    }
    const onAbort = () => finish(() => reject(signal?.reason as Error))
    const onAppend = () => isDone() && finish(resolve)
    const cancel = clock.schedule(timeoutMs, () =>
      finish(() => reject(new Error(`hub '${hub.name}' did not get ${count} events within ${timeoutMs} ms`)))
    )
    const stops = hub.partitions.map(log => log.onAppend(onAppend))
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
    else onAppend()
  })
