/** Where Ranger's documents come from, as one: a snapshot in force, and how it changes. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { InvalidInput, SyncError } from '../../../SyncError.ts'
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'
import type { SnapshotDoubt } from './doubtsOf.ts'
import type { SnapshotVersions } from './SnapshotVersions.ts'

/** The documents that a snapshot is made of. */
export type RangerPart = 'policies' | 'roles' | 'tags' | 'users'

/** A snapshot that was read without a fault, and is kept out of force until somebody says that it is right. */
export interface HeldSnapshot {
  readonly snapshot: RangerSnapshot
  readonly versions: SnapshotVersions
  readonly doubts: ReadonlyArray<SnapshotDoubt>
}

/** What a source tells. Nothing in it is a secret, and no name of a user, group or role is in it. */
export type RangerSourceEvent =
  | {
      readonly type: 'snapshot in force'
      readonly from: SnapshotChange['from']
      readonly versions: SnapshotVersions
      readonly before?: SnapshotVersions
    }
  | { readonly type: 'snapshot unchanged'; readonly versions: SnapshotVersions }
  | {
      readonly type: 'snapshot held'
      readonly versions: SnapshotVersions
      readonly doubts: ReadonlyArray<SnapshotDoubt>
    }
  /** The document could not be had; what is in force stays. */
  | { readonly type: 'download failed'; readonly part: RangerPart; readonly error: SyncError }
  /** A document came and is not right; what is in force stays. */
  | { readonly type: 'download refused'; readonly part: RangerPart; readonly error: InvalidInput }
  /** Changes to the policies came that do not fit what is known; all policies are asked for instead. */
  | { readonly type: 'changes refused'; readonly error: InvalidInput }
  | { readonly type: 'cache refused'; readonly error: SyncError }
  | { readonly type: 'cache not written'; readonly error: SyncError }

/** From one snapshot in force to the next. */
export interface SnapshotChange {
  readonly before: RangerSnapshot | undefined
  readonly after: RangerSnapshot
  /** `cache`: it was in force when the host was last running. `held`: it was accepted by hand. */
  readonly from: 'cache' | 'download' | 'held'
}

/** Options of {@link RangerSource.look}. */
export interface LookOptions {
  readonly signal?: AbortSignal
}

/**
 * A source of snapshots, for `createRangerPolicySource` and `snapshotDifference`. Made by `createRangerAdminSource` and `createRangerFileSource`.
 *
 * **Details**: a snapshot comes into force whole or not at all: when each of its documents was had and read without a fault, and the whole is not in doubt. Until then the last one stays in force.
 */
export interface RangerSource extends AsyncDisposable {
  /** Looks for the first time (a cache comes first, where there is one), and then again and again. Ends when the first look did, whatever came of it; never rejects. */
  readonly start: () => Promise<void>
  /** Looks now; looks take turns. Right: what is in force afterwards. Left: why nothing newer could be had, or why there is nothing in force. */
  readonly look: (options?: LookOptions) => TaskEither<SyncError, RangerSnapshot>
  /** What is in force; undefined until there was something. */
  readonly current: () => RangerSnapshot | undefined
  /** What is kept out of force. */
  readonly held: () => HeldSnapshot | undefined
  /** Puts a held snapshot in force. False where it is no longer the one that is held: then look at the newer one first. */
  readonly accept: (held: HeldSnapshot) => Promise<boolean>
  /** Hears of every snapshot that comes into force, after it did. Returns how to stop hearing. */
  readonly onSnapshot: (listener: (change: SnapshotChange) => void) => () => void
  readonly on: (listener: (event: RangerSourceEvent) => void) => () => void
  /** Ends the looking, the one that runs included. What is in force stays so. */
  readonly stop: () => Promise<void>
}
