/** What a host may hand over for an object's fields, and what then travels. */
import fc from 'fast-check'
import type { ObjectChange } from 'on-demand-sync/change-events'
import { createChangeEvents, createMemoryDeadLetters, createMemoryTopic, makeValue } from 'on-demand-sync/change-events'
import { describe, expect, it } from 'vitest'

const setUp = (filter?: string) => {
  const topic = createMemoryTopic()
  const deadLetters = createMemoryDeadLetters()
  const rule = filter === undefined ? {} : { filter }
  const events = createChangeEvents({
    definition: { datasets: [{ id: 'D', subscriptions: { topic: 'topic', subscriptions: [rule] } }] },
    topics: { topic },
    deadLetters
  })
  const bodies = () => topic.messages().map(({ body }) => body as { before?: object; after?: object })
  return { events, bodies, deadLetters }
}

const created = (after: object): ObjectChange => ({
  datasetId: 'D',
  schema: 'S',
  operation: 'CREATE',
  id: '1',
  after: after as never
})

const looped: { self?: object } = {}
looped.self = looped
const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as object

describe('an image', () => {
  it('travels as JSON data, whatever the filter language can read', async () => {
    const { events, bodies } = setUp("made < '2020-01-02' && 'x' in tags && huge > 9007199254740993 && map.k == 1")
    const after = {
      made: new Date('2020-01-01T00:00:00Z'),
      tags: new Set(['x']),
      map: new Map([['k', 1]]),
      huge: 9007199254740995n,
      small: 5n,
      bytes: new Uint8Array([1, 2]),
      day: makeValue.date('2020-02-03'),
      price: makeValue.decimal('1.10'),
      float: makeValue.float(2),
      odd: [NaN, undefined, () => 1, new Date(NaN)],
      absent: undefined,
      own: { toJSON: () => ({ a: 1 }) }
    }
    expect(await events.changed(created(after))).toBe('told')
    expect(bodies()[0]?.after).toEqual({
      made: '2020-01-01T00:00:00Z',
      tags: ['x'],
      map: { k: 1 },
      huge: '9007199254740995',
      small: 5,
      bytes: 'AQI=',
      day: '2020-02-03',
      price: '1.10',
      float: 2,
      odd: [null, null, null, null],
      own: { a: 1 }
    })
    await events.stop()
  })

  it('of JSON travels as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async after => {
        const { events, bodies } = setUp()
        expect(await events.changed(created(after))).toBe('told')
        expect(JSON.stringify(bodies()[0]?.after)).toBe(JSON.stringify(after))
      }),
      { numRuns: 200 }
    )
  })

  it('is the one of the time of the change, whatever becomes of the object afterwards', async () => {
    const { events, bodies } = setUp()
    const after = { list: [1] }
    const told = events.changed(created(after))
    after.list.push(2)
    await told
    expect(bodies()[0]?.after).toEqual({ list: [1] })
    await events.stop()
  })

  it.each([
    ['holds itself', looped],
    ['is nested deeper than 200 levels', { deep }],
    ['holds a value that cannot be read as data', { map: new Map([[{}, 'S3CRET']]) }],
    ['holds a value that cannot be read as data', Object.defineProperty({}, 'x', { enumerable: true, get: refuse })]
  ])('that %s is refused, and its dead letter can be kept', async (words, after) => {
    const { events, bodies, deadLetters } = setUp()
    expect(await events.changed(created(after))).toBe('refused')
    expect(bodies()).toEqual([])
    const [letter] = deadLetters.letters()
    expect(letter).toMatchObject({ type: 'change', change: { id: '1' }, reason: `after: must be data: it ${words}` })
    expect(JSON.stringify(letter)).not.toContain('S3CRET')
    await events.stop()
  })

  it('may be null where there is none, and is passed over where the operation has none', async () => {
    const { events, bodies } = setUp('n == 1')
    const change = (operation: 'CREATE' | 'DELETE', before: object | null, after: object | null) =>
      events.changed({ datasetId: 'D', schema: 'S', operation, id: '1', before, after } as never)
    expect(await change('CREATE', null, { n: 1 })).toBe('told')
    expect(await change('DELETE', { n: 1 }, null)).toBe('told')
    expect(bodies()).toEqual([
      { schema: 'S', operation: 'CREATE', id: '1', after: { n: 1 } },
      { schema: 'S', operation: 'DELETE', id: '1', before: { n: 1 } }
    ])
    // What a filter is asked about is what the message holds.
    expect(await change('CREATE', { n: 1 }, { n: 2 })).toBe('told')
    expect(await change('DELETE', { n: 2 }, { n: 1 })).toBe('told')
    expect(bodies()).toHaveLength(2)
    await events.stop()
  })
})

function refuse(): never {
  throw new Error('S3CRET')
}
