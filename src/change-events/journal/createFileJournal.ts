/** A journal in one file on the local disk. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { resolve } from 'node:path'
import type { LinesFile } from '../../audit/jsonLinesFile.ts'
import { openLinesFile, readLines, withoutSeparators } from '../../audit/jsonLinesFile.ts'
import { atLeast, requireOptions } from '../../checkOptions.ts'
import { replaceFile } from '../../internal/durableFile.ts'
import { createExclusive } from '../../internal/exclusive.ts'
import { fromPromise } from '../../Promises.ts'
import { SyncError } from '../../SyncError.ts'
import type { JournalEntry, TellingJournal } from './TellingJournal.ts'

/** Options of {@link createFileJournal}. */
export interface FileJournalOptions {
  /** The file; its folder must exist. One process writes to one file. It holds row values: protect it as you protect the rows. */
  readonly path: string
  /** Size from which the file is written anew without what is done, in bytes. Default 16,777,216, at least 1. */
  readonly compactBytes?: number
}

/** A line: an entry, or the id of one that is done. */
type Line = { readonly add: JournalEntry } | { readonly done: string }

interface Opened {
  readonly file: LinesFile
  /** The lines of entries that are not done, in their order. */
  readonly open: Map<string, string>
  /** Their length, all together. */
  live: number
  /** What an earlier run left. */
  readonly left: ReadonlyArray<JournalEntry>
}

/**
 * A journal in one file: a line per entry and per mark. Every `add` has reached the disk (`fsync`) when it answers; those that come together share one.
 *
 * **Details**: a line torn by a crash is cut off. The file is written anew when it is opened, and when it has grown and most of it is done.
 *
 * **Gotchas**: a process that opens the file takes it over, and tells what the last one has not told; the last one, if it still runs, keeps nothing any more and says so (`journal failed`).
 *
 * **Errors**: TopicFailed, retryable, where the file cannot be read or written; not retryable where a line is no line of a journal, or where another process has taken the file over. The file is left
 * as it is then.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createChangeEvents, createFileJournal, createMemoryTopic } from 'on-demand-sync/change-events'
 *
 * const events = createChangeEvents({
 *   definition: { datasets: [{ id: 'sales', notifications: { topic: 'sales' } }] },
 *   topics: { sales: createMemoryTopic() },
 *   journal: createFileJournal({ path: join(await mkdtemp(join(tmpdir(), 'changes-')), 'journal.jsonl') })
 * })
 * await events.recover()()
 * await events.started({ id: 'load-7', datasetId: 'sales' })
 * await events.stop()
 * ```
 */
export const createFileJournal = (options: FileJournalOptions): TellingJournal => {
  const path = resolve(options.path)
  const { compactBytes = 16_777_216 } = options
  requireOptions('createFileJournal', [atLeast('compactBytes', compactBytes, 1)])
  const inTurn = createExclusive()
  let opened: Opened | undefined
  let waiting: Array<Line> = []
  let writing: Promise<void> | undefined

  const run = <A>(work: () => Promise<A>): TaskEither<SyncError, A> =>
    fromPromise(path, work, cause => {
      const detail = cause instanceof NoJournal ? cause.message : 'the file cannot be read or written'
      return SyncError.TopicFailed({ topic: path, detail, retryable: !(cause instanceof NoJournal), cause })
    })

  const compact = async (open: ReadonlyMap<string, string>): Promise<LinesFile> => {
    await replaceFile(path, withoutSeparators([...open.values()].join('')))
    return openLinesFile(path)
  }

  const opening = async (): Promise<Opened> => {
    if (opened !== undefined) return opened
    // Cuts off a torn end first, and makes the file where there is none.
    await (await openLinesFile(path)).close()
    const entries = await readEntries(path)
    const open = new Map([...entries].map(([id, entry]) => [id, textOf({ add: entry })]))
    const live = [...open.values()].reduce((sum, text) => sum + text.length, 0)
    opened = { file: await compact(open), open, live, left: [...entries.values()] }
    return opened
  }

  const write = async (lines: ReadonlyArray<Line>): Promise<void> => {
    const state = await opening()
    const { open, file } = state
    // A mark for what could not be added, or is marked already, says nothing.
    const telling = lines.filter(line => 'add' in line || open.has(line.done))
    if (telling.length === 0) return
    const written = telling.map(line => ({ line, text: textOf(line) }))
    await file.append(written.map(({ text }) => text).join(''))
    // Whoever opens the file writes it anew: what went to the old one would not be found again.
    if (!(await file.isThere())) throw new NoJournal('another process has taken the file over')
    for (const { line, text } of written) {
      const id = 'add' in line ? line.add.id : line.done
      state.live -= open.get(id)?.length ?? 0
      open.delete(id)
      if (!('add' in line)) continue
      open.set(id, text)
      state.live += text.length
    }
    if (file.sizeBytes() < compactBytes || state.live * 2 > file.sizeBytes()) return
    await file.close()
    opened = undefined
    opened = { ...state, file: await compact(open) }
  }

  /** Lines that come while the disk is busy are written together. */
  const append = (line: Line): TaskEither<SyncError, void> =>
    run(() => {
      waiting.push(line)
      writing ??= inTurn(() => {
        const lines = waiting
        waiting = []
        writing = undefined
        return write(lines)
      })
      return writing
    })

  return {
    add: entry => append({ add: entry }),
    done: id => append({ done: id }),
    left: () => run(() => inTurn(async () => (await opening()).left)),
    close: () =>
      run(() =>
        inTurn(async () => {
          await opened?.file.close()
          opened = undefined
        })
      )
  }
}

class NoJournal extends Error {}

const textOf = (line: Line): string => `${JSON.stringify(line)}\n`

const readEntries = async (path: string): Promise<ReadonlyMap<string, JournalEntry>> => {
  const entries = new Map<string, JournalEntry>()
  let number = 0
  for await (const text of readLines(path)) {
    number += 1
    const line = lineOf(text)
    if (line === undefined) throw new NoJournal(`line ${number} is none of a journal`)
    if ('add' in line) entries.set(line.add.id, line.add)
    else entries.delete(line.done)
  }
  return entries
}

const lineOf = (text: string): Line | undefined => {
  try {
    const { add, done } = JSON.parse(text) as { readonly add?: Partial<JournalEntry>; readonly done?: unknown }
    if (typeof done === 'string') return { done }
    const isEntry = (add?.type === 'change' || add?.type === 'transaction') && typeof add.id === 'string'
    return isEntry ? { add: add as JournalEntry } : undefined
  } catch {
    // What a JSON error says quotes the text.
    return undefined
  }
}
