/** Runs batches of tasks, and single requests by hand, one after another. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Plan } from '../access/Plan.ts'
import type { ResourceResult, StepResult } from '../access/runPlan.ts'
import type { AuditRecord } from '../AuditSink.ts'
import { withEither } from '../internal/abort.ts'
import type { Clock } from '../internal/Clock.ts'
import type { Exclusive } from '../internal/exclusive.ts'
import { runInTurn } from '../internal/exclusive.ts'
import type { LifecycleListener } from '../LifecycleEvent.ts'
import type { PolicySource } from '../PolicySource.ts'
import type { PolicySyncer } from '../PolicySyncer.ts'
import type { ResourceResolver } from '../ResourceResolver.ts'
import type { RetryOptions } from '../Retry.ts'
import { createWaitToRetry } from '../Retry.ts'
import { SyncError } from '../SyncError.ts'
import type { ResourceReference, SyncRequest } from '../SyncRequest.ts'
import { guarded } from './guarded.ts'
import type { Ledger } from './Ledger.ts'
import { createLedger } from './Ledger.ts'
import { keysOf, mergeReferences } from './mergeReferences.ts'
import { planReferences } from './planReferences.ts'
import { processReferences } from './processReferences.ts'
import type { Task, TaskReport } from './Task.ts'
import { createIso, recordOf, referencesOf, reportOf } from './Task.ts'

/** Options of `run`, `plan` and `apply`. */
export interface RunOptions {
  /** Ends it, with Aborted. What was changed by then is a safe state. */
  readonly signal?: AbortSignal
}

export interface BatchRunner {
  /** One record per task; a left is Aborted. */
  readonly runBatch: (
    tasks: ReadonlyArray<Task>,
    signal: AbortSignal
  ) => Promise<E.Either<SyncError, ReadonlyArray<AuditRecord>>>
  readonly run: (
    requests: ReadonlyArray<SyncRequest>,
    options?: RunOptions
  ) => TaskEither<SyncError, ReadonlyArray<TaskReport>>
  readonly plan: (requests: ReadonlyArray<SyncRequest>, options?: RunOptions) => TaskEither<SyncError, Plan>
  readonly apply: (plan: Plan, options?: RunOptions) => TaskEither<SyncError, ReadonlyArray<ResourceResult>>
}

export interface BatchRunnerOptions {
  readonly resolver: ResourceResolver
  readonly policies: PolicySource
  readonly syncer: PolicySyncer
  readonly clock: Clock
  readonly retry: Required<RetryOptions>
  readonly emit: LifecycleListener
  readonly inTurn: Exclusive
  /** Ends all work, that by hand as well. */
  readonly work: AbortSignal
}

/** What a finished round knows beside its ledger. */
interface Round {
  readonly ledger: Ledger
  readonly attempts: number
  readonly policyVersion: string | undefined
  readonly resources: number
}

const taskIdsOf = (tasks: ReadonlyArray<Task>): ReadonlyArray<string> =>
  tasks.flatMap(({ request }) => (E.isRight(request) ? [request.right.id] : []))

const tagOf = (taskIds: ReadonlyArray<string>): string => `on-demand-sync: ${taskIds.join(', ')}`

export const createBatchRunner = (options: BatchRunnerOptions): BatchRunner => {
  const { resolver, policies, syncer, clock, retry, emit, inTurn, work } = options
  let batches = 0

  const runRound = async (
    references: ReadonlyArray<ResourceReference>,
    batch: number,
    taskIds: ReadonlyArray<string>,
    signal: AbortSignal
  ): Promise<E.Either<SyncError, Round>> => {
    const keys = keysOf(references)
    const ledger = createLedger(keys)
    const facts = { attempts: 1, policyVersion: undefined as string | undefined, resources: 0 }
    const waitToRetry = createWaitToRetry(retry, clock, signal, (error, attempt, delayMs) => {
      facts.attempts += 1
      emit({ type: 'waiting', of: 'work', error, attempt, delayMs })
    })
    const report = {
      onStep: (result: StepResult) => emit({ type: 'step', batch, result }),
      onResources: (count: number) => {
        facts.resources += count
        emit({ type: 'progress', batch, resources: facts.resources })
      },
      onPolicyVersion: (version: string) => (facts.policyVersion = version)
    }
    const merged = mergeReferences(keys)
    const processed = await processReferences(
      merged,
      ledger,
      { resolver, policies, syncer, waitToRetry, ...(taskIds.length === 0 ? {} : { tag: tagOf(taskIds) }) },
      report,
      signal
    )
    return E.isLeft(processed) ? processed : E.right({ ledger, ...facts })
  }

  /** What runs by hand waits for its turn, and ends with its caller's signal or with the work of the pipeline. */
  const byHand =
    <A>(
      operation: string,
      given: AbortSignal | undefined,
      run: (signal: AbortSignal) => Promise<E.Either<SyncError, A>>
    ): TaskEither<SyncError, A> =>
    () =>
      withEither(given, work, async signal => {
        if (work.aborted) return E.left(SyncError.Closed({ what: 'pipeline' }))
        const done = await runInTurn(inTurn, signal, () => run(signal))
        return done ?? E.left(SyncError.Aborted({ operation }))
      })

  return {
    runBatch: (tasks, signal) =>
      inTurn(async () => {
        const batch = (batches += 1)
        const startedAtMs = clock.now()
        const references = referencesOf(tasks)
        const traces = tasks.flatMap(({ trace }) => trace ?? [])
        emit({ type: 'batch started', batch, events: tasks.length, references: references.length, traces })
        for (const { request, trace } of tasks)
          if (E.isRight(request))
            emit({ type: 'task started', batch, request: request.right, ...(trace === undefined ? {} : { trace }) })
        const round = await runRound(references, batch, taskIdsOf(tasks), signal)
        if (E.isLeft(round)) return round
        const finishedAtMs = clock.now()
        const facts = { finishedAtMs, iso: createIso(), ...round.right }
        const records = tasks.map(task => recordOf(task, round.right.ledger, facts))
        const count = (status: AuditRecord['status']) => records.filter(record => record.status === status).length
        const statuses = { SUCCESS: count('SUCCESS'), FAILED: count('FAILED'), SKIPPED: count('SKIPPED') }
        emit({
          type: 'batch finished',
          batch,
          resources: round.right.resources,
          durationMs: finishedAtMs - startedAtMs,
          statuses
        })
        return E.right(records)
      }),
    run: (requests, { signal } = {}) =>
      byHand('sync', signal, async ended => {
        const references = requests.flatMap(({ requestInfo }) => requestInfo.resources)
        const taskIds = requests.map(({ id }) => id)
        const round = await runRound(references, 0, taskIds, ended)
        // It has no end of its own that is told: so that nobody takes what was in its way for something that still is.
        emit({ type: 'progress', batch: 0, resources: E.isRight(round) ? round.right.resources : 0 })
        return E.isLeft(round) ? round : E.right(requests.map(request => reportOf(request, round.right.ledger)))
      }),
    plan: (requests, { signal } = {}) =>
      byHand('plan', signal, ended => {
        const references = requests.flatMap(({ requestInfo }) => requestInfo.resources)
        return planReferences(mergeReferences(keysOf(references)), options, ended)
      }),
    apply: (plan, { signal } = {}) =>
      byHand('apply', signal, ended => {
        const onStep = (result: StepResult) => emit({ type: 'step', batch: 0, result })
        return guarded('PolicySyncer.apply', () => syncer.apply(plan, { signal: ended, onStep, ifUnchanged: true }))
      })
  }
}
