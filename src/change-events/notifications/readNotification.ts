/** For those who are told: notifications read back, whatever else they carry. */
import * as E from 'fp-ts/lib/Either.js'
import { fault } from '../../Fault.ts'
import { readReceived, text } from '../messages/readReceived.ts'
import { isObject, ownField } from '../../internal/objects.ts'
import type { InvalidInput } from '../../SyncError.ts'
import { SyncError } from '../../SyncError.ts'
import type { ObjectImage, Operation } from '../ObjectChange.ts'
import { objectEventNames, transactionEventNames } from './Notification.ts'

/** A notification as its receiver sees it. */
export type ReceivedNotification =
  | {
      readonly type: 'object'
      readonly operation: Operation
      readonly datasetId: string | undefined
      readonly schema: string
      readonly id: string
      readonly before?: ObjectImage
      readonly after?: ObjectImage
    }
  | {
      readonly type: 'transaction'
      readonly datasetId: string | undefined
      readonly transactionId: string
      readonly status: 'STARTED' | 'SUCCESS' | 'FAILURE'
    }
  /** A kind of event that this version does not know: pass it over. */
  | { readonly type: 'unknown'; readonly event: string }

const invalid = (path: string, rule: string): E.Either<InvalidInput, never> =>
  E.left(SyncError.InvalidInput({ subject: 'notification', faults: [fault(path, rule)] }))

const operationOf = (event: string): Operation | undefined =>
  (Object.keys(objectEventNames) as ReadonlyArray<Operation>).find(operation => objectEventNames[operation] === event)

/**
 * Reads a notification: its body as text or parsed JSON, and its attributes. An SNS envelope is taken off. Unknown fields are passed over, unknown events come out as `unknown`.
 *
 * **Errors**: InvalidInput.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { objectEventNames, readNotification } from 'on-demand-sync/change-events'
 *
 * const body = '{"schema":"Order","id":"1","after":{"id":"1"},"addedLater":true}'
 * const read = readNotification(body, { event: objectEventNames.CREATE, datasetId: 'sales' })
 * if (E.isLeft(read) || read.right.type !== 'object' || read.right.operation !== 'CREATE') throw new Error('unexpected')
 * ```
 */
export const readNotification = (
  source: unknown,
  attributeSource: Readonly<Record<string, unknown>> = {}
): E.Either<InvalidInput, ReceivedNotification> => {
  const received = readReceived('notification', source, attributeSource)
  if (E.isLeft(received)) return received
  const { body, attributes } = received.right
  const event = text(attributes, 'event')
  if (event === undefined) return invalid('attributes.event', 'must be the name of an event')
  const datasetId = text(attributes, 'datasetId') ?? text(body, 'datasetId')
  const operation = operationOf(event)
  if (operation !== undefined) {
    const [schema, id] = [text(body, 'schema'), text(body, 'id')]
    if (schema === undefined || id === undefined) return invalid('', 'must have schema and id')
    const [before, after] = [ownField(body, 'before'), ownField(body, 'after')]
    return E.right({
      type: 'object',
      operation,
      datasetId,
      schema,
      id,
      ...(isObject(before) ? { before: before as ObjectImage } : {}),
      ...(isObject(after) ? { after: after as ObjectImage } : {})
    })
  }
  if (event !== transactionEventNames.started && event !== transactionEventNames.completed)
    return E.right({ type: 'unknown', event })
  const [transactionId, status] = [text(body, 'transactionId'), text(body, 'status')]
  if (transactionId === undefined || (status !== 'STARTED' && status !== 'SUCCESS' && status !== 'FAILURE'))
    return invalid('', 'must have transactionId and status')
  return E.right({ type: 'transaction', datasetId, transactionId, status })
}
