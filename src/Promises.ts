/** Between the two styles: `TaskEither` for those who compose, Promises for those who await. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { describeError } from './describeError.ts'
import { SyncError } from './SyncError.ts'

/**
 * What a Promise of this library rejects with: the tagged error in `error`, its words in `message`, what lay underneath in `cause`.
 * Tell kinds apart by `exception.error._tag`; the `name` is always `SyncException`.
 */
export class SyncException extends Error {
  readonly error: SyncError
  constructor(error: SyncError) {
    super(describeError(error), 'cause' in error ? { cause: error.cause } : undefined)
    this.name = 'SyncException'
    this.error = error
  }
}

/** Recognises a {@link SyncException} of any copy of this package (an ESM and a CJS copy may live in one process). */
export const isSyncException = (u: unknown): u is SyncException =>
  u instanceof Error && u.name === 'SyncException' && typeof (u as Partial<SyncException>).error?._tag === 'string'

/**
 * Runs a task; rejects with {@link SyncException} on its left.
 *
 * @example
 * ```ts
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 * import { toPromise } from 'on-demand-sync'
 *
 * if ((await toPromise(TE.right(42))) !== 42) throw new Error('unexpected')
 * ```
 */
export const toPromise = async <A>(task: TaskEither<SyncError, A>): Promise<A> => orThrow(await task())

/** The right side, or the left thrown as {@link SyncException}. */
export const orThrow = <A>(either: E.Either<SyncError, A>): A => {
  if (E.isLeft(either)) throw new SyncException(either.left)
  return either.right
}

/**
 * Lifts an async function into a task. A {@link SyncException} keeps its tagged error; any other rejection or throw becomes
 * what `onThrow` makes of it: a `Defect` at `where` unless told otherwise.
 */
export const fromPromise =
  <A>(
    where: string,
    run: () => Promise<A> | A,
    onThrow: (cause: unknown) => SyncError = cause => SyncError.Defect({ where, cause })
  ): TaskEither<SyncError, A> =>
  async () => {
    try {
      return E.right(await run())
    } catch (cause) {
      return E.left(isSyncException(cause) ? cause.error : onThrow(cause))
    }
  }
