/** The last moment of a goodbye: what has not come to an end by then is left behind, so that `stop` ends whatever a part does. */
import * as E from 'fp-ts/lib/Either.js'
import { SyncError } from '../SyncError.ts'

export interface Deadline {
  /** What was promised, or TimedOut once the deadline has passed. */
  readonly orLeave: <A>(operation: string, promised: Promise<E.Either<SyncError, A>>) => Promise<E.Either<SyncError, A>>
  readonly pass: (afterMs: number) => void
}

export const createDeadline = (): Deadline => {
  let pass: Deadline['pass'] = () => undefined
  const passed = new Promise<number>(resolve => (pass = resolve))
  return {
    orLeave: (operation, promised) =>
      Promise.race([promised, passed.then(afterMs => E.left(SyncError.TimedOut({ operation, afterMs })))]),
    pass: afterMs => pass(afterMs)
  }
}
