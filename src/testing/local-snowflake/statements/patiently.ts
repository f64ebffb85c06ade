/** A change that meets a lock waits for it, as long as LOCK_TIMEOUT says; within a transaction, which would go on seeing its old snapshot, it fails. */
import { withDeadline } from '../../../internal/abort.ts'
import { isLocked } from '../engine/engineErrors.ts'
import { parameterOf } from './parameters.ts'
import type { StatementContext } from './StatementContext.ts'

export const patiently = async <A>(context: StatementContext, work: () => Promise<A> | A): Promise<A> => {
  const { account, session, engine } = context
  const untilMs = account.clock.now() + Number(parameterOf(account, session, 'LOCK_TIMEOUT')) * 1000
  for (;;) {
    const seen = engine.endedTransactions()
    try {
      return await work()
    } catch (error) {
      if (!isLocked(error) || engine.inTransaction(session)) throw error
      if (!(await unlocked(context, seen, untilMs))) throw error
    }
  }
}

/** False when there is nothing to wait for, or no more time. */
const unlocked = async (
  { account, engine, signal }: StatementContext,
  seen: number,
  untilMs: number
): Promise<boolean> => {
  const leftMs = Math.max(0, untilMs - account.clock.now())
  const ended = await withDeadline(account.clock, leftMs, signal, within => engine.untilUnlocked(seen, within))
  signal.throwIfAborted()
  return ended
}
