/** The exit for events that nothing can be done with: kept whole, to be looked at and sent again. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Status } from './Outcome.ts'
import type { Position } from './Position.ts'
import { fromPromise } from './Promises.ts'
import { SyncError } from './SyncError.ts'

/** An event whose task failed, or whose body is a broken request, as it was received. */
export interface DeadLetter {
  readonly position: Position
  /** The body's bytes as they came; where the source had parsed it already, its JSON. Whatever the sender put in: keep it where its like may be kept. */
  readonly body: Uint8Array
  /** When the source stored it: ISO 8601, UTC. */
  readonly enqueuedAt: string
  readonly status: Status
  /** Why, in the words of the audit record. */
  readonly reason: string
  /** How often the task was tried. */
  readonly attempts: number
  /** The task's id, where the body let it be read. */
  readonly taskId?: string
}

/**
 * Port: keeps dead letters.
 *
 * **For implementers**: after a right all of them are durable; after a left they come again, so a letter may be stored twice: it is known by its position. Deciding what is dead, and retrying, are the
 * pipeline's job.
 */
export interface DeadLetterSink {
  readonly append: (letters: ReadonlyArray<DeadLetter>) => TaskEither<SyncError, void>
  /** Lets go of files and connections. Closing again does nothing. */
  readonly close: () => TaskEither<SyncError, void>
}

/** The Promise-shaped {@link DeadLetterSink}. */
export interface AsyncDeadLetterSink {
  readonly append: (letters: ReadonlyArray<DeadLetter>) => Promise<void> | void
  readonly close?: () => Promise<void> | void
}

/**
 * Ways to make a sink. `fromAsync` lifts a Promise-shaped one: what it rejects with becomes AuditFailed, and the letters come again.
 *
 * @example
 * ```ts
 * import { DeadLetterSink } from 'on-demand-sync'
 *
 * const taskIds: string[] = []
 * const sink = DeadLetterSink.fromAsync({ append: letters => void taskIds.push(...letters.map(({ taskId = 'unreadable' }) => taskId)) })
 * void sink
 * ```
 */
export const DeadLetterSink: { readonly fromAsync: (sink: AsyncDeadLetterSink) => DeadLetterSink } = {
  fromAsync: sink => {
    const lift = (operation: string, run: () => Promise<void> | void) =>
      fromPromise(operation, run, cause =>
        SyncError.AuditFailed({ sink: 'DeadLetterSink', detail: `${operation} rejected`, cause })
      )
    return {
      append: letters => lift('append', () => sink.append(letters)),
      close: () => lift('close', () => sink.close?.())
    }
  }
}

/** A {@link DeadLetterSink} that shows what it holds. */
export interface MemoryDeadLetterSink extends DeadLetterSink {
  readonly letters: () => ReadonlyArray<DeadLetter>
}

/**
 * A sink in memory. For tests and examples: it grows without bound, and is gone with the process.
 *
 * **Errors**: Closed after `close`.
 *
 * @example
 * ```ts
 * import { createMemoryDeadLetterSink } from 'on-demand-sync'
 *
 * const deadLetters = createMemoryDeadLetterSink()
 * if (deadLetters.letters().length !== 0) throw new Error('unexpected')
 * ```
 */
export const createMemoryDeadLetterSink = (): MemoryDeadLetterSink => {
  const kept: Array<DeadLetter> = []
  let closed = false
  return {
    append: letters => () =>
      closed
        ? TE.left(SyncError.Closed({ what: 'dead letter sink' }))()
        : TE.fromIO(() => void kept.push(...letters))(),
    close: () => TE.fromIO(() => void (closed = true)),
    letters: () => kept
  }
}
