/** Asking a port that may throw, or never answer. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../../internal/Clock.ts'
import { fromPromise } from '../../Promises.ts'
import { SyncError } from '../../SyncError.ts'
import type { Ending } from './Ending.ts'

/** How long an answer is waited for: so many milliseconds, and never beyond `ending`. */
export interface Patience {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly ending: Ending
}

/** What the port answers in time. One that does not mind its signal is left behind: its answer counts for nothing then. */
export const answerWithin = <A>(
  operation: string,
  { clock, timeoutMs, ending }: Patience,
  ask: (signal: AbortSignal) => TaskEither<SyncError, A>
): Promise<E.Either<SyncError, A>> =>
  new Promise(resolve => {
    const call = new AbortController()
    const finish = (answer: E.Either<SyncError, A>): void => {
      cancel()
      leave()
      resolve(answer)
    }
    const giveUp = (error: SyncError): void => {
      finish(E.left(error))
      call.abort()
    }
    const cancel = clock.schedule(timeoutMs, () => giveUp(SyncError.TimedOut({ operation, afterMs: timeoutMs })))
    const leave = ending.hear(() => giveUp(SyncError.Aborted({ operation })))
    // A port promises not to throw; this is for the one that does.
    void fromPromise(operation, () => ask(call.signal)())().then(answer =>
      finish(E.isLeft(answer) ? answer : answer.right)
    )
    if (ending.isOver()) giveUp(SyncError.Aborted({ operation }))
  })
