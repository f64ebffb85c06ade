/** From a pipeline's life to change events: tasks are transactions, what they change is told with before and after. */
import type { Clock } from '../../internal/Clock.ts'
import { systemClock } from '../../internal/Clock.ts'
import type { LifecycleEvent } from '../../LifecycleEvent.ts'
import type { OnDemandSync } from '../../OnDemandSync.ts'
import type { ResourceReference } from '../../SyncRequest.ts'
import type { AuditRecord } from '../../AuditSink.ts'
import type { ChangeEvents } from '../ChangeEvents.ts'
import type { Transaction } from '../notifications/Notification.ts'
import { accessChange, policyChange } from './CatalogueChange.ts'

/** Options of {@link followSync}. */
export interface FollowSyncOptions {
  readonly sync: Pick<OnDemandSync, 'on'>
  readonly events: Pick<ChangeEvents, 'started' | 'completed' | 'catalogueChanged'>
  /** The dataset of a database. Default: the one with the database's name. */
  readonly datasetOf?: (database: string) => string
  readonly clock?: Pick<Clock, 'now'>
}

/**
 * Tells of what a pipeline does: each task is a transaction of every dataset whose database it names, and each grant, mask and row filter that it changes is a change of an object
 * (schemas `Grant`, `ColumnMask`, `RowFilter`), each policy object that it makes or drops too (`Policy`).
 *
 * **Details**: the pipeline hears of nothing, and waits for nothing. A task that was SKIPPED has completed: SUCCESS, with its reason in `detail`. The returned function ends it.
 *
 * @example
 * ```ts
 * import { createChangeEvents, createMemoryTopic, followSync } from 'on-demand-sync/change-events'
 *
 * const topic = createMemoryTopic()
 * const events = createChangeEvents({ definition: { datasets: [{ id: 'SALES', notifications: { topic: 'topic' } }] }, topics: { topic } })
 * const stopFollowing = followSync({ sync: { on: () => () => undefined }, events })
 * stopFollowing()
 * ```
 */
export const followSync = (options: FollowSyncOptions): (() => void) => {
  const { sync, events, datasetOf = (database: string) => database, clock = systemClock } = options

  const datasetsOf = (references: ReadonlyArray<ResourceReference>): ReadonlyArray<string> => [
    ...new Set(references.map(({ values }) => datasetOf(values.database)))
  ]

  const complete = (record: AuditRecord): void => {
    const { taskId, status, outcomes, reason, statementCount } = record
    // A body that cannot be read names no database, and nobody was told that it began.
    if (taskId === undefined) return
    const datasets = datasetsOf(outcomes.map(({ reference }) => reference))
    for (const datasetId of datasets) {
      const detail = { status, resources: outcomes.length, statements: statementCount }
      void events.completed(
        {
          id: taskId,
          datasetId,
          detail: status === 'SKIPPED' && reason !== undefined ? { ...detail, reason } : detail
        },
        status === 'FAILED' ? 'FAILURE' : 'SUCCESS',
        status === 'FAILED' ? reason : undefined
      )
    }
  }

  return sync.on((event: LifecycleEvent) => {
    if (event.type === 'task started') {
      const { id, requestInfo } = event.request
      for (const datasetId of datasetsOf(requestInfo.resources)) {
        const transaction: Transaction = { id, datasetId, detail: { resources: requestInfo.resources.length } }
        void events.started(transaction)
      }
    } else if (event.type === 'task') complete(event.record)
    else if (event.type === 'step' && event.result.error === undefined) {
      const at = new Date(clock.now()).toISOString()
      const { step } = event.result
      const policy = policyChange(datasetOf(step.on.database), step, at)
      if (policy !== undefined) void events.catalogueChanged(policy)
      for (const change of step.changes)
        void events.catalogueChanged(accessChange(datasetOf(change.on.database), change, at))
    }
  })
}
