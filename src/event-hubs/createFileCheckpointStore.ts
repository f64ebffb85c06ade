/** Checkpoints in a file. */
import type { Checkpoint, CheckpointStore } from '@azure/event-hubs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Clock } from '../internal/Clock.ts'
import { systemClock } from '../internal/Clock.ts'
import { replaceFile } from '../internal/durableFile.ts'
import { createExclusive } from '../internal/exclusive.ts'
import { isObject } from '../internal/objects.ts'
import { createOwnerships, ofHub, partitionOf } from './CheckpointStore.ts'

/** Options of {@link createFileCheckpointStore}. */
export interface FileCheckpointStoreOptions {
  /** The file; its folder must exist. One process writes to one file. */
  readonly path: string
  /** Default: the system clock. */
  readonly clock?: Pick<Clock, 'now'>
}

/**
 * Checkpoints in one small JSON file, replaced whole and made durable on every update: it is the old or the new one, never half of each.
 * Rejects where the file can't be read or written; a file that is no checkpoint file is not overwritten.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createFileCheckpointStore } from 'on-demand-sync/event-hubs'
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'checkpoints-')), 'checkpoints.json')
 * const checkpoint = { fullyQualifiedNamespace: 'ns', eventHubName: 'hub', consumerGroup: '$Default', partitionId: '0', sequenceNumber: 7, offset: '700' }
 * await createFileCheckpointStore({ path }).updateCheckpoint(checkpoint)
 * const [found] = await createFileCheckpointStore({ path }).listCheckpoints('ns', 'hub', '$Default')
 * if (found?.sequenceNumber !== 7) throw new Error('unexpected')
 * ```
 */
export const createFileCheckpointStore = ({
  path,
  clock = systemClock
}: FileCheckpointStoreOptions): CheckpointStore => {
  const file = resolve(path)
  const inTurn = createExclusive()
  let checkpoints: Map<string, Checkpoint> | undefined
  const loaded = async () =>
    (checkpoints ??= new Map((await readCheckpoints(file)).map(checkpoint => [partitionOf(checkpoint), checkpoint])))
  return {
    ...createOwnerships(clock),
    updateCheckpoint: checkpoint =>
      inTurn(async () => {
        const { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId, sequenceNumber, offset } = checkpoint
        const next = new Map(await loaded()).set(partitionOf(checkpoint), {
          fullyQualifiedNamespace,
          eventHubName,
          consumerGroup,
          partitionId,
          sequenceNumber,
          offset
        })
        await replaceFile(file, `${JSON.stringify({ version: 1, checkpoints: [...next.values()] }, null, 1)}\n`)
        checkpoints = next
      }),
    listCheckpoints: (namespace, hub, group) =>
      inTurn(async () => ofHub((await loaded()).values(), namespace, hub, group))
  }
}

const readCheckpoints = async (path: string): Promise<ReadonlyArray<Checkpoint>> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  })
  if (text === undefined) return []
  const content: unknown = JSON.parse(text)
  const checkpoints = isObject(content) ? (content as { readonly checkpoints?: unknown }).checkpoints : undefined
  if (!Array.isArray(checkpoints)) throw new TypeError(`${path} is not a checkpoint file`)
  return checkpoints as ReadonlyArray<Checkpoint>
}
