/**
 * Keeps a host from working, checkpointing and reading on where a partition is another host's by now.
 *
 * Ownership stands in the checkpoint store; a claim there is a compare-and-set by etag. The fence stands between the client and the store and takes note of all that passes. Before a checkpoint, and before a link is
 * opened, it claims once more what it holds: only the owner can, and whoever wants to take the partition over must look again first. A checkpoint is therefore never written by a former owner, and never backward,
 * as far as the store's claims are atomic and its update takes less time than the new owner needs to open the partition and finish a batch of it.
 */
import type { CheckpointStore, PartitionOwnership } from '@azure/event-hubs'
import type { Clock } from '../internal/Clock.ts'
import type { Position } from '../Position.ts'

export interface Fence {
  /** The store, for the client to use. */
  readonly store: CheckpointStore
  /** What is known without asking. */
  readonly isOurs: (partitionId: string) => boolean
  /** Asks the store, unless it said so within the last `freshMs`. Rejects where the store can't be asked. */
  readonly confirm: (partitionId: string, freshMs?: number) => Promise<boolean>
  /** Writes a checkpoint, if the partition is ours; false where it is not. One that is not ahead of the last is left out. Rejects where the store does. */
  readonly checkpoint: (position: Position) => Promise<boolean>
  /** From here on the partition's stored checkpoint counts for nothing: its hub was made anew. */
  readonly forgetCheckpoint: (partitionId: string) => void
  /** The sequence number of the partition's checkpoint, as far as it was read or written here. */
  readonly checkpointOf: (partitionId: string) => number | undefined
  /** Gives a partition up, so that the next turn of the load balancing (ours or another host's) can take it. */
  readonly release: (partitionId: string) => Promise<void>
}

export interface FenceOptions {
  readonly store: CheckpointStore
  /** Who we are. */
  readonly owner: string
  /** After this the store no longer counts what we said as valid, in milliseconds. */
  readonly ownershipExpirationMs: number
  readonly clock: Pick<Clock, 'now'>
  /** A partition was found to be another's. */
  readonly onLost: (partitionId: string) => void
}

/** What we hold: the record as it stands in the store, and when the store last said so. */
interface Holding {
  readonly record: PartitionOwnership
  readonly confirmedAtMs: number
}

export const createFence = ({ store, owner, ownershipExpirationMs, clock, onLost }: FenceOptions): Fence => {
  const held = new Map<string, Holding>()
  const asking = new Map<string, Promise<boolean>>()
  const checkpoints = new Map<string, number>()
  const forgotten = new Set<string>()

  const lose = (partitionId: string) => {
    if (held.delete(partitionId)) onLost(partitionId)
  }

  /** What the store says of all partitions; `askedAtMs` because the answer is as old as the question. */
  const learn = (records: ReadonlyArray<PartitionOwnership>, askedAtMs: number) => {
    for (const record of records) {
      if (!held.has(record.partitionId)) continue
      if (record.ownerId === owner) held.set(record.partitionId, { record, confirmedAtMs: askedAtMs })
      else lose(record.partitionId)
    }
  }

  const claim = async (claims: ReadonlyArray<PartitionOwnership>): Promise<Array<PartitionOwnership>> => {
    const askedAtMs = clock.now()
    const claimed = await store.claimOwnership([...claims])
    for (const record of claimed) {
      if (record.ownerId !== owner) held.delete(record.partitionId)
      else {
        // What another host wrote in between is not known yet: the client reads it before it opens the partition.
        if (!held.has(record.partitionId)) checkpoints.delete(record.partitionId)
        held.set(record.partitionId, { record, confirmedAtMs: askedAtMs })
      }
    }
    return claimed
  }

  /** Claims again; where that fails, looks who has it: it may be us, by the client's own renewal. */
  const ask = async (partitionId: string): Promise<boolean> => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const holding = held.get(partitionId)
      if (holding === undefined) return false
      if ((await claim([holding.record])).length > 0) return true
      const { fullyQualifiedNamespace, eventHubName, consumerGroup } = holding.record
      const askedAtMs = clock.now()
      learn(await store.listOwnership(fullyQualifiedNamespace, eventHubName, consumerGroup), askedAtMs)
    }
    lose(partitionId)
    return false
  }

  const confirm: Fence['confirm'] = async (partitionId, freshMs = 0) => {
    const holding = held.get(partitionId)
    if (holding === undefined) return false
    if (freshMs > 0 && clock.now() - holding.confirmedAtMs < freshMs) return true
    const asked = asking.get(partitionId) ?? ask(partitionId).finally(() => asking.delete(partitionId))
    asking.set(partitionId, asked)
    return asked
  }

  return {
    store: {
      listOwnership: async (...args) => {
        const askedAtMs = clock.now()
        const records = await store.listOwnership(...args)
        learn(records, askedAtMs)
        return records
      },
      claimOwnership: claim,
      updateCheckpoint: (...args) => store.updateCheckpoint(...args),
      listCheckpoints: async (...args) => {
        const all = (await store.listCheckpoints(...args)).filter(({ partitionId }) => !forgotten.has(partitionId))
        for (const { partitionId, sequenceNumber } of all)
          checkpoints.set(partitionId, Math.max(sequenceNumber, checkpoints.get(partitionId) ?? -1))
        return all
      }
    },
    isOurs: partitionId => {
      const holding = held.get(partitionId)
      return holding !== undefined && clock.now() - holding.confirmedAtMs < ownershipExpirationMs
    },
    confirm,
    checkpoint: async ({ partitionId, sequenceNumber, offset }) => {
      if (!(await confirm(partitionId))) return false
      const holding = held.get(partitionId)
      if (holding === undefined) return false
      if (sequenceNumber <= (checkpoints.get(partitionId) ?? -1)) return true
      const { fullyQualifiedNamespace, eventHubName, consumerGroup } = holding.record
      await store.updateCheckpoint({
        fullyQualifiedNamespace,
        eventHubName,
        consumerGroup,
        partitionId,
        sequenceNumber,
        offset
      })
      checkpoints.set(partitionId, sequenceNumber)
      forgotten.delete(partitionId)
      return true
    },
    forgetCheckpoint: partitionId => {
      forgotten.add(partitionId)
      checkpoints.delete(partitionId)
    },
    checkpointOf: partitionId => checkpoints.get(partitionId),
    release: async partitionId => {
      const holding = held.get(partitionId)
      held.delete(partitionId)
      if (holding !== undefined) await store.claimOwnership([{ ...holding.record, ownerId: '' }])
    }
  }
}
