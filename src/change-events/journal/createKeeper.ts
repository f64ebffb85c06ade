/** Between those who tell and the journal: kept first, told then, marked in the end, in the order of the calls. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { SyncError } from '../../SyncError.ts'
import type { Told } from '../ChangeEvents.ts'
import type { Patience } from '../delivery/answerWithin.ts'
import { answerWithin } from '../delivery/answerWithin.ts'
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

export interface KeeperParts {
  readonly journal: TellingJournal | undefined
  /** How long the journal is waited for before something is told: one on a disk that hangs must hold nobody up for ever. */
  readonly keeping: Patience
  /** How long it is waited for afterwards. */
  readonly marking: Patience
  readonly emit: TellingListener
  /** Whether tellings end because everything ends. What becomes a dead letter then is not marked: the next run tells it. */
  readonly isEnding: () => boolean
}

export const createKeeper = ({ journal, keeping, marking, emit, isEnding }: KeeperParts): Keeper => {
  const marks = new Set<Promise<void>>()
  let recovered = false
  let last: Promise<void> = Promise.resolve()

  const ask = async <A>(
    what: string,
    patience: Patience,
    task: () => TaskEither<SyncError, A>
  ): Promise<E.Either<SyncError, A>> => {
    const answer = await answerWithin(what, patience, task)
    if (E.isLeft(answer)) emit({ type: 'journal failed', error: answer.left })
    return answer
  }

  /** Tells, and marks in the end. The mark is nobody's to wait for but `close`. */
  const tellAndMark = (kept: TellingJournal, id: string, tell: () => Promise<Told>): Promise<Told> => {
    const telling = tell()
    const mark: Promise<void> = telling.then(async end => {
      const again = end === 'lost' || (end === 'dead letter' && isEnding())
      if (!again) await ask('TellingJournal.done', marking, () => kept.done(id)).then(() => undefined)
      marks.delete(mark)
    })
    marks.add(mark)
    return telling
  }

  return {
    keep: async (entry, tell) => {
      if (journal === undefined) return tell()
      const kept = ask('TellingJournal.add', keeping, () => journal.add(entry))
      // Whoever came before is told before, whichever of them the journal answered first.
      const before = last
      last = Promise.all([before, kept]).then(() => undefined)
      await before
      const answer = await kept
      // One that did not answer in time may keep it yet.
      const mayBeKept = E.isRight(answer) || answer.left._tag === 'TimedOut'
      return mayBeKept ? tellAndMark(journal, entry.id, tell) : tell()
    },
    recover: tell => async () => {
      if (journal === undefined || recovered) return E.right(0)
      recovered = true
      const reading = ask('TellingJournal.left', keeping, () => journal.left())
      // What is new is told after what is old.
      last = Promise.all([last, reading]).then(() => undefined)
      const left = await reading
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
      const closing: Promise<unknown> = answerWithin(
        'TellingJournal.close',
        marking,
        () => journal?.close?.() ?? TE.right(undefined)
      )
      await closing
    }
  }
}
