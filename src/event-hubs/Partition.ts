/** One partition while this host reads it. */
import type { ReceivedEventData } from '@azure/event-hubs'
import type { PartitionHealth } from '../EventSource.ts'
import type { CheckpointTracker } from './CheckpointTracker.ts'
import { createCheckpointTracker } from './CheckpointTracker.ts'

export interface Partition {
  readonly partitionId: string
  readonly tracker: CheckpointTracker
  /** Fires when the partition is no longer ours, or the reading of it has ended. */
  readonly ended: AbortController
  /** True while its events wait to be taken: the client is not expected to be heard of. */
  busy: boolean
  heardAtMs: number
  silent: boolean
  deliveredSequenceNumber: number | undefined
  lastEnqueuedSequenceNumber: number | undefined
  /** When the hub was last asked how far the partition reaches. */
  askedAtMs: number | undefined
  /** Events done since the last checkpoint, and since when there are any. */
  unwrittenEvents: number
  unwrittenSinceMs: number | undefined
  /** Whether the first events have been looked at for a gap. */
  begun: boolean
  /** Whether a link was opened for it. */
  linked: boolean
}

export const createPartition = (partitionId: string, nowMs: number): Partition => ({
  partitionId,
  tracker: createCheckpointTracker(),
  ended: new AbortController(),
  busy: false,
  heardAtMs: nowMs,
  silent: false,
  deliveredSequenceNumber: undefined,
  lastEnqueuedSequenceNumber: undefined,
  askedAtMs: undefined,
  unwrittenEvents: 0,
  unwrittenSinceMs: undefined,
  begun: false,
  linked: false
})

/** How many events are missing between the checkpoint and the first events of a reading; 0 after that. */
export const missingBefore = (
  partition: Partition,
  [first]: ReadonlyArray<ReceivedEventData>,
  checkpoint: number | undefined
): number => {
  if (partition.begun || first === undefined) return 0
  partition.begun = true
  return checkpoint === undefined ? 0 : Math.max(0, first.sequenceNumber - checkpoint - 1)
}

export const healthOf = (partition: Partition, checkpointSequenceNumber: number | undefined): PartitionHealth => {
  const { partitionId, tracker, heardAtMs, silent, deliveredSequenceNumber, lastEnqueuedSequenceNumber } = partition
  const finishedSequenceNumber = tracker.finished()?.sequenceNumber ?? checkpointSequenceNumber
  const reached = Math.max(lastEnqueuedSequenceNumber ?? -1, deliveredSequenceNumber ?? -1)
  const lag =
    lastEnqueuedSequenceNumber === undefined ? undefined : Math.max(0, reached - (finishedSequenceNumber ?? -1))
  return {
    partitionId,
    pending: tracker.pending(),
    heardAtMs,
    silent,
    ...(deliveredSequenceNumber === undefined ? {} : { deliveredSequenceNumber }),
    ...(finishedSequenceNumber === undefined ? {} : { finishedSequenceNumber }),
    ...(checkpointSequenceNumber === undefined ? {} : { checkpointSequenceNumber }),
    ...(lag === undefined ? {} : { lag }),
    ...(partition.unwrittenSinceMs === undefined ? {} : { unwrittenSinceMs: partition.unwrittenSinceMs })
  }
}
