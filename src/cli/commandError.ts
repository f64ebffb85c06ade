/** How a command ends badly: one line on standard error, and an exit code. 2 for input that must be mended, 1 for everything else. */
import { fault } from '../Fault.ts'
import { isSyncException, SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'

export const endWith = (cause: unknown): void => {
  const isInput = isSyncException(cause) && cause.error._tag === 'InvalidInput'
  process.stderr.write(
    `${isSyncException(cause) ? cause.message : cause instanceof Error ? cause.message : 'unexpected failure'}\n`
  )
  process.exitCode = isInput ? 2 : 1
}

/** An action whose rejection ends the command as above. */
export const action =
  <A extends Array<unknown>>(run: (...args: A) => Promise<void>) =>
  async (...args: A): Promise<void> => {
    try {
      await run(...args)
    } catch (cause) {
      endWith(cause)
    }
  }

/** For what refuses its options with errors of its own kinds: they are input that must be mended. */
export const asInput =
  (subject: string, ...kinds: ReadonlyArray<abstract new (...args: never) => Error>) =>
  (cause: unknown): never => {
    const isInput = kinds.some(kind => cause instanceof kind) && cause instanceof Error
    if (!isInput) throw cause
    throw new SyncException(SyncError.InvalidInput({ subject, faults: [fault('', cause.message)] }))
  }
