/** What a running pipeline tells its host: for logs, progress lines, metrics and alarms. */
import type { StepResult } from './access/runPlan.ts'
import type { AuditRecord } from './AuditSink.ts'
import type { Status } from './Outcome.ts'
import type { SyncError } from './SyncError.ts'
import type { SyncRequest } from './SyncRequest.ts'

/**
 * One event in the life of the pipeline, told apart by `type`. Holds names and statements, never secrets or row values.
 *
 * - `started`, `stopping`, `stopped`: the handle's own life; `failed`: it ended by itself, with an error;
 * - `received`: a chunk of events came in; `queued` is the queue's length after that;
 * - `backpressure`: the queue is full (`on`), or has room again;
 * - `batch started`, `batch finished`: one round of work; `resources` counts what was looked at;
 *   `traces` are those its events' senders were in, where they said so;
 * - `task started`: work on one event's request begins (again, after a restart in between);
 * - `step`: one statement was tried; `progress`: so many resources of the batch are done;
 * - `waiting`: something passing is in the way of the `work`, or of making its `records` durable; the pipeline tries again after `delayMs`;
 * - `let go`: so many events of partitions that are another host's by now were left to that host;
 * - `dead letters`: so many events were kept whole by the dead letter sink;
 * - `task`: one event got its audit record;
 * - `checkpointed`: so many events are done for good; `checkpoint failed`: they will be offered again after a restart.
 */
export type LifecycleEvent =
  | { readonly type: 'started' }
  | { readonly type: 'received'; readonly events: number; readonly queued: number }
  | { readonly type: 'backpressure'; readonly on: boolean; readonly queued: number }
  | {
      readonly type: 'batch started'
      readonly batch: number
      readonly events: number
      readonly references: number
      readonly traces: ReadonlyArray<TraceContext>
    }
  | {
      readonly type: 'task started'
      readonly batch: number
      readonly request: SyncRequest
      /** The trace that its sender was in, where it said so. */
      readonly trace?: TraceContext
    }
  | { readonly type: 'step'; readonly batch: number; readonly result: StepResult }
  | { readonly type: 'progress'; readonly batch: number; readonly resources: number }
  | {
      readonly type: 'waiting'
      readonly of: 'work' | 'records'
      readonly error: SyncError
      readonly attempt: number
      readonly delayMs: number
    }
  | { readonly type: 'let go'; readonly events: number }
  | { readonly type: 'dead letters'; readonly letters: number }
  | { readonly type: 'task'; readonly record: AuditRecord }
  | {
      readonly type: 'batch finished'
      readonly batch: number
      readonly resources: number
      readonly durationMs: number
      readonly statuses: { readonly [S in Status]: number }
    }
  | { readonly type: 'checkpointed'; readonly events: number }
  | { readonly type: 'checkpoint failed'; readonly error: SyncError }
  | { readonly type: 'stopping' }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly error: SyncError }

/** Where a sender's trace stands, as W3C Trace Context writes it. */
export interface TraceContext {
  readonly traceparent: string
  readonly tracestate?: string
}

/** Hears of {@link LifecycleEvent}s. What it throws is dropped: a listener can't break the pipeline. */
export type LifecycleListener = (event: LifecycleEvent) => void
