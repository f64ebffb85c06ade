/** Definitions from YAML, and notifications as their receivers read them. */
import { readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describeError } from 'on-demand-sync'
import {
  objectEventNames,
  readChangeEventsDefinition,
  readNotification,
  transactionEventNames
} from 'on-demand-sync/change-events'
import { describe, expect, it } from 'vitest'

const faultsOf = (text: string): string => {
  const read = readChangeEventsDefinition(text, 'changes.yaml')
  return E.isLeft(read) ? describeError(read.left) : 'none'
}

describe('a definition', () => {
  it('is read from YAML, other settings passed over', async () => {
    const text = await readFile('examples/changes/changes.yaml', 'utf8')
    expect(readChangeEventsDefinition(`${text}\nother: { settings: [1] }\n`, 'changes.yaml')).toMatchObject({
      right: {
        locations: [{ id: 'warehouse', enableEvents: true }],
        datasets: [{ id: 'SALES', location: 'warehouse', notifications: { topic: 'sales-events' } }]
      }
    })
  })

  it('may call topics as the reference does', () => {
    const text = `
datasets:
  - id: sales
    subscriptions:
      enabled: true
      topicArn: arn:aws:sns:eu-west-1:123456789012:orders
      roleArn: arn:aws:iam::123456789012:role/publisher
      subscriptionsSchema: Watch
      dynamicTopics: [other]
      subscriptions: [{ schemas: [Order], filter: "a == 1", operations: [CREATE], context: { k: 1 } }]
    notifications: { enabled: false, topicArn: x }
`
    expect(readChangeEventsDefinition(text, 'changes.yaml')).toEqual(
      E.right({
        locations: [],
        datasets: [
          {
            id: 'sales',
            subscriptions: {
              enabled: true,
              topic: 'arn:aws:sns:eu-west-1:123456789012:orders',
              subscriptionsSchema: 'Watch',
              dynamicTopics: ['other'],
              subscriptions: [{ schemas: ['Order'], filter: 'a == 1', operations: ['CREATE'], context: { k: 1 } }]
            },
            notifications: { enabled: false, topic: 'x' }
          }
        ]
      })
    )
  })

  it('is refused with every fault', () => {
    const faults = faultsOf(`
locations: [{ id: a }, { id: a, enableEvents: often }]
broadcast: [x]
datasets:
  - location: nowhere
    subscriptions: { subscriptions: [{ filter: "a >" }, 7] }
    notifications: {}
  - nonsense
`)
    for (const words of [
      'locations[1].id: must be unique',
      'locations[1].enableEvents: must be true or false',
      'broadcast: must be a text',
      'datasets[0].id: must be given, as a text',
      'datasets[0].location: must be the id of one of the locations',
      'datasets[0].subscriptions.topic: must be given',
      'datasets[0].subscriptions.subscriptions[0].filter: must be an expression: line 1, column 4',
      'datasets[0].subscriptions.subscriptions[1]: must be an object',
      'datasets[0].notifications.topic: must be given',
      'datasets[1]: must be an object'
    ])
      expect(faults).toContain(words)
  })

  it.each([
    ['subscriptions: [{ schemas: [A] }]', 'datasets[0].subscriptions: must be an object'],
    ['subscriptions: true', 'datasets[0].subscriptions: must be an object'],
    ['notifications: topic', 'datasets[0].notifications: must be an object'],
    [
      'subscriptions: { topic: t, dynamicTopics: x }',
      'datasets[0].subscriptions.dynamicTopics: must be a list of texts'
    ],
    [
      'subscriptions: { topic: t, dynamicTopics: [1] }',
      'datasets[0].subscriptions.dynamicTopics: must be a list of texts'
    ]
  ])('does not pass over a block of the wrong form: %s', (block, words) => {
    expect(faultsOf(`datasets: [{ id: s, ${block} }]`)).toContain(words)
  })

  it.each(['', '7', '{', 'a: 1\na: 2', '['.repeat(50_000), 'a: &a [*a]'])('that is none is refused: %.20s', text => {
    expect(faultsOf(text)).not.toBe('none')
  })

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        readChangeEventsDefinition(text, 'changes.yaml')
      })
    )
  })
})

describe('a notification', () => {
  const body = { schema: 'Order', id: '1', before: { n: 1 }, after: { n: 2 }, version: 3, addedLater: [] }
  const attributes = { event: objectEventNames.UPDATE, datasetId: 'sales', schema: 'Order', more: 'x' }
  const expected = {
    type: 'object',
    operation: 'UPDATE',
    datasetId: 'sales',
    schema: 'Order',
    id: '1',
    before: { n: 1 },
    after: { n: 2 }
  }

  it('is read whatever else it carries, as an object, as text, and out of an SNS envelope', () => {
    const envelope = {
      Type: 'Notification',
      MessageId: 'm',
      Message: JSON.stringify(body),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }])
      )
    }
    expect(readNotification(body, attributes)).toEqual(E.right(expected))
    expect(readNotification(JSON.stringify(body), attributes)).toEqual(E.right(expected))
    expect(readNotification(JSON.stringify(envelope))).toEqual(E.right(expected))
  })

  it('of a transaction is read, and an event that nobody knows passed over', () => {
    const transaction = { transactionId: 't', datasetId: 'sales', status: 'FAILURE', reason: 'x' }
    expect(readNotification(transaction, { event: transactionEventNames.completed })).toEqual(
      E.right({ type: 'transaction', datasetId: 'sales', transactionId: 't', status: 'FAILURE' })
    )
    expect(readNotification({}, { event: 'io.basestar.database.event.RefQueryEvent' })).toEqual(
      E.right({ type: 'unknown', event: 'io.basestar.database.event.RefQueryEvent' })
    )
  })

  it('that is none is refused, and its content not repeated', () => {
    for (const [source, with_] of [
      ['S3CRET', attributes],
      ['"S3CRET"', attributes],
      [{ id: 'S3CRET' }, attributes],
      [{ transactionId: 'S3CRET', status: 'S3CRET' }, { event: transactionEventNames.started }],
      [{ Type: 'Notification', Message: 'S3CRET' }, {}],
      [body, {}]
    ] as const) {
      const read = readNotification(source, with_)
      expect(E.isLeft(read)).toBe(true)
      expect(JSON.stringify(read)).not.toContain('S3CRET')
    }
  })
})
