/** What is to be told in real time, kept until it is told: a crash of the host loses no telling then. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { SyncError } from '../../SyncError.ts'
import type { TopicMessage } from '../ChangeTopic.ts'
import type { IdentifiedChange } from '../ObjectChange.ts'

/** One telling: JSON data. It holds row values: protect it as you protect the rows. */
export type JournalEntry =
  | {
      readonly type: 'change'
      /** Unique to this telling. */
      readonly id: string
      readonly origin: 'unitary' | 'catalogue'
      readonly change: IdentifiedChange
      /** Its images with their types, where they have some that JSON does not have: what filters are asked about. */
      readonly typed?: Pick<IdentifiedChange, 'before' | 'after'>
    }
  | {
      readonly type: 'transaction'
      readonly id: string
      readonly datasetId: string
      readonly message: TopicMessage
    }

/**
 * Port: keeps tellings until they are told.
 *
 * **For implementers**: a right of `add` means that the entry survives a crash. `add` may be called again before it has answered; entries are read back in the order of the calls. A mark
 * (`done`) that is lost costs a repetition, nothing else. Nobody else may write to the same journal at the same time.
 */
export interface TellingJournal {
  readonly add: (entry: JournalEntry) => TaskEither<SyncError, void>
  /** It need not be told again. */
  readonly done: (id: string) => TaskEither<SyncError, void>
  /** What an earlier run added and did not mark, oldest first. */
  readonly left: () => TaskEither<SyncError, ReadonlyArray<JournalEntry>>
  readonly close?: () => TaskEither<SyncError, void>
}
