/** A bounded goodbye. */
import type { Clock } from '../internal/Clock.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'

/** Rejects with TimedOut where something takes longer; what goes on then is nobody's any more. */
export const orTimeOut = async (
  operation: string,
  clock: Clock,
  afterMs: number,
  run: Promise<void>
): Promise<void> => {
  let cancel = (): void => undefined
  const late = new Promise<never>((_, reject) => {
    cancel = clock.schedule(afterMs, () => reject(new SyncException(SyncError.TimedOut({ operation, afterMs }))))
  })
  return Promise.race([run, late]).finally(() => cancel())
}
