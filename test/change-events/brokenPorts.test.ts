/** Topics, dead letters and journals that break their promises: they throw, or never answer. Nobody else may suffer, and the goodbye keeps its limit. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { SyncError } from 'on-demand-sync'
import type {
  ChangeEventsOptions,
  ChangeTopic,
  ObjectChange,
  TellingEvent,
  TellingJournal
} from 'on-demand-sync/change-events'
import { createChangeEvents, createMemoryDeadLetters, createMemoryTopic } from 'on-demand-sync/change-events'
import { createManualClock, settled } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'

const never = () => () => new Promise<never>(() => undefined)
const throws = () => {
  throw new Error('a bad port')
}
const refusing: ChangeTopic = {
  name: 'topic',
  publish: () => TE.left(SyncError.TopicFailed({ topic: 'topic', detail: 'gone', retryable: false }))
}

const change = (id: string, version = 1): ObjectChange => ({
  datasetId: 'D',
  schema: 'S',
  operation: 'UPDATE',
  id,
  after: { id, version, n: 1 }
})

const setUp = (options: Partial<ChangeEventsOptions>, filter?: string) => {
  const heard: Array<TellingEvent> = []
  const clock = createManualClock()
  const rule = filter === undefined ? {} : { filter }
  const events = createChangeEvents({
    definition: { datasets: [{ id: 'D', subscriptions: { topic: 'topic', subscriptions: [rule] } }] },
    topics: { topic: createMemoryTopic() },
    clock,
    onEvent: event => void heard.push(event),
    ...options
  })
  return { events, heard, clock }
}

/** Stops with a limit of a second, and tells how long that took by the clock. */
const timeOfStop = async ({ events, clock }: Pick<ReturnType<typeof setUp>, 'events' | 'clock'>): Promise<number> => {
  const startMs = clock.now()
  let endedMs: number | undefined
  void events.stop({ timeoutMs: 1_000 }).then(() => (endedMs = clock.now()))
  for (let second = 0; second < 60 && endedMs === undefined; second += 1) await clock.advance(1_000)
  expect(clock.timers()).toBe(0)
  return (endedMs ?? Infinity) - startMs
}

describe('dead letters', () => {
  it.each([
    ['throw', throws],
    ['reject', () => () => Promise.reject(new Error('a bad port'))]
  ] as const)('that %s cost the letter, and nothing else', async (_, add) => {
    const { events, heard, clock } = setUp({ topics: { topic: refusing }, deadLetters: { add } })
    expect(await Promise.all([events.changed(change('1')), events.changed(change('1', 2))])).toEqual(['lost', 'lost'])
    expect(await events.changed({ ...change('1'), id: '' })).toBe('lost')
    expect(heard.filter(event => event.type === 'dead letter' && event.lost)).toHaveLength(3)
    expect(await timeOfStop({ events, clock })).toBeLessThanOrEqual(1_000)
  })

  it('that never answer hold up neither the next message nor the goodbye', async () => {
    const { events, clock } = setUp({ topics: { topic: refusing }, deadLetters: { add: never } })
    const ends = Promise.all([events.changed(change('1')), events.changed(change('1', 2))])
    await clock.advance(120_000)
    expect(await ends).toEqual(['lost', 'lost'])
    void events.changed(change('2'))
    await settled()
    expect(await timeOfStop({ events, clock })).toBeLessThanOrEqual(10_000)
  })
})

describe('a journal that never answers', () => {
  const journal: TellingJournal = { add: never, done: never, left: never, close: never }

  it('is given up for a telling after the deadline of a call, and the order stays', async () => {
    const topic = createMemoryTopic()
    const { events, heard, clock } = setUp({ topics: { topic }, journal })
    const ends = Promise.all([1, 2, 3].map(version => events.changed(change('1', version))))
    await clock.advance(60_000)
    expect(await ends).toEqual(['told', 'told', 'told'])
    expect(topic.messages().map(({ body }) => (body as { after: { version: number } }).after.version)).toEqual([
      1, 2, 3
    ])
    expect(heard.filter(({ type }) => type === 'journal failed').length).toBeGreaterThanOrEqual(3)
    expect(await timeOfStop({ events, clock })).toBeLessThanOrEqual(10_000)
  })

  it('does not keep the goodbye, nor what waits from its dead letter', async () => {
    const { events, clock } = setUp({ journal })
    const end = events.changed(change('1'))
    await settled()
    expect(await timeOfStop({ events, clock })).toBeLessThanOrEqual(10_000)
    expect(await end).toBe('dead letter')
  })
})

describe('a topic', () => {
  it('that answers with nothing at all is tried again, and buried', async () => {
    const topic = { name: 'topic', publish: () => () => Promise.resolve(E.right(undefined)) }
    const { events, clock } = setUp({ topics: { topic: topic as unknown as ChangeTopic } })
    const end = events.changed(change('1'))
    await clock.advance(600_000)
    expect(await end).toBe('dead letter')
  })

  it('that never closes does not keep the goodbye', async () => {
    const { events, clock } = setUp({ topics: { topic: { ...createMemoryTopic(), close: never } } })
    expect(await timeOfStop({ events, clock })).toBeLessThanOrEqual(10_000)
  })
})

describe('the goodbye', () => {
  it('is waited for by everybody who says it', async () => {
    const { events, clock } = setUp({ topics: { topic: { name: 'topic', publish: never } } })
    void events.changed(change('1'))
    let ended = 0
    for (const stop of [events.stop, events.stop, () => events[Symbol.asyncDispose]()])
      void stop({ timeoutMs: 1_000 }).then(() => (ended += 1))
    await settled()
    expect(ended).toBe(0)
    await clock.advance(1_000)
    expect(ended).toBe(3)
  })

  it('does not wait until slow rules were asked about everything', async () => {
    const deadLetters = createMemoryDeadLetters()
    const slow = { filter: `${'n + '.repeat(100)}1 > 100000` }
    const events = createChangeEvents({
      definition: {
        datasets: [
          { id: 'D', subscriptions: { topic: 'topic', subscriptions: Array.from({ length: 50 }, () => slow) } }
        ]
      },
      topics: { topic: createMemoryTopic() },
      deadLetters
    })
    const ends = Promise.all(Array.from({ length: 2_000 }, (_, n) => events.changed(change(String(n)))))
    const startMs = performance.now()
    await events.stop({ timeoutMs: 50 })
    expect(performance.now() - startMs).toBeLessThan(3_000)
    const words = await ends
    expect(words.filter(word => word === 'dead letter')).toHaveLength(deadLetters.letters().length)
    expect(deadLetters.letters().length).toBeGreaterThan(0)
  })
})
