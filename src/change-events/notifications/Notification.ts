/**
 * What a dataset's own topic is told: that transactions start and end, and which objects changed.
 *
 * Attributes and row bodies are those of Stage Depot's notifications (stage-tech.github.io/stage-depot, development/event/notifications), the event names of object changes
 * those of Basestar's classes, which Depot sends. Names and bodies of the transaction events are published nowhere: they are ours.
 */
import { compact } from '../../internal/objects.ts'
import type { TopicMessage } from '../ChangeTopic.ts'
import type { IdentifiedChange, ObjectImage, Operation } from '../ObjectChange.ts'
import { digestOf, objectKey, versionOf } from '../ObjectChange.ts'

/** The values of the attribute `event` for object changes. */
export const objectEventNames: { readonly [O in Operation]: string } = Object.freeze({
  CREATE: 'io.basestar.database.event.ObjectCreatedEvent',
  UPDATE: 'io.basestar.database.event.ObjectUpdatedEvent',
  DELETE: 'io.basestar.database.event.ObjectDeletedEvent',
  REFRESH: 'io.basestar.database.event.ObjectRefreshedEvent'
})

/** The values of the attribute `event` for transactions. */
export const transactionEventNames: { readonly started: string; readonly completed: string } = Object.freeze({
  started: 'TransactionStartedEvent',
  completed: 'TransactionCompletedEvent'
})

/** The body of a row-level notification. */
export interface ObjectNotification {
  readonly schema: string
  readonly id: string
  /** Of the object before the change. */
  readonly version?: number
  readonly before?: ObjectImage
  readonly after?: ObjectImage
}

/** A bulk update of one dataset: all of it happens or none. A sync task is one, of its database's dataset. */
export interface Transaction {
  readonly id: string
  readonly datasetId: string
  /** Names and counts for people; never a row value. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

/** The body of a transaction notification. */
export interface TransactionNotification {
  readonly transactionId: string
  readonly datasetId: string
  readonly status: 'STARTED' | 'SUCCESS' | 'FAILURE'
  /** ISO 8601, UTC. */
  readonly at: string
  /** Why, for FAILURE. */
  readonly reason?: string
  readonly detail?: NonNullable<Transaction['detail']>
}

/** A change as a message to a dataset's topic or to the Broadcast topic. */
export const objectNotification = (change: IdentifiedChange): TopicMessage => {
  const { datasetId, schema, operation, id, before, after, eventId } = change
  const body: ObjectNotification = compact({ schema, id, version: versionOf(before), before, after })
  return {
    id: eventId,
    key: objectKey(change),
    body,
    attributes: { event: objectEventNames[operation], datasetId, schema, eventId }
  }
}

/** A transaction's start or end as a message. */
export const transactionNotification = (
  { id, datasetId, detail }: Transaction,
  status: TransactionNotification['status'],
  at: string,
  reason?: string
): TopicMessage => {
  const body: TransactionNotification = compact({ transactionId: id, datasetId, status, at, reason, detail })
  const eventId = digestOf('transaction', datasetId, id, status, at)
  const event = status === 'STARTED' ? transactionEventNames.started : transactionEventNames.completed
  return {
    id: eventId,
    key: JSON.stringify([datasetId, 'transaction', id]),
    body,
    attributes: { event, datasetId, schema: 'Transaction', status, eventId }
  }
}
