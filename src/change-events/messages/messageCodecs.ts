/**
 * The messages that travel, as io-ts codecs: what a receiver can rely on, and where the published AsyncAPI document comes from.
 *
 * All of them tolerate fields that they do not name: later versions, and the reference system, may send more.
 */
import * as t from 'io-ts'
import { stringWith, withSchema } from '../../internal/jsonSchema.ts'
import { isObject } from '../../internal/objects.ts'
import type { ObjectNotification, TransactionNotification } from '../notifications/Notification.ts'
import type { ObjectImage, Operation } from '../ObjectChange.ts'
import type { SubscriptionMessage } from '../subscriptions/Subscription.ts'

const text = (description: string): t.Type<string> =>
  stringWith('Text', 'must be a text of at least one character', s => s !== '', { minLength: 1, description })

const image = (description: string): t.Type<ObjectImage> =>
  withSchema(
    new t.Type<ObjectImage>(
      'ObjectImage',
      (u): u is ObjectImage => isObject(u),
      (u, context) => (isObject(u) ? t.success(u as ObjectImage) : t.failure(u, context, 'must be an object')),
      t.identity
    ),
    { type: 'object', description }
  )

const anything = (description: string): t.Type<unknown> =>
  withSchema(new t.Type<unknown>('Json', t.unknown.is, t.success, t.identity), { description })

const described = <C extends t.Mixed>(codec: C, description: string): C => withSchema(codec, { description })

const before = image('The object’s fields before the change.')
const after = image('The object’s fields after the change.')
const named = {
  schema: text('The type that the object belongs to.'),
  id: text('The object, unique within its schema.')
}
const version = described(new t.NumberType(), 'The object’s version before the change.')

const OperationCodec: t.Type<Operation> = described(
  t.keyof({ CREATE: null, UPDATE: null, DELETE: null, REFRESH: null }),
  'What was done. REFRESH: the object was written again or read for the first time, without being changed itself.'
)

/**
 * The body of a message to a subscriber: for receivers, and for checks of their own. Unknown fields are kept.
 *
 * @example
 * ```ts
 * import { SubscriptionMessageCodec } from 'on-demand-sync/change-events'
 *
 * const body: unknown = JSON.parse('{"schema":"Order","operation":"CREATE","id":"1","after":{"amount":200}}')
 * if (!SubscriptionMessageCodec.is(body) || body.operation !== 'CREATE') throw new Error('unexpected')
 * ```
 */
export const SubscriptionMessageCodec: t.Type<SubscriptionMessage> = t.intersection(
  [
    t.type({ ...named, operation: OperationCodec }),
    t.partial({ before, after, context: anything('The rule’s context, echoed.') })
  ],
  'SubscriptionMessage'
)

/** A body with the side that its operation always has. */
type WithAfter = ObjectNotification & { readonly after: ObjectImage }
type WithBefore = ObjectNotification & { readonly before: ObjectImage }

/** The bodies of row-level notifications, by operation. */
export const objectNotificationCodecs: {
  readonly CREATE: t.Type<WithAfter>
  readonly UPDATE: t.Type<WithAfter>
  readonly DELETE: t.Type<WithBefore>
  readonly REFRESH: t.Type<WithAfter>
} = {
  CREATE: t.type({ ...named, after }, 'ObjectCreated'),
  UPDATE: t.intersection([t.type({ ...named, after }), t.partial({ version, before })], 'ObjectUpdated'),
  DELETE: t.intersection([t.type({ ...named, before }), t.partial({ version })], 'ObjectDeleted'),
  REFRESH: t.intersection([t.type({ ...named, after }), t.partial({ version, before })], 'ObjectRefreshed')
}

const transaction = {
  transactionId: text('The transaction: a bulk update of one dataset, or a sync task.'),
  datasetId: text('The dataset that it belongs to.'),
  at: text('ISO 8601, UTC.')
}
const isDetail = (u: unknown): u is NonNullable<TransactionNotification['detail']> =>
  isObject(u) && Object.values(u).every(value => ['string', 'number', 'boolean'].includes(typeof value))

const detail = withSchema(
  new t.Type<NonNullable<TransactionNotification['detail']>>(
    'Detail',
    isDetail,
    (u, context) =>
      isDetail(u) ? t.success(u) : t.failure(u, context, 'must be an object of texts, numbers and booleans'),
    t.identity
  ),
  {
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean'] },
    description: 'Names and counts for people; never a row value.'
  }
)

type Started = TransactionNotification & { readonly status: 'STARTED' }
type Completed = TransactionNotification & { readonly status: 'SUCCESS' | 'FAILURE' }

/** The body of the notification that a transaction begins. */
export const TransactionStartedCodec: t.Type<Started> = t.intersection(
  [t.type({ ...transaction, status: t.literal('STARTED') }), t.partial({ detail })],
  'TransactionStarted'
)

/** The body of the notification that a transaction has ended. */
export const TransactionCompletedCodec: t.Type<Completed> = t.intersection(
  [
    t.type({ ...transaction, status: t.keyof({ SUCCESS: null, FAILURE: null }) }),
    t.partial({ detail, reason: text('Why, for FAILURE.') })
  ],
  'TransactionCompleted'
)

const eventId = text('The same whenever the message comes again: remove duplicates by it.')
const dataset = text('The dataset of the object or the transaction.')

/** The attributes of a message to a subscriber. */
export const SubscriptionAttributesCodec: t.Mixed = t.type(
  {
    datasetId: dataset,
    schema: named.schema,
    operation: OperationCodec,
    subscription: text('The rule: `static` and its place in the list, or `dynamic` and the id of its object.'),
    eventId
  },
  'SubscriptionAttributes'
)

/** The attributes of a row-level notification with this event name. */
export const objectAttributesCodec = (event: string): t.Mixed =>
  t.type({ event: t.literal(event), datasetId: dataset, schema: named.schema, eventId }, 'ObjectAttributes')

/** The attributes of a transaction notification with this event name. */
export const transactionAttributesCodec = (event: string, status: t.Mixed): t.Mixed =>
  t.type(
    { event: t.literal(event), datasetId: dataset, schema: t.literal('Transaction'), status, eventId },
    'TransactionAttributes'
  )
