/**
 * The last step of every event: its dead letter, if it is one, and its audit record are made durable, and only then is it acknowledged to the source. Runs beside the work: while one flush is on its way, the records of further
 * batches gather and go out with the next one.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { AuditRecord, AuditSink } from '../AuditSink.ts'
import type { DeadLetter, DeadLetterSink } from '../DeadLetterSink.ts'
import type { EventSource } from '../EventSource.ts'
import type { Clock } from '../internal/Clock.ts'
import type { LifecycleListener } from '../LifecycleEvent.ts'
import type { WaitToRetry } from '../Retry.ts'
import type { SyncError } from '../SyncError.ts'
import { guarded } from './guarded.ts'

/** Most records that may wait to be made durable before the pipeline waits for them. */
export const maxUnflushedRecords = 1_000

/** Least time from one flush to the next while records keep coming, in milliseconds: making one record durable costs as much as making hundreds so. The first after a pause goes at once. */
export const flushSpacingMs = 20

export interface Committer {
  /** Hands records over; waits while too many are not durable yet. A left: records can't be made durable, and never will be. */
  readonly commit: (
    records: ReadonlyArray<AuditRecord>,
    letters: ReadonlyArray<DeadLetter>
  ) => Promise<E.Either<SyncError, void>>
  /** Waits until all that was handed over is durable and acknowledged; a left as above. */
  readonly drain: () => Promise<E.Either<SyncError, void>>
}

export interface CommitterOptions {
  readonly audit: AuditSink
  readonly deadLetters: DeadLetterSink | undefined
  readonly source: EventSource
  /** Its refusal to go on (after an abort) gives the waiting records up: they were not acknowledged, so their events come again. */
  readonly waitToRetry: WaitToRetry
  /** Called once, when records can't be made durable and never will be. */
  readonly giveUp: () => void
  readonly emit: LifecycleListener
  readonly clock: Clock
}

export const createCommitter = ({
  audit,
  deadLetters,
  source,
  waitToRetry,
  giveUp,
  emit,
  clock
}: CommitterOptions): Committer => {
  let waiting: ReadonlyArray<AuditRecord> = []
  let waitingLetters: ReadonlyArray<DeadLetter> = []
  let running: Promise<void> | undefined
  let flushedAtMs = -Infinity
  let hurried = false
  let wake: (() => void) | undefined
  let outcome: E.Either<SyncError, void> = E.right(undefined)

  const store = async (records: ReadonlyArray<AuditRecord>): Promise<E.Either<SyncError, void>> => {
    for (let attempt = 1; ; attempt += 1) {
      const appended = await guarded('AuditSink.append', () => audit.append(records))
      const stored = E.isRight(appended) ? await guarded('AuditSink.flush', () => audit.flush()) : appended
      if (E.isRight(stored) || !(await waitToRetry(stored.left, attempt))) return stored
    }
  }

  const bury = async (letters: ReadonlyArray<DeadLetter>): Promise<E.Either<SyncError, void>> => {
    if (deadLetters === undefined || letters.length === 0) return E.right(undefined)
    for (let attempt = 1; ; attempt += 1) {
      const buried = await guarded('DeadLetterSink.append', () => deadLetters.append(letters))
      if (E.isRight(buried)) emit({ type: 'dead letters', letters: letters.length })
      if (E.isRight(buried) || !(await waitToRetry(buried.left, attempt))) return buried
    }
  }

  /** Lets records gather; ends early when somebody waits for them. */
  const gather = (): Promise<void> => {
    const restMs = flushedAtMs + flushSpacingMs - clock.now()
    if (hurried || restMs <= 0 || restMs > flushSpacingMs) return Promise.resolve()
    return new Promise(resolve => {
      const cancel = clock.schedule(restMs, resolve)
      wake = () => {
        cancel()
        resolve()
      }
    })
  }

  const run = async (): Promise<void> => {
    while (waiting.length > 0 && E.isRight(outcome)) {
      await gather()
      flushedAtMs = clock.now()
      const records = waiting
      const letters = waitingLetters
      waiting = []
      waitingLetters = []
      outcome = await bury(letters)
      if (E.isRight(outcome)) outcome = await store(records)
      if (E.isLeft(outcome)) {
        giveUp()
        return
      }
      for (const record of records) emit({ type: 'task', record })
      const positions = records.map(({ position }) => position)
      const acknowledged = await guarded('EventSource.acknowledge', () => source.acknowledge(positions))
      emit(
        E.isRight(acknowledged)
          ? { type: 'checkpointed', events: records.length }
          : { type: 'checkpoint failed', error: acknowledged.left }
      )
    }
  }

  const start = () => {
    running ??= run().finally(() => {
      running = undefined
      // What came in between the last look and this moment must not wait for the next batch.
      if (waiting.length > 0 && E.isRight(outcome)) start()
    })
  }

  const drain = async (): Promise<E.Either<SyncError, void>> => {
    hurried = true
    wake?.()
    while (running !== undefined) await running
    hurried = false
    return outcome
  }

  return {
    commit: async (records, letters) => {
      waiting = waiting.concat(records)
      waitingLetters = waitingLetters.concat(letters)
      start()
      return waiting.length >= maxUnflushedRecords ? drain() : outcome
    },
    drain
  }
}
