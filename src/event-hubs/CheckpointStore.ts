/** Where checkpoints and ownership of partitions are kept. */
import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs'
import { randomUUID } from 'node:crypto'
import type { Clock } from '../internal/Clock.ts'

/**
 * The store interface of `@azure/event-hubs`. `BlobCheckpointStore` of `@azure/eventhubs-checkpointstore-blob` has it, for many hosts; the two here are for one host. A store keeps what it is given: that a
 * checkpoint never goes backward and is never a former owner's is seen to by the source.
 */
export type { CheckpointStore } from '@azure/event-hubs'

/** A partition as a text that no two partitions share. */
export const partitionOf = (
  p: Pick<Checkpoint, 'fullyQualifiedNamespace' | 'eventHubName' | 'consumerGroup' | 'partitionId'>
): string => JSON.stringify([p.fullyQualifiedNamespace, p.eventHubName, p.consumerGroup, p.partitionId])

/** Those of one hub and consumer group. */
export const ofHub = <A extends Pick<Checkpoint, 'fullyQualifiedNamespace' | 'eventHubName' | 'consumerGroup'>>(
  all: Iterable<A>,
  namespace: string,
  hub: string,
  group: string
): Array<A> =>
  [...all].filter(c => c.fullyQualifiedNamespace === namespace && c.eventHubName === hub && c.consumerGroup === group)

/** Ownership in memory, with the rule of the store interface: a claim wins when its etag is the present one. */
export const createOwnerships = (
  clock: Pick<Clock, 'now'>
): Pick<CheckpointStore, 'listOwnership' | 'claimOwnership'> => {
  const ownerships = new Map<string, PartitionOwnership>()
  return {
    listOwnership: (namespace, hub, group) =>
      Promise.resolve(ofHub(ownerships.values(), namespace, hub, group).map(ownership => ({ ...ownership }))),
    claimOwnership: claims =>
      Promise.resolve(
        claims.flatMap(claim => {
          if (ownerships.get(partitionOf(claim))?.etag !== claim.etag) return []
          const claimed = { ...claim, etag: randomUUID(), lastModifiedTimeInMs: clock.now() }
          ownerships.set(partitionOf(claim), claimed)
          return [{ ...claimed }]
        })
      )
  }
}
