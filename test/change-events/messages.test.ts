/** The messages that travel: what the codecs, the published document and the messages themselves say of each other. */
import { Ajv } from 'ajv'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { readFileSync } from 'node:fs'
import type { ObjectChange } from 'on-demand-sync/change-events'
import {
  changeEventsAsyncApi,
  createChangeEvents,
  createMemoryTopic,
  readNotification,
  readSubscriptionMessage,
  SubscriptionMessageCodec
} from 'on-demand-sync/change-events'
import { describe, expect, it } from 'vitest'

interface Described {
  readonly name: string
  readonly headers: object
  readonly payload: object
  readonly examples: ReadonlyArray<{ readonly headers: Record<string, string>; readonly payload: object }>
}

interface Document {
  readonly channels: Record<string, { readonly messages: Record<string, { readonly $ref: string }> }>
  readonly operations: Record<
    string,
    { readonly channel: { readonly $ref: string }; readonly messages: ReadonlyArray<{ readonly $ref: string }> }
  >
  readonly components: { readonly messages: Record<string, Described> }
}

const document = changeEventsAsyncApi as unknown as Document
const described = Object.entries(document.components.messages)
// The schemas of an AsyncAPI document are JSON Schema draft 7.
const ajv = new Ajv({ strict: true, allowUnionTypes: true })
const validators = new Map(
  described.map(([name, { headers, payload }]) => [name, [ajv.compile(headers), ajv.compile(payload)] as const])
)

/** The kinds of message, by name, that a message is. */
const kindsOf = (headers: unknown, payload: unknown): ReadonlyArray<string> =>
  [...validators].flatMap(([name, [isHeaders, isPayload]]) => (isHeaders(headers) && isPayload(payload) ? [name] : []))

const pointed = (ref: string): unknown =>
  ref
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document)

describe('the AsyncAPI document', () => {
  it('is the one that is shipped (npm run asyncapi)', () => {
    expect(JSON.parse(readFileSync('schema/change-events.asyncapi.json', 'utf8'))).toEqual(changeEventsAsyncApi)
  })

  it.each(described)('has examples of %s that fit it and nothing else', (name, { examples }) => {
    expect(examples.length).toBeGreaterThan(0)
    for (const { headers, payload } of examples) expect(kindsOf(headers, payload)).toEqual([name])
  })

  it('refers to nothing that is not there', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref)
    expect(refs.length).toBeGreaterThan(0)
    for (const ref of refs) expect(pointed(ref)).toBeDefined()
    for (const { channel, messages } of Object.values(document.operations))
      for (const { $ref } of messages) expect($ref.startsWith(`${channel.$ref}/messages/`)).toBe(true)
  })
})

const image = fc.dictionary(fc.string(), fc.jsonValue())
const changes: fc.Arbitrary<ObjectChange> = fc
  .record({
    operation: fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'REFRESH'),
    id: fc.string({ minLength: 1 }),
    schema: fc.string({ minLength: 1 }),
    before: image,
    after: image
  })
  .map(change => ({ datasetId: 'D', ...change }))

describe('every message', () => {
  it('fits the document, and is read back', async () => {
    await fc.assert(
      fc.asyncProperty(changes, fc.jsonValue(), async (change, context) => {
        const [subscribers, dataset] = [createMemoryTopic(), createMemoryTopic()]
        const events = createChangeEvents({
          definition: {
            datasets: [
              {
                id: 'D',
                subscriptions: { topic: 'subscribers', subscriptions: [{ context }] },
                notifications: { topic: 'dataset' }
              }
            ]
          },
          topics: { subscribers, dataset }
        })
        await events.catalogueChanged(change)
        await events.started({ id: change.id, datasetId: 'D' })
        await events.completed({ id: change.id, datasetId: 'D', detail: { rows: 1 } }, 'FAILURE', 'gone')
        const names = { CREATE: 'Created', UPDATE: 'Updated', DELETE: 'Deleted', REFRESH: 'Refreshed' }
        const kinds = [...subscribers.messages(), ...dataset.messages()].map(({ attributes, body }) =>
          kindsOf(attributes, JSON.parse(JSON.stringify(body)))
        )
        expect(kinds).toEqual([
          ['subscription'],
          [`object${names[change.operation]}`],
          ['transactionStarted'],
          ['transactionCompleted']
        ])
        for (const { body } of subscribers.messages())
          expect(readSubscriptionMessage(JSON.stringify(body))).toMatchObject({ right: { id: change.id } })
        for (const { attributes, body } of dataset.messages())
          expect(readNotification(JSON.stringify(body), attributes)).toMatchObject({ _tag: 'Right' })
      }),
      { numRuns: 100 }
    )
  })
})

describe('a subscription message', () => {
  const body = { schema: 'Order', operation: 'CREATE', id: '1', after: { n: 1 }, context: [1], addedLater: true }

  it('is read as an object, as text, and out of an SNS envelope', () => {
    const envelope = { Type: 'Notification', MessageId: 'm', Message: JSON.stringify(body) }
    for (const source of [body, JSON.stringify(body), envelope, JSON.stringify(envelope)])
      expect(readSubscriptionMessage(source)).toEqual(E.right(body))
    expect(SubscriptionMessageCodec.is(body)).toBe(true)
  })

  it('that is none is refused, and its content not repeated', () => {
    for (const source of ['S3CRET', '"S3CRET"', [], { ...body, operation: 'S3CRET' }, { ...body, id: '' }, {}]) {
      const read = readSubscriptionMessage(source)
      expect(E.isLeft(read)).toBe(true)
      expect(JSON.stringify(read)).not.toContain('S3CRET')
    }
    expect(readSubscriptionMessage({ ...body, after: 'S3CRET' })).toMatchObject({
      left: { faults: [{ path: 'after', rule: 'must be an object' }] }
    })
  })
})
