/** Audit records as JSON lines on the local disk. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { resolve } from 'node:path'
import type { AuditRecord, AuditSink } from '../AuditSink.ts'
import { atLeast, requireOptions } from '../checkOptions.ts'
import { createExclusive } from '../internal/exclusive.ts'
import type { RecordedPositions } from '../internal/RecordedPositions.ts'
import { createRecordedPositions, isPositionsSnapshot } from '../internal/RecordedPositions.ts'
import { partitionKey } from '../Position.ts'
import { fromPromise, SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { createFollowedFile } from './followedFile.ts'
import { openLinesFile, readIndex, readLines, rotate, rotatedFiles, writeIndex } from './jsonLinesFile.ts'

/** Options of {@link createJsonLinesAuditSink}. */
export interface JsonLinesAuditSinkOptions {
  /** The file to append to; its folder must exist. One process writes to one file. */
  readonly path: string
  /** Size at which the file is moved to `<name>.000001.<ext>` and so on, in bytes. Default 64 MiB, at least 1. */
  readonly maxFileBytes?: number
}

/** The defaults of {@link JsonLinesAuditSinkOptions}. */
export const defaultJsonLinesAuditSinkOptions: { readonly maxFileBytes: number } = Object.freeze({
  maxFileBytes: 67_108_864
})

/**
 * A sink that writes one JSON line per record, and `fsync`s on flush.
 *
 * **Details**: opening reads which positions the files hold, so that records stay unique across restarts; rotated files carry a small `.positions.json` beside
 * them to spare reading them again. A line torn by a crash is cut off when the file is opened. A full disk makes `flush` fail and the records wait in memory; nothing half-written stays.
 * A file that was removed, moved away or emptied underneath is made anew.
 *
 * **Errors**: AuditFailed; a bad option throws InvalidInput.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createJsonLinesAuditSink, toPromise } from 'on-demand-sync'
 *
 * const audit = createJsonLinesAuditSink({ path: join(await mkdtemp(join(tmpdir(), 'audit-')), 'audit.jsonl') })
 * await toPromise(audit.close())
 * ```
 */
export const createJsonLinesAuditSink = (options: JsonLinesAuditSinkOptions): AuditSink => {
  const { maxFileBytes } = { ...defaultJsonLinesAuditSinkOptions, ...options }
  requireOptions('createJsonLinesAuditSink', [atLeast('maxFileBytes', maxFileBytes, 1)])
  const path = resolve(options.path)
  const inTurn = createExclusive()
  const recorded = createRecordedPositions()
  let inFile = createRecordedPositions()
  let waiting: ReadonlyArray<AuditRecord> = []
  let learned = false
  let closed = false

  const fail = (detail: string) => (cause: unknown) => SyncError.AuditFailed({ sink: path, detail, cause })

  /** One thing at a time touches the files. */
  const exclusively =
    (detail: string, run: () => Promise<void>): TaskEither<SyncError, void> =>
    () =>
      inTurn(fromPromise('audit file', run, fail(detail)))

  const file = createFollowedFile(async () => {
    if (!learned) for (const rotated of await rotatedFiles(path)) await learnRotated(rotated, recorded)
    const fresh = await openLinesFile(path)
    inFile = createRecordedPositions()
    try {
      await learn(path, [recorded, inFile])
    } catch (cause) {
      await fresh.close()
      throw cause
    }
    learned = true
    return fresh
  })

  const write = async (): Promise<void> => {
    if (waiting.length === 0) return
    const target = await file.followed()
    await target.append(waiting.map(record => `${JSON.stringify(record)}\n`).join(''))
    for (const record of waiting) note(inFile, record)
    waiting = []
    if (target.sizeBytes() < maxFileBytes) return
    await file.letGo()
    await writeIndex(await rotate(path), inFile.snapshot())
  }

  return {
    append: records =>
      exclusively('cannot be opened', async () => {
        if (closed) throw new SyncException(SyncError.Closed({ what: 'audit sink' }))
        await file.opened()
        waiting = waiting.concat(records.filter(record => note(recorded, record)))
      }),
    flush: () => exclusively('cannot be written', write),
    close: () =>
      closed
        ? TE.right(undefined)
        : exclusively('cannot be closed', async () => {
            await write()
            closed = true
            await file.letGo()
          })
  }
}

/** Takes note of a record's position; false where it was known. */
const note = (
  positions: RecordedPositions,
  { position, enqueuedAt }: Pick<AuditRecord, 'position' | 'enqueuedAt'>
): boolean => positions.add(partitionKey(position), position.sequenceNumber, Date.parse(enqueuedAt))

const learnRotated = async (path: string, recorded: RecordedPositions): Promise<void> => {
  const index = await readIndex(path)
  if (isPositionsSnapshot(index)) recorded.restore(index)
  else await learn(path, [recorded])
}

/** Takes note of every position in a file. A line that is no record (edited by hand) holds none. */
const learn = async (path: string, into: ReadonlyArray<RecordedPositions>): Promise<void> => {
  for await (const line of readLines(path)) {
    const record = parsed(line)
    if (E.isRight(record)) for (const positions of into) note(positions, record.right)
  }
}

const parsed = (line: string): E.Either<unknown, Pick<AuditRecord, 'position' | 'enqueuedAt'>> =>
  E.tryCatch(
    () => {
      const { position, enqueuedAt } = JSON.parse(line) as AuditRecord
      if (typeof position.hub !== 'string' || !Number.isSafeInteger(position.sequenceNumber))
        throw new TypeError('no position')
      return { position, enqueuedAt }
    },
    cause => cause
  )
