/**
 * Names of attributes. Where OpenTelemetry's semantic conventions (1.28 and later: messaging, database, error) have a name it is theirs; the rest begin with `on_demand_sync.`.
 */
import type { Attributes } from '@opentelemetry/api'
import type { LifecycleEvent } from '../LifecycleEvent.ts'
import type { Position } from '../Position.ts'
import type { ResourceName } from '../Resource.ts'

/** A statement that was tried. */
export type Tried = Extract<LifecycleEvent, { readonly type: 'step' }>['result']

/** On what is done with a batch. */
export const processing: Attributes = { 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' }

/** Where an event stood, without what differs from event to event. */
export const whereOf = ({ hub, consumerGroup, partitionId }: Position): Attributes => ({
  'messaging.destination.name': hub,
  'messaging.consumer.group.name': consumerGroup,
  'messaging.destination.partition.id': partitionId
})

/** A class of failures, for `error.type`: few values, no words. */
export const errorType = (name: string | undefined): Attributes => (name === undefined ? {} : { 'error.type': name })

/** The first word of a statement: GRANT, ALTER. */
const operationOf = (statement: string): string => /^[A-Za-z]+/.exec(statement)?.[0].toUpperCase() ?? 'OTHER'

/** What may be said of a statement where many numbers are added up: no names. */
export const kindOf = ({ step, error }: Tried): Attributes => ({
  'db.system.name': 'snowflake',
  'db.operation.name': operationOf(step.statement),
  'on_demand_sync.phase': step.phase,
  ...errorType(error?._tag)
})

/** The conventions join the parts of a namespace with `|`. */
const namespaceOf = ({ database, schema }: ResourceName): string =>
  schema === undefined ? database : `${database}|${schema}`

/** What may be said of one statement: also the object it changed, and how; not its text. */
export const statementOf = (result: Tried): { readonly name: string; readonly attributes: Attributes } => {
  const { on, changes, statement } = result.step
  const namespace = namespaceOf(on)
  return {
    name: `${operationOf(statement)} ${on.table ?? namespace}`,
    attributes: {
      ...kindOf(result),
      'db.namespace': namespace,
      ...(on.table === undefined ? {} : { 'db.collection.name': on.table }),
      ...(changes.length === 0 ? {} : { 'on_demand_sync.changes': [...new Set(changes.map(({ kind }) => kind))] })
    }
  }
}
