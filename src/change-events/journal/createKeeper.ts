/** Between those who tell and the journal: kept first, told then, marked in the end, in the order of the calls. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { fromPromise } from '../../Promises.ts'
import type { SyncError } from '../../SyncError.ts'
import type { Told } from '../ChangeEvents.ts'
import type { TellingListener } from '../TellingEvent.ts'
import type { JournalEntry, TellingJournal } from './TellingJournal.ts'

export interface Keeper {
  /** Keeps the entry, then tells it. What cannot be kept is told all the same, and reported. */
  readonly keep: (entry: JournalEntry, tell: () => Promise<Told>) => Promise<Told>
  /** Hands on what an earlier run left. Answers how many entries that were; once only. */
  readonly recover: (tell: (entry: JournalEntry) => Promise<Told>) => TaskEither<SyncError, number>
  /** Ends when everything that was given to `keep` is being told. */
  readonly settled: () => Promise<void>
  /** Ends when all marks are made, and closes the journal. */
  readonly close: () => Promise<void>
}

/** `isEnding`: whether tellings end because everything ends. What becomes a dead letter then is not marked: the next run tells it. */
export const createKeeper = (
  journal: TellingJournal | undefined,
  emit: TellingListener,
  isEnding: () => boolean
): Keeper => {
  const marks = new Set<Promise<void>>()
  let recovered = false
  let last: Promise<void> = Promise.resolve()

  const ask = async <A>(what: string, task: () => TaskEither<SyncError, A>): Promise<E.Either<SyncError, A>> => {
    const answered = await fromPromise(what, () => task()())()
    const answer = E.isLeft(answered) ? answered : answered.right
    if (E.isLeft(answer)) emit({ type: 'journal failed', error: answer.left })
    return answer
  }

  /** Tells, and marks in the end. The mark is nobody's to wait for but `close`. */
  const tellAndMark = (kept: TellingJournal, id: string, tell: () => Promise<Told>): Promise<Told> => {
    const telling = tell()
    const marking: Promise<void> = telling.then(async end => {
      const again = end === 'lost' || (end === 'dead letter' && isEnding())
      if (!again) await ask('TellingJournal.done', () => kept.done(id)).then(() => undefined)
      marks.delete(marking)
    })
    marks.add(marking)
    return telling
  }

  return {
    keep: async (entry, tell) => {
      if (journal === undefined) return tell()
      const kept = ask('TellingJournal.add', () => journal.add(entry))
      // Whoever came before is told before, whichever of them the journal answered first.
      const before = last
      last = Promise.all([before, kept]).then(() => undefined)
      await before
      return E.isLeft(await kept) ? tell() : tellAndMark(journal, entry.id, tell)
    },
    recover: tell => async () => {
      if (journal === undefined || recovered) return E.right(0)
      recovered = true
      const left = await ask('TellingJournal.left', () => journal.left())
      if (E.isLeft(left)) {
        recovered = false
        return left
      }
      for (const entry of left.right) void tellAndMark(journal, entry.id, () => tell(entry))
      return E.right(left.right.length)
    },
    settled: () => last,
    close: async () => {
      await Promise.all(marks)
      const closing: Promise<unknown> = fromPromise('TellingJournal.close', () => journal?.close?.()())()
      await closing
    }
  }
}
