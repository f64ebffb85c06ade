/** Messages and dead letters as JSON lines on the local disk. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { resolve } from 'node:path'
import { createFollowedFile } from '../../audit/followedFile.ts'
import { openLinesFile } from '../../audit/jsonLinesFile.ts'
import { createExclusive } from '../../internal/exclusive.ts'
import { fromPromise } from '../../Promises.ts'
import type { SyncError } from '../../SyncError.ts'
import { SyncError as Errors } from '../../SyncError.ts'
import type { ChangeTopic } from '../ChangeTopic.ts'
import type { DeadLetters } from '../DeadLetter.ts'

/** Options of {@link createJsonLinesTopic} and {@link createJsonLinesDeadLetters}. */
export interface JsonLinesOptions {
  /** The file to append to; its folder must exist. One process writes to one file. It holds row values: protect it as you protect the rows. */
  readonly path: string
}

/** Whole lines, durable when it answers; those that come while the disk is busy are written together. */
const createLines = (path: string) => {
  const inTurn = createExclusive()
  const file = createFollowedFile(() => openLinesFile(path))
  let waiting: Array<string> = []
  let writing: Promise<void> | undefined

  const run = (work: () => Promise<void>): TaskEither<SyncError, void> =>
    fromPromise(path, work, cause =>
      Errors.TopicFailed({ topic: path, detail: 'the file cannot be written', retryable: true, cause })
    )

  const write = async (lines: ReadonlyArray<string>): Promise<void> => {
    const target = await file.followed()
    await target.append(lines.join(''))
  }

  return {
    append: (values: ReadonlyArray<unknown>): TaskEither<SyncError, void> =>
      run(() => {
        waiting.push(...values.map(value => `${JSON.stringify(value)}\n`))
        writing ??= inTurn(() => {
          const lines = waiting
          waiting = []
          writing = undefined
          return write(lines)
        })
        return writing
      }),
    close: (): TaskEither<SyncError, void> => run(() => inTurn(file.letGo))
  }
}

/**
 * A topic that writes one JSON line per message: `{"id","key","attributes","body"}`, and `fsync`s them; those that come together share one. A line torn by a crash is cut off when the file is opened again.
 *
 * **Errors**: TopicFailed, retryable (a full disk may be freed).
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createJsonLinesTopic } from 'on-demand-sync/change-events'
 *
 * const topic = createJsonLinesTopic({ path: join(await mkdtemp(join(tmpdir(), 'changes-')), 'orders.jsonl') })
 * void topic
 * ```
 */
export const createJsonLinesTopic = (options: JsonLinesOptions): ChangeTopic => {
  const path = resolve(options.path)
  const lines = createLines(path)
  return {
    name: path,
    maxBatch: 100,
    publish: messages =>
      pipe(
        lines.append(messages.map(({ id, key, attributes, body }) => ({ id, key, attributes, body }))),
        TE.map(() => [])
      ),
    close: lines.close
  }
}

/**
 * Dead letters as JSON lines, safe once `add` has answered.
 *
 * **Errors**: TopicFailed.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createJsonLinesDeadLetters } from 'on-demand-sync/change-events'
 *
 * const deadLetters = createJsonLinesDeadLetters({ path: join(await mkdtemp(join(tmpdir(), 'changes-')), 'dead.jsonl') })
 * void deadLetters
 * ```
 */
export const createJsonLinesDeadLetters = ({ path }: JsonLinesOptions): DeadLetters => {
  const lines = createLines(resolve(path))
  return { add: letter => lines.append([letter]), close: lines.close }
}
