/** Looks at the checkpoints again and again, as an outsider, and takes note of every one that went backward. */
import type { CheckpointStore } from '@azure/event-hubs'

export interface CheckpointWatch {
  readonly backward: ReadonlyArray<string>
  readonly read: () => Promise<ReadonlyMap<string, number>>
  readonly stop: () => Promise<void>
}

export const watchCheckpoints = (
  store: CheckpointStore,
  [namespace, hub, group]: readonly [string, string, string],
  everyMs = 50
): CheckpointWatch => {
  const backward: Array<string> = []
  let last: ReadonlyMap<string, number> = new Map()
  let ended = false

  const read = async () => {
    const listed = await store.listCheckpoints(namespace, hub, group)
    return new Map(listed.map(({ partitionId, sequenceNumber }) => [partitionId, sequenceNumber]))
  }
  const watch = async () => {
    while (!ended) {
      const present = await read()
      for (const [partitionId, sequenceNumber] of present) {
        const before = last.get(partitionId) ?? -1
        if (sequenceNumber < before) backward.push(`partition ${partitionId}: ${before} -> ${sequenceNumber}`)
      }
      last = present
      await new Promise(resolve => setTimeout(resolve, everyMs))
    }
  }
  const watching = watch()
  return {
    backward,
    read,
    stop: async () => {
      ended = true
      await watching
    }
  }
}
