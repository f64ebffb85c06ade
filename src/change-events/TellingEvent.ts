/** What telling others tells its host: for logs, metrics and alarms. */
import type { Fault } from '../Fault.ts'
import type { SyncError } from '../SyncError.ts'

/**
 * One event in the life of change events, told apart by `type`. Holds names and ids, never row values.
 *
 * - `delivered`: so many messages were taken by a topic;
 * - `retrying`: a topic did not take them; it is tried again after `delayMs`;
 * - `dead letter`: something will not be told, or not by us; `lost` where the dead letter could not be kept either;
 * - `filter failed`: a rule's filter has no answer for a change; nobody else is concerned;
 * - `rule suspended`: it failed so often in a row that it is no longer asked: a dynamic one until it is written again, a static one until a restart;
 * - `rule registered`, `rule ended`, `rule rejected`: dynamic subscriptions come and go;
 * - `suppressed`: a real-time change of a location that is captured instead; `duplicate`: a captured change that was told in real time already;
 * - `captured`, `published`, `purged`: what a poll of the change streams did; `poll failed`: it is tried again with the next one;
 * - `stream at risk`: a stream goes stale at `staleAfter` unless it is read; `stream recovered`: it was lost and made anew, and all rows that are there are told as
 *   REFRESH. Deletions in between are not told: nobody knows of them any more;
 * - `journal failed`: a telling could not be kept, marked or read back; what could not be kept is told from memory alone;
 * - `row without id`: a captured row that names no object; it becomes a dead letter.
 */
export type TellingEvent =
  | { readonly type: 'delivered'; readonly topic: string; readonly messages: number }
  | {
      readonly type: 'retrying'
      readonly topic: string
      readonly messages: number
      readonly error: SyncError
      readonly delayMs: number
    }
  | { readonly type: 'dead letter'; readonly topic?: string; readonly reason: string; readonly lost: boolean }
  | {
      readonly type: 'filter failed'
      readonly datasetId: string
      readonly subscription: string
      readonly reason: string
    }
  | {
      readonly type: 'rule registered' | 'rule ended' | 'rule suspended'
      readonly datasetId: string
      readonly subscription: string
    }
  | {
      readonly type: 'rule rejected'
      readonly datasetId: string
      readonly subscription: string
      readonly faults: ReadonlyArray<Fault>
    }
  | {
      readonly type: 'suppressed' | 'duplicate'
      readonly datasetId: string
      readonly schema: string
      readonly id: string
    }
  | { readonly type: 'captured'; readonly stream: string; readonly batch: string }
  | { readonly type: 'published' | 'purged'; readonly stream: string; readonly changes: number }
  | { readonly type: 'poll failed'; readonly stream: string; readonly error: SyncError }
  | { readonly type: 'stream at risk'; readonly stream: string; readonly staleAfter: string }
  | { readonly type: 'stream recovered'; readonly stream: string; readonly reason: string }
  | { readonly type: 'journal failed'; readonly error: SyncError }
  | { readonly type: 'row without id'; readonly stream: string }

/** Hears of {@link TellingEvent}s. What it throws is dropped. */
export type TellingListener = (event: TellingEvent) => void
