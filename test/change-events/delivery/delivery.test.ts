/** Delivery to topics that are slow, dead, choosy or torn: nothing is lost in silence, order per key holds, nobody else waits. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import fc from 'fast-check'
import { SyncError } from 'on-demand-sync'
import type { ChangeTopic, DeliveryOptions, TellingEvent, TopicMessage } from 'on-demand-sync/change-events'
import { createMemoryDeadLetters, createMemoryTopic, defaultDeliveryOptions } from 'on-demand-sync/change-events'
import { createManualClock, settled } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'
import { createBurial } from '../../../src/change-events/delivery/createBurial.ts'
import { createEnding } from '../../../src/change-events/delivery/Ending.ts'
import { createDelivery } from '../../../src/change-events/delivery/createDelivery.ts'

const message = (id: string, key = id): TopicMessage => ({ id, key, body: { id }, attributes: { eventId: id } })

const never = createEnding()

const setUp = (topic: ChangeTopic, options: Partial<DeliveryOptions> = {}) => {
  const clock = createManualClock()
  const deadLetters = createMemoryDeadLetters()
  const heard: Array<TellingEvent> = []
  const emit = (event: TellingEvent) => void heard.push(event)
  const bury = createBurial(deadLetters, { clock, timeoutMs: 1_000, ending: never }, emit)
  const delivery = createDelivery({ topic, bury, clock, emit }, { ...defaultDeliveryOptions, ...options })
  return { clock, deadLetters, heard, delivery }
}

const failing = (retryable: boolean): ChangeTopic => ({
  name: 'dead',
  publish: () => TE.left(SyncError.TopicFailed({ topic: 'dead', detail: 'gone', retryable }))
})

describe('delivery', () => {
  it('keeps the order of each key and loses nothing, whatever the topic does', async () => {
    const answers = fc.infiniteStream(fc.constantFrom<string>('taken', 'taken', 'refused', 'torn', 'throws'))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        answers,
        async (keys, maxBatch, concurrency, script) => {
          const taken: Array<string> = []
          const topic: ChangeTopic = {
            name: 'moody',
            maxBatch,
            publish: messages => async () => {
              await Promise.resolve()
              expect(messages.length).toBeLessThanOrEqual(maxBatch)
              expect(new Set(messages.map(({ key }) => key)).size).toBe(messages.length)
              const error = SyncError.TopicFailed({ topic: 'moody', detail: 'not now', retryable: true })
              const answer = String(script.next().value)
              if (answer === 'throws') throw new Error('a topic must not throw')
              // Torn: it took them all, and the answer was lost.
              if (answer === 'torn') taken.push(...messages.map(({ id }) => id))
              if (answer === 'torn') return E.left(error)
              const [first, ...rest] = messages
              const refused = answer === 'refused' ? 1 : 0
              taken.push(...(refused === 1 ? rest : [first!, ...rest]).map(({ id }) => id))
              return E.right(refused === 1 ? [{ index: 0, error }] : [])
            }
          }
          const { clock, delivery, deadLetters } = setUp(topic, { concurrency, maxAttempts: 1_000 })
          const ids = keys.map((key, n) => `${key}${String(n).padStart(2, '0')}`)
          const ends = Promise.all(ids.map(id => delivery.deliver(message(id, id.slice(0, 1)))))
          await clock.advance(100_000_000)
          const settledEnds = await ends
          const dead = new Set(
            deadLetters.letters().map(letter => (letter.type === 'message' ? letter.message.id : ''))
          )
          for (const [n, id] of ids.entries()) {
            if (settledEnds[n] === 'delivered') expect(taken).toContain(id)
            else expect(dead).toContain(id)
          }
          // Taken for the first time in order, per key.
          for (const key of 'abcd') {
            const firsts = [...new Set(taken.filter(id => id.startsWith(key)))]
            expect(firsts).toEqual([...firsts].sort())
          }
          expect(clock.timers()).toBe(0)
        }
      ),
      { numRuns: 100 }
    )
  })

  it('gives up on a dead topic, with the reason', async () => {
    const { clock, delivery, deadLetters, heard } = setUp(failing(true), { maxAttempts: 4 })
    const end = delivery.deliver(message('1'))
    await clock.advance(60_000)
    expect(await end).toBe('dead letter')
    expect(deadLetters.letters()).toMatchObject([
      { type: 'message', topic: 'dead', attempts: 4, reason: 'topic dead failed: gone', message: { id: '1' } }
    ])
    expect(heard.filter(({ type }) => type === 'retrying')).toHaveLength(3)
  })

  it('comes back when a topic says so, within bounds', async () => {
    const waits = [120_000, 10 ** 12]
    const called: Array<number> = []
    const busy: ChangeTopic = {
      name: 'busy',
      publish: () => () => {
        called.push(clock.now())
        const error = SyncError.TopicFailed({ topic: 'busy', detail: 'busy', retryable: true })
        const retryAfterMs = waits.shift()
        return Promise.resolve(E.right(retryAfterMs === undefined ? [] : [{ index: 0, error, retryAfterMs }]))
      }
    }
    const { clock, delivery, heard } = setUp(busy, { maxRetryAfterMs: 600_000 })
    const end = delivery.deliver(message('1'))
    await clock.advance(10_000_000)
    expect(await end).toBe('delivered')
    expect(called).toEqual([0, 120_000, 720_000])
    expect(heard.flatMap(event => (event.type === 'retrying' ? [event.delayMs] : []))).toEqual([120_000, 600_000])
  })

  it('does not try again what cannot be healed', async () => {
    const { delivery, deadLetters } = setUp(failing(false))
    expect(await delivery.deliver(message('1'))).toBe('dead letter')
    expect(deadLetters.letters()).toMatchObject([{ attempts: 1 }])
  })

  it('leaves a topic behind that never answers', async () => {
    const silent: ChangeTopic = { name: 'silent', publish: () => () => new Promise(() => undefined) }
    const { clock, delivery, deadLetters } = setUp(silent, { maxAttempts: 2, timeoutMs: 1_000 })
    const end = delivery.deliver(message('1'))
    await clock.advance(10_000)
    expect(await end).toBe('dead letter')
    expect(deadLetters.letters()).toMatchObject([{ reason: 'publishing to silent did not finish within 1000 ms' }])
  })

  it('lets no more wait than allowed', async () => {
    const silent: ChangeTopic = { name: 'silent', publish: () => () => new Promise(() => undefined) }
    const { delivery, deadLetters } = setUp(silent, { maxWaiting: 3 })
    for (let n = 0; n < 5; n += 1) void delivery.deliver(message(String(n)))
    await settled()
    expect(delivery.waiting()).toBe(3)
    expect(deadLetters.letters()).toMatchObject([
      { reason: 'more than 3 messages wait for this topic' },
      { reason: 'more than 3 messages wait for this topic' }
    ])
  })

  it('says so when not even the dead letters take it', async () => {
    const { delivery, heard } = (() => {
      const clock = createManualClock()
      const events: Array<TellingEvent> = []
      const deadLetters = { add: () => TE.left(SyncError.AuditFailed({ sink: 'letters', detail: 'disk full' })) }
      const emit = (event: TellingEvent) => void events.push(event)
      return {
        heard: events,
        delivery: createDelivery(
          {
            topic: failing(false),
            bury: createBurial(deadLetters, { clock, timeoutMs: 1_000, ending: never }, emit),
            clock,
            emit
          },
          defaultDeliveryOptions
        )
      }
    })()
    expect(await delivery.deliver(message('1'))).toBe('lost')
    expect(heard).toMatchObject([{ type: 'dead letter', lost: true }])
  })

  it('ends when nothing waits any more, or at its deadline', async () => {
    const topic = createMemoryTopic()
    const good = setUp(topic)
    void good.delivery.deliver(message('1'))
    await good.delivery.stop(never)
    expect(topic.messages()).toHaveLength(1)

    const { clock, delivery, deadLetters } = setUp(failing(true), { maxAttempts: 1_000 })
    const end = delivery.deliver(message('1'))
    const deadline = createEnding()
    const stopped = delivery.stop(deadline)
    await clock.advance(1_000)
    deadline.end()
    await stopped
    expect(await end).toBe('dead letter')
    expect(await delivery.deliver(message('2'))).toBe('dead letter')
    expect(deadLetters.letters()).toMatchObject([
      { reason: 'stopped before it was taken' },
      { reason: 'stopped before it was taken' }
    ])
    expect(clock.timers()).toBe(0)
  })
})
