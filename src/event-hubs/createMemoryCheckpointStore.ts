/** Checkpoints in memory. */
import type { Checkpoint, CheckpointStore } from '@azure/event-hubs'
import type { Clock } from '../internal/Clock.ts'
import { systemClock } from '../internal/Clock.ts'
import { createOwnerships, ofHub, partitionOf } from './CheckpointStore.ts'

/**
 * Checkpoints in memory: gone with the process, so every start begins at the start position. For tests and for streams that are cheap to read again.
 *
 * @example
 * ```ts
 * import { createMemoryCheckpointStore } from 'on-demand-sync/event-hubs'
 *
 * const store = createMemoryCheckpointStore()
 * if ((await store.listCheckpoints('ns', 'hub', '$Default')).length !== 0) throw new Error('unexpected')
 * ```
 */
export const createMemoryCheckpointStore = ({
  clock = systemClock
}: { readonly clock?: Pick<Clock, 'now'> } = {}): CheckpointStore => {
  const checkpoints = new Map<string, Checkpoint>()
  return {
    ...createOwnerships(clock),
    updateCheckpoint: checkpoint => {
      checkpoints.set(partitionOf(checkpoint), checkpoint)
      return Promise.resolve()
    },
    listCheckpoints: (namespace, hub, group) => Promise.resolve(ofHub(checkpoints.values(), namespace, hub, group))
  }
}
