/** When checkpoints are written: after so many finished events, after so long, and when the reading ends. */
import { createExclusive } from '../internal/exclusive.ts'
import type { Clock } from '../internal/Clock.ts'
import type { Partition } from './Partition.ts'

export interface CheckpointWriter {
  /** Takes note of finished events of a partition; writes where enough have gathered. Rejects where the store does. */
  readonly finished: (partition: Partition, events: number) => Promise<void>
  /** Writes what is outstanding for a partition. Rejects where the store does. */
  readonly flush: (partition: Partition) => Promise<void>
  /** Calls the timer off. */
  readonly close: () => void
}

export interface CheckpointWriterOptions {
  /** Writes up to the finished prefix of a partition. */
  readonly write: (partition: Partition) => Promise<void>
  readonly checkpointEvents: number
  readonly checkpointIntervalMs: number
  readonly clock: Clock
  /** A write by the timer failed; it is tried again one interval later. */
  readonly onFailed: (partition: Partition, cause: unknown) => void
}

export const createCheckpointWriter = (options: CheckpointWriterOptions): CheckpointWriter => {
  const { write, checkpointEvents, checkpointIntervalMs, clock, onFailed } = options
  /** A slow store holds up the partition that waits for it, and no other. */
  const turns = new WeakMap<Partition, ReturnType<typeof createExclusive>>()
  const due = new Set<Partition>()
  let cancel: (() => void) | undefined
  let closed = false

  const flush = async (partition: Partition): Promise<void> => {
    due.delete(partition)
    const events = partition.unwrittenEvents
    if (events === 0) return
    try {
      await write(partition)
    } catch (cause) {
      later(partition)
      throw cause
    }
    partition.unwrittenEvents -= events
    partition.unwrittenSinceMs = partition.unwrittenEvents > 0 ? clock.now() : undefined
  }

  const inTurn = (partition: Partition): Promise<void> => {
    const turn = turns.get(partition) ?? createExclusive()
    turns.set(partition, turn)
    return turn(() => flush(partition))
  }

  const later = (partition: Partition) => {
    if (closed || partition.ended.signal.aborted) return
    due.add(partition)
    cancel ??= clock.schedule(checkpointIntervalMs, () => {
      cancel = undefined
      for (const each of [...due])
        void inTurn(each).catch((cause: unknown) => {
          onFailed(each, cause)
        })
    })
  }

  return {
    finished: (partition, events) => {
      if (events > 0) partition.unwrittenSinceMs ??= clock.now()
      partition.unwrittenEvents += events
      if (partition.unwrittenEvents >= checkpointEvents) return inTurn(partition)
      later(partition)
      return Promise.resolve()
    },
    flush: inTurn,
    close: () => {
      closed = true
      cancel?.()
      cancel = undefined
    }
  }
}
