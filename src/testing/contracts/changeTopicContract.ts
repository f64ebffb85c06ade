/** What every {@link ChangeTopic} does. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import type { ChangeTopic, TopicMessage } from '../../change-events/ChangeTopic.ts'
import { orThrow } from '../../Promises.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { casesOver, withSkips } from './ContractCase.ts'

/** A message as a consumer sees it. */
export type ArrivedMessage = Pick<TopicMessage, 'id' | 'body' | 'attributes'>

/** A topic under test, and a look at what arrives. */
export interface ChangeTopicSubject {
  readonly topic: ChangeTopic
  /** What has arrived by now, in the order of arrival where the service keeps one. */
  readonly read: () => Promise<ReadonlyArray<ArrivedMessage>>
  readonly teardown?: () => Promise<void>
}

/** How the suite gets a topic that nothing was sent to yet. */
export interface ChangeTopicHarness {
  readonly make: () => Promise<ChangeTopicSubject>
}

/** A message, for tests. */
export const sampleTopicMessage = (n: number, over: Partial<TopicMessage> = {}): TopicMessage => ({
  id: `event-${n}`,
  key: `object-${n}`,
  body: { schema: 'Order', operation: 'UPDATE', id: String(n), before: { n: n - 1 }, after: { n } },
  attributes: { event: 'ObjectUpdatedEvent', datasetId: 'sales', schema: 'Order', eventId: `event-${n}` },
  ...over
})

const hostileTexts = [
  '',
  ' ',
  '"',
  "'",
  '\\',
  '\n\t',
  '\u0000',
  '<&>',
  '%',
  '{}',
  'é表🧾',
  '__proto__',
  'x'.repeat(2_000)
]

const ids = (messages: ReadonlyArray<ArrivedMessage>): ReadonlyArray<string> => messages.map(({ id }) => id)

/**
 * The contract of `ChangeTopic`.
 *
 * @example
 * ```ts
 * import { createMemoryTopic } from 'on-demand-sync/change-events'
 * import { changeTopicContract } from 'on-demand-sync/testing'
 *
 * const make = async () => {
 *   const topic = createMemoryTopic()
 *   return { topic, read: async () => topic.messages() }
 * }
 * for (const { run } of changeTopicContract({ make })) await run()
 * ```
 */
export const changeTopicContract = (
  { make }: ChangeTopicHarness,
  options?: ContractOptions
): ReadonlyArray<ContractCase> => {
  const withSubject = casesOver(make, async ({ topic }) => {
    for (let twice = 0; twice < 2; twice += 1) {
      const closed = await topic.close?.()()
      assert.ok(closed === undefined || E.isRight(closed), 'closing answers right, and closing again does too')
    }
  })
  const publish = async (topic: ChangeTopic, messages: ReadonlyArray<TopicMessage>) => {
    const most = topic.maxBatch ?? 1
    for (let at = 0; at < messages.length; at += most)
      assert.deepEqual(orThrow(await topic.publish(messages.slice(at, at + most))()), [])
  }
  return withSkips(
    [
      withSubject('takes messages whole: id, body and attributes', async ({ topic, read }) => {
        const messages = [1, 2, 3].map(n => sampleTopicMessage(n))
        await publish(topic, messages)
        const arrived = [...(await read())].sort((a, b) => (a.id < b.id ? -1 : 1))
        assert.deepEqual(
          arrived.map(({ id, body, attributes }) => ({ id, body, attributes: { ...attributes } })),
          messages.map(({ id, body, attributes }) => ({ id, body, attributes }))
        )
      }),
      withSubject('takes as many at once as it says', async ({ topic, read }) => {
        const messages = Array.from({ length: 2 * (topic.maxBatch ?? 1) + 1 }, (_, n) => sampleTopicMessage(n))
        await publish(topic, messages)
        assert.deepEqual([...ids(await read())].sort(), [...ids(messages)].sort())
      }),
      withSubject('keeps the order of one key', async ({ topic, read }) => {
        const messages = Array.from({ length: 12 }, (_, n) => sampleTopicMessage(n, { key: 'one object' }))
        for (const message of messages) await publish(topic, [message])
        assert.deepEqual(ids(await read()), ids(messages))
      }),
      withSubject('changes no text of a body', async ({ topic, read }) => {
        const messages = hostileTexts.map((text, n) =>
          sampleTopicMessage(n, { body: { text, [`x${text}`]: [text, null] } })
        )
        await publish(topic, messages)
        const bodies = new Map((await read()).map(({ id, body }) => [id, body]))
        for (const { id, body } of messages) assert.deepEqual(bodies.get(id), body)
      }),
      withSubject('takes keys of any kind', async ({ topic, read }) => {
        const messages = hostileTexts.map((key, n) => sampleTopicMessage(n, { key }))
        await publish(topic, messages)
        assert.equal((await read()).length, messages.length)
      }),
      withSubject('answers, and does not throw, when it is told to end', async ({ topic }) => {
        const controller = new AbortController()
        controller.abort()
        const ended = await topic.publish([sampleTopicMessage(1)], { signal: controller.signal })()
        if (E.isLeft(ended)) assert.notEqual(ended.left._tag, 'Defect')
      })
    ],
    options
  )
}
