/** The running pipeline, as its host holds it. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Plan } from './access/Plan.ts'
import type { ResourceResult } from './access/runPlan.ts'
import type { SourceHealth } from './EventSource.ts'
import type { LifecycleListener } from './LifecycleEvent.ts'
import type { RunOptions } from './pipeline/createBatchRunner.ts'
import type { TaskReport } from './pipeline/Task.ts'
import type { Status } from './Outcome.ts'
import type { SyncError } from './SyncError.ts'
import type { SyncRequest } from './SyncRequest.ts'

/** Options of {@link OnDemandSync.stop}. */
export interface StopOptions {
  /** Longest time for the goodbye, in milliseconds. Default: the `stopTimeoutMs` of `createOnDemandSync`. */
  readonly timeoutMs?: number
}

export type { RunOptions } from './pipeline/createBatchRunner.ts'
/** What came of a request that was run by hand. */
export type { TaskReport } from './pipeline/Task.ts'

/** How a pipeline stands, at a glance: for a host's health endpoint and its metrics. Times are in milliseconds since 1970. */
export interface PipelineHealth {
  readonly state: 'idle' | 'running' | 'stopping' | 'ended'
  /** Events that wait in the queue, and how many may. */
  readonly queued: number
  readonly capacity: number
  /** When the oldest event that has no audit record yet was taken in. Absent: there is none. */
  readonly oldestReceivedAtMs?: number
  /** Since when something passing, an outage or a failure that is tried again, is in the way. Absent: nothing is. */
  readonly waitingSinceMs?: number
  /** Events answered for since the start, by status. */
  readonly answered: { readonly [S in Status]: number }
  /** When events were last acknowledged to the source. */
  readonly acknowledgedAtMs?: number
  /** Absent where the source does not say. */
  readonly source?: SourceHealth
}

/**
 * The handle that `createOnDemandSync` gives. Promise style for the life of the pipeline, `TaskEither` for single runs (`toPromise` turns one into the other).
 */
export interface OnDemandSync {
  /** Starts taking events. Resolves once intake runs; starting twice rejects with Closed. */
  readonly start: () => Promise<void>
  /**
   * Ends intake, finishes what was taken, flushes audits, checkpoints, releases partitions: all within its time limit. What could not be finished in time is not acknowledged and comes again.
   * What runs by hand is finished as well, or ends with Aborted. Stopping again waits for the same end.
   */
  readonly stop: (options?: StopOptions) => Promise<void>
  /** Settles when the pipeline has ended: resolves after `stop` or at the source's own end; rejects with `SyncException` when it failed. */
  readonly done: Promise<void>
  /** Syncs requests now, without an event and without an audit record; takes turns with the batches of the stream. One report per request. Before `start`, too; Closed after the end. */
  readonly run: (
    requests: ReadonlyArray<SyncRequest>,
    options?: RunOptions
  ) => TaskEither<SyncError, ReadonlyArray<TaskReport>>
  /** Shows what `run` would do, without doing it. */
  readonly plan: (requests: ReadonlyArray<SyncRequest>, options?: RunOptions) => TaskEither<SyncError, Plan>
  /** Carries a plan of `plan` out, if the access of its objects is still what it was made for; else the error is StateChanged. One result per resource. */
  readonly apply: (plan: Plan, options?: RunOptions) => TaskEither<SyncError, ReadonlyArray<ResourceResult>>
  /** How the pipeline stands now, without waiting. */
  readonly health: () => PipelineHealth
  /** Listens to the pipeline's life; the returned function ends that. */
  readonly on: (listener: LifecycleListener) => () => void
  /** `stop()`, for `await using`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
