/** Stage 8: what happened to every event, for ever. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createRecordedPositions } from './internal/RecordedPositions.ts'
import type { Outcome, Status } from './Outcome.ts'
import type { Position } from './Position.ts'
import { partitionKey } from './Position.ts'
import { fromPromise } from './Promises.ts'
import { SyncError } from './SyncError.ts'

/** One event's record. Holds names and statements; never a secret, a payload's other values, or a row value. */
export interface AuditRecord {
  readonly position: Position
  /** The task's id, where the payload let it be read. */
  readonly taskId?: string
  /** The sender's word for where the request came from. */
  readonly source?: string
  readonly status: Status
  /** Why, for SKIPPED and FAILED; also where no resource could be named (an unreadable body). */
  readonly reason?: string
  /** One per resource the request names, in its order. */
  readonly outcomes: ReadonlyArray<Outcome>
  /** Statements that ran for this task's resources, in order; at most 100 of them. A statement shared by several tasks stands with each. */
  readonly statements: ReadonlyArray<string>
  /** How many statements ran, listed or not. */
  readonly statementCount: number
  /** When the source stored the event, when we took it, and when its task ended: ISO 8601, UTC. */
  readonly enqueuedAt: string
  readonly receivedAt: string
  readonly finishedAt: string
  /** How often the task was tried; 1 unless something passing had to be waited for. */
  readonly attempts: number
  readonly policyVersion?: string
}

/**
 * Port: keeps audit records.
 *
 * **For implementers**: a record is durable once a `flush` that began after its `append` has answered right. The sink is idempotent by position and `enqueuedAt`: a second record for
 * both is dropped (the event was delivered again); the same position at another time is an event of a hub that was made anew, and is kept. After a left, nothing that was appended is forgotten: the next `flush` tries again.
 * Retrying, and deciding when to flush, are the pipeline's job.
 */
export interface AuditSink {
  /** Takes records. May keep them in memory until `flush`. */
  readonly append: (records: ReadonlyArray<AuditRecord>) => TaskEither<SyncError, void>
  /** Makes everything appended so far durable. */
  readonly flush: () => TaskEither<SyncError, void>
  /** Flushes and lets go of files and connections. Closing again does nothing. */
  readonly close: () => TaskEither<SyncError, void>
}

/** The Promise-shaped {@link AuditSink}. Without `flush`, `append` must make its records durable. */
export interface AsyncAuditSink {
  readonly append: (records: ReadonlyArray<AuditRecord>) => Promise<void> | void
  readonly flush?: () => Promise<void> | void
  readonly close?: () => Promise<void> | void
}

/**
 * Ways to make a sink.
 *
 * @example
 * ```ts
 * import { AuditSink } from 'on-demand-sync'
 *
 * const lines: string[] = []
 * const sink = AuditSink.fromAsync({ append: records => void lines.push(...records.map(record => JSON.stringify(record))) })
 * void sink
 * ```
 */
export const AuditSink: { readonly fromAsync: (sink: AsyncAuditSink) => AuditSink } = {
  fromAsync: sink => {
    const lift = (operation: string, run: () => Promise<void> | void) =>
      fromPromise(operation, run, cause =>
        SyncError.AuditFailed({ sink: 'AuditSink', detail: `${operation} rejected`, cause })
      )
    return {
      append: records => lift('append', () => sink.append(records)),
      flush: () => lift('flush', () => sink.flush?.()),
      close: () => lift('close', () => sink.close?.())
    }
  }
}

/** An {@link AuditSink} whose records are open to inspection. */
export interface MemoryAuditSink extends AuditSink {
  /** All records so far, in the order in which they were appended. */
  readonly records: () => ReadonlyArray<AuditRecord>
}

/**
 * A sink in memory. For tests and examples: it grows without bound, and is gone with the process.
 *
 * @example
 * ```ts
 * import { createMemoryAuditSink } from 'on-demand-sync'
 *
 * const audit = createMemoryAuditSink()
 * if (audit.records().length !== 0) throw new Error('unexpected')
 * ```
 */
export const createMemoryAuditSink = (): MemoryAuditSink => {
  const kept: Array<AuditRecord> = []
  const recorded = createRecordedPositions()
  return {
    append: records =>
      TE.fromIO(() => {
        for (const record of records)
          if (
            recorded.add(partitionKey(record.position), record.position.sequenceNumber, Date.parse(record.enqueuedAt))
          )
            kept.push(record)
      }),
    flush: () => TE.right(undefined),
    close: () => TE.right(undefined),
    records: () => [...kept]
  }
}

/**
 * Writes to several sinks. A record counts as durable when all of them say so; a sink that fails holds the checkpoint back, it does not stop the others.
 *
 * @example
 * ```ts
 * import { createMemoryAuditSink, teeAuditSink } from 'on-demand-sync'
 *
 * const audit = teeAuditSink([createMemoryAuditSink(), createMemoryAuditSink()])
 * void audit
 * ```
 */
export const teeAuditSink = (sinks: ReadonlyArray<AuditSink>): AuditSink => {
  const all =
    (run: (sink: AuditSink) => TaskEither<SyncError, void>): TaskEither<SyncError, void> =>
    async () => {
      const results = await Promise.all(sinks.map(sink => run(sink)()))
      return results.find(E.isLeft) ?? E.right(undefined)
    }
  return {
    append: records => all(sink => sink.append(records)),
    flush: () => all(sink => sink.flush()),
    close: () => all(sink => sink.close())
  }
}
