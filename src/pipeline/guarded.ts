/** Running code that was handed in to us: whatever it throws becomes a Defect, so that no event is lost over it. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { isSyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'

/** Runs a port's task. A port promises not to throw; this is for the one that does. */
export const guarded = async <A>(
  where: string,
  task: () => TaskEither<SyncError, A>
): Promise<E.Either<SyncError, A>> => {
  try {
    return await task()()
  } catch (cause) {
    return E.left(isSyncException(cause) ? cause.error : SyncError.Defect({ where, cause }))
  }
}
