/** The goodbye of the parts: one after another, in the time that is left. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { SyncError } from '../SyncError.ts'
import type { Deadline } from './createDeadline.ts'
import { guarded } from './guarded.ts'

/** A part and how it is closed. */
export type Closing = readonly [operation: string, close: () => TaskEither<SyncError, void>]

/** What was handed in to be closed last. */
export const disposing = (thing: AsyncDisposable): Closing => [
  'dispose',
  () => TE.fromTask(async () => thing[Symbol.asyncDispose]())
]

/** Closes all of them, whatever becomes of one; answers what went wrong. A checkpoint that is behind is no failure: its events come again. */
export const closeParts = async (
  parts: ReadonlyArray<Closing>,
  deadline: Deadline
): Promise<ReadonlyArray<SyncError>> => {
  const failures: Array<SyncError> = []
  for (const [operation, close] of parts) {
    const closed = await deadline.orLeave(operation, guarded(operation, close))
    if (E.isLeft(closed) && closed.left._tag !== 'CheckpointFailed') failures.push(closed.left)
  }
  return failures
}
