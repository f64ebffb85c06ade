/** The published description of all messages: AsyncAPI 3 (asyncapi.com), made from the codecs, with examples made by what makes the messages. */
import * as t from 'io-ts'
import type { JsonSchema } from '../../internal/jsonSchema.ts'
import { jsonSchemaOf } from '../../internal/jsonSchema.ts'
import type { TopicMessage } from '../ChangeTopic.ts'
import {
  objectEventNames,
  objectNotification,
  transactionEventNames,
  transactionNotification
} from '../notifications/Notification.ts'
import type { IdentifiedChange, ObjectImage, Operation } from '../ObjectChange.ts'
import { subscriptionMessage } from '../subscriptions/Subscription.ts'
import {
  objectAttributesCodec,
  objectNotificationCodecs,
  SubscriptionAttributesCodec,
  SubscriptionMessageCodec,
  transactionAttributesCodec,
  TransactionCompletedCodec,
  TransactionStartedCodec
} from './messageCodecs.ts'

/** One kind of message, as the document describes it. */
interface Described {
  readonly title: string
  readonly summary: string
  readonly headers: t.Mixed
  readonly payload: t.Mixed
  readonly examples: ReadonlyArray<TopicMessage>
}

const old: ObjectImage = { id: 'o-1', version: 1, status: 'NEW', amount: 150 }
const changed: ObjectImage = { id: 'o-1', version: 2, status: 'PAID', amount: 150 }

const sample = (operation: Operation): IdentifiedChange => ({
  datasetId: 'sales',
  schema: 'Order',
  operation,
  id: 'o-1',
  eventId: 'b5bb9d8014a0f9b1d61e21e796d78dcc',
  ...(operation === 'CREATE' || operation === 'REFRESH' ? {} : { before: old }),
  ...(operation === 'DELETE' ? {} : { after: operation === 'CREATE' ? old : changed })
})

const rule = { key: 'static 0', context: { team: 'billing' } }
const load = { id: 'load-7', datasetId: 'sales', detail: { rows: 1200 } }
const [begin, end] = ['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:07.000Z']

const objectMessage = (operation: Operation, what: string): Described => ({
  title: `Object ${what}`,
  summary: `An object was ${what}, as it is told to a dataset’s topic and to the Broadcast topic.`,
  headers: objectAttributesCodec(objectEventNames[operation]),
  payload: objectNotificationCodecs[operation],
  examples: [objectNotification(sample(operation))]
})

const messages = {
  subscription: {
    title: 'Subscription message',
    summary: 'A change that matches a rule, as it is told to the rule’s topic.',
    headers: SubscriptionAttributesCodec,
    payload: SubscriptionMessageCodec,
    examples: (['CREATE', 'UPDATE', 'DELETE', 'REFRESH'] as const).map(each => subscriptionMessage(sample(each), rule))
  },
  objectCreated: objectMessage('CREATE', 'created'),
  objectUpdated: objectMessage('UPDATE', 'updated'),
  objectDeleted: objectMessage('DELETE', 'deleted'),
  objectRefreshed: objectMessage('REFRESH', 'refreshed'),
  transactionStarted: {
    title: 'Transaction started',
    summary: 'A bulk update of one dataset, or a sync task, begins.',
    headers: transactionAttributesCodec(transactionEventNames.started, t.literal('STARTED')),
    payload: TransactionStartedCodec,
    examples: [transactionNotification(load, 'STARTED', begin)]
  },
  transactionCompleted: {
    title: 'Transaction completed',
    summary: 'A bulk update of one dataset, or a sync task, has ended: all of it was done, or none.',
    headers: transactionAttributesCodec(transactionEventNames.completed, t.keyof({ SUCCESS: null, FAILURE: null })),
    payload: TransactionCompletedCodec,
    examples: [
      transactionNotification(load, 'SUCCESS', end),
      transactionNotification(load, 'FAILURE', end, 'the warehouse is suspended')
    ]
  }
} satisfies { readonly [name: string]: Described }

type MessageName = keyof typeof messages

const names = Object.keys(messages) as ReadonlyArray<MessageName>
const notificationNames = names.filter(name => name !== 'subscription')

const describe = (name: MessageName): JsonSchema => {
  const { title, summary, headers, payload, examples }: Described = messages[name]
  return {
    name,
    title,
    summary,
    contentType: 'application/json',
    headers: jsonSchemaOf(headers),
    payload: jsonSchemaOf(payload),
    examples: examples.map(({ attributes, body }, index) => ({
      name: `${name}${index + 1}`,
      headers: attributes,
      payload: body
    }))
  }
}

const channel = (title: string, description: string, carried: ReadonlyArray<MessageName>): JsonSchema => ({
  address: null,
  title,
  description,
  messages: Object.fromEntries(carried.map(name => [name, { $ref: `#/components/messages/${name}` }]))
})

const operation = (name: string, summary: string, carried: ReadonlyArray<MessageName>): JsonSchema => ({
  action: 'send',
  summary,
  channel: { $ref: `#/channels/${name}` },
  messages: carried.map(message => ({ $ref: `#/channels/${name}/messages/${message}` }))
})

/**
 * The AsyncAPI 3.0 document of all messages that change events send; also shipped as `on-demand-sync/schema/change-events.asyncapi.json`.
 *
 * **When to use**: to generate types or documentation for consumers, or to check messages in their tests. `headers` are the attributes: SNS message attributes, application
 * properties of Event Hubs, `change-*` headers of a webhook.
 *
 * @example
 * ```ts
 * import { changeEventsAsyncApi } from 'on-demand-sync/change-events'
 *
 * if (changeEventsAsyncApi['asyncapi'] !== '3.0.0') throw new Error('unexpected')
 * ```
 */
export const changeEventsAsyncApi: JsonSchema = {
  asyncapi: '3.0.0',
  info: {
    title: 'Change events of on-demand-sync',
    // Of the messages, not of the library: it changes when a consumer would have to.
    version: '1.0.0',
    description:
      'Subscriptions, notifications and captured changes. Delivery is at least once and in order per object; `eventId` is the same whenever a message comes again. Consumers pass over fields, and events, that they do not know.',
    license: { name: 'Apache-2.0' }
  },
  defaultContentType: 'application/json',
  channels: {
    subscriptions: channel(
      'A subscription’s topic',
      'Told of changes that match a rule: the topic of the rule, or of its dataset’s subscriptions.',
      ['subscription']
    ),
    notifications: channel(
      'A dataset’s topic',
      'Told of the dataset’s transactions at once, and of its captured rows.',
      notificationNames
    ),
    broadcast: channel('The Broadcast topic', 'Told what all datasets’ topics are told.', notificationNames)
  },
  operations: {
    tellSubscribers: operation('subscriptions', 'Tells a subscriber of a change.', ['subscription']),
    notify: operation('notifications', 'Tells a dataset’s topic.', notificationNames),
    broadcast: operation('broadcast', 'Tells the Broadcast topic.', notificationNames)
  },
  components: { messages: Object.fromEntries(names.map(name => [name, describe(name)])) }
}
