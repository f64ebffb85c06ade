/** One event hub: its partitions, its consumer groups, and who may read and write there now. */
import type { Clock } from '../../internal/Clock.ts'
import type { SentEvent } from './amqp/SentEvent.ts'
import type { IdempotentProducers } from './IdempotentProducers.ts'
import { createIdempotentProducers } from './IdempotentProducers.ts'
import { partitionForKey } from './partitionForKey.ts'
import type { PartitionLog, Retention } from './PartitionLog.ts'
import { createPartitionLog } from './PartitionLog.ts'
import type { ReaderRoster } from './ReaderRoster.ts'
import { createReaderRoster } from './ReaderRoster.ts'
import { entityNotFound, invalidPartition } from './ServiceError.ts'

/** A hub as the broker sees it. */
export interface Hub {
  readonly name: string
  readonly createdAtMs: number
  readonly partitions: ReadonlyArray<PartitionLog>
  /** Throws where there is no such partition. */
  readonly partition: (id: string) => PartitionLog
  /** Idempotent producers of a partition. */
  readonly producers: (partition: PartitionLog) => IdempotentProducers
  readonly consumerGroups: () => ReadonlyArray<string>
  readonly createConsumerGroup: (name: string) => void
  /** Detaches its readers. Answers whether there was such a group. */
  readonly deleteConsumerGroup: (name: string) => boolean
  /** Who reads a partition in a consumer group. Throws where either is missing. */
  readonly readers: (consumerGroup: string, partitionId: string) => ReaderRoster
  /** The partition for events sent to the hub as a whole: by key, else in turn. */
  readonly route: (partitionKey: string | undefined) => PartitionLog
  /** Stores events sent together: each with a key of its own goes to that key's partition, unless one is named. */
  readonly append: (events: ReadonlyArray<SentEvent>, partition?: PartitionLog) => ReadonlyArray<Appended>
  /** Forgets all events. */
  readonly reset: () => void
}

/** Where one event went. */
export interface Appended {
  readonly partition: PartitionLog
  readonly sequenceNumber: number
}

/** The consumer group every hub has. */
export const defaultConsumerGroup = '$Default'

export interface HubSettings extends Retention {
  readonly partitions: number
  readonly consumerGroups: ReadonlyArray<string>
  /** Readers without an epoch a partition takes per consumer group. */
  readonly readersPerPartition: number
}

export const createHub = (name: string, settings: HubSettings, clock: Clock): Hub => {
  const partitions = Array.from({ length: settings.partitions }, (_, i) =>
    createPartitionLog(String(i), settings, clock)
  )
  const producers = new Map(partitions.map(partition => [partition, createIdempotentProducers()]))
  const groups = new Map<string, Group>()
  let turn = 0

  const createConsumerGroup = (group: string) => {
    if (groups.has(group.toLowerCase())) return
    const rosters = partitions.map(() => createReaderRoster(settings.readersPerPartition))
    groups.set(group.toLowerCase(), { name: group, rosters })
  }
  createConsumerGroup(defaultConsumerGroup)
  settings.consumerGroups.forEach(createConsumerGroup)

  const partition = (id: string) => {
    const found = partitions[Number(id)]
    if (found?.id !== id) throw invalidPartition(partitions.length)
    return found
  }

  const route = (partitionKey: string | undefined) => {
    if (partitionKey === undefined) turn = (turn + 1) % partitions.length
    return partition(String(partitionKey === undefined ? turn : partitionForKey(partitionKey, partitions.length)))
  }

  return {
    name,
    createdAtMs: clock.now(),
    partitions,
    partition,
    producers: log => producers.get(log) ?? createIdempotentProducers(),
    consumerGroups: () => Array.from(groups.values(), group => group.name),
    createConsumerGroup,
    deleteConsumerGroup: group => {
      const found = groups.get(group.toLowerCase())
      if (found === undefined) return false
      groups.delete(group.toLowerCase())
      found.rosters.forEach(roster => roster.evictAll(entityNotFound(`${name}|${found.name}`)))
      return true
    },
    readers: (group, partitionId) => {
      const found = groups.get(group.toLowerCase())
      if (found === undefined) throw entityNotFound(`${name}|${group}`)
      const roster = found.rosters[partitions.indexOf(partition(partitionId))]
      if (roster === undefined) throw invalidPartition(partitions.length)
      return roster
    },
    route,
    append: (events, named) => {
      const key = events[0]?.partitionKey
      const target = named ?? (events.every(event => event.partitionKey === key) ? route(key) : undefined)
      if (target !== undefined) {
        const first = target.append(events)
        return events.map((_, i) => ({ partition: target, sequenceNumber: first + i }))
      }
      return events.map(event => {
        const own = route(event.partitionKey)
        return { partition: own, sequenceNumber: own.append([event]) }
      })
    },
    reset: () => {
      partitions.forEach(log => log.reset())
      producers.forEach(known => known.reset())
    }
  }
}

interface Group {
  readonly name: string
  /** One per partition, in their order. */
  readonly rosters: ReadonlyArray<ReaderRoster>
}
