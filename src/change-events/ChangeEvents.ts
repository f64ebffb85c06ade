/** Change events, as their host holds them. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { SyncError } from '../SyncError.ts'
import type { ObjectChange, ObjectImage } from './ObjectChange.ts'
import type { Transaction } from './notifications/Notification.ts'
import type { TellingListener } from './TellingEvent.ts'

/**
 * What became of a change.
 *
 * - `told`: everybody whom it concerns was told, or nobody is concerned;
 * - `dead letter`: for somebody it became a dead letter, which is safe;
 * - `lost`: for somebody it became a dead letter, which could not be kept;
 * - `suppressed`: its location is captured, so it is told later; `duplicate`: it was told in real time already;
 * - `refused`: it is no change, or too many wait; that is a dead letter too.
 */
export type Told = 'told' | 'dead letter' | 'lost' | 'suppressed' | 'duplicate' | 'refused'

/** Options of {@link ChangeEvents.stop}. */
export interface StopTellingOptions {
  /** Longest time for messages that wait, in milliseconds. What is not taken by then becomes dead letters; a topic, journal or place for dead letters that has not answered five seconds later is left behind. Default 30,000, at least 1. */
  readonly timeoutMs?: number
}

/**
 * The handle that `createChangeEvents` gives. Nothing in it throws, rejects or blocks: telling others never stops the work that is told of.
 */
export interface ChangeEvents extends AsyncDisposable {
  /** A change made by a single action (GraphQL, REST, a call), after it is complete. Whoever needs not know the end need not wait for it. */
  readonly changed: (change: ObjectChange) => Promise<Told>
  /** Changes read from a change stream, in order. Settles when each of them is told, or safe as a dead letter. */
  readonly captured: (changes: ReadonlyArray<ObjectChange>) => Promise<ReadonlyArray<Told>>
  /** A table, a view, a grant or a policy object changed: what no change stream carries. It is told at once, to subscribers and to the dataset's topic, whatever `enableEvents` says. */
  readonly catalogueChanged: (change: ObjectChange) => Promise<Told>
  /** A transaction begins. */
  readonly started: (transaction: Transaction) => Promise<Told>
  /** A transaction has ended. */
  readonly completed: (transaction: Transaction, status: 'SUCCESS' | 'FAILURE', reason?: string) => Promise<Told>
  /** Takes up dynamic subscriptions that were written before: the objects of the dataset's subscriptions schema. They need an `id`. */
  readonly restore: (datasetId: string, objects: Iterable<ObjectImage>) => void
  /**
   * Tells what an earlier run kept in the journal and did not tell; once only. Call it when the process starts, after {@link restore} and before the first change. Answers how many
   * tellings that were; each is reported as any other is. Rules as they are now are asked.
   */
  readonly recover: () => TaskEither<SyncError, number>
  /** How many rules a dataset has. */
  readonly subscriptions: (datasetId: string) => number
  readonly on: (listener: TellingListener) => () => void
  /** Takes nothing more, lets waiting messages end within the time limit, closes topics and dead letters. Called again it waits for the same end. */
  readonly stop: (options?: StopTellingOptions) => Promise<void>
}
