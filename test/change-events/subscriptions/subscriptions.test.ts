/** Subscriptions from the outside: rules, messages, rules as objects, rules that fail. */
import { SyncException } from 'on-demand-sync'
import type { ChangeEventsOptions, ObjectChange, TellingEvent } from 'on-demand-sync/change-events'
import { createChangeEvents, createMemoryDeadLetters, createMemoryTopic } from 'on-demand-sync/change-events'
import { describe, expect, it } from 'vitest'

type Subscriptions = NonNullable<ChangeEventsOptions['definition']['datasets'][number]['subscriptions']>

const setUp = (subscriptions: Partial<Subscriptions>, more: Partial<ChangeEventsOptions> = {}) => {
  const [orders, other] = [createMemoryTopic('orders'), createMemoryTopic('other')]
  const deadLetters = createMemoryDeadLetters()
  const heard: Array<TellingEvent> = []
  const events = createChangeEvents({
    definition: { datasets: [{ id: 'sales', subscriptions: { topic: 'orders', ...subscriptions } }] },
    topics: { orders, other },
    deadLetters,
    onEvent: event => void heard.push(event),
    ...more
  })
  return { events, orders, other, deadLetters, heard }
}

const order = (over: Partial<ObjectChange> = {}): ObjectChange => ({
  datasetId: 'sales',
  schema: 'Order',
  operation: 'CREATE',
  id: '1',
  after: { id: '1', status: 'NEW', amount: 10 },
  ...over
})

describe('a static subscription', () => {
  it('is told exactly the published fields', async () => {
    const context = { k: 1, nested: [true, null] }
    const { events, orders } = setUp({ subscriptions: [{ schemas: ['Order'], filter: "status == 'NEW'", context }] })
    const before = { id: '1', status: 'NEW', amount: 1 }
    const after = { id: '1', status: 'PAID', amount: 1 }
    expect(await events.changed(order({ operation: 'UPDATE', before, after }))).toBe('told')
    expect(orders.messages().map(({ body }) => body)).toEqual([
      { schema: 'Order', operation: 'UPDATE', id: '1', before, after, context }
    ])
  })

  it('carries the side that exists, and no context where none was given', async () => {
    const { events, orders } = setUp({ subscriptions: [{}] })
    await events.changed(order())
    await events.changed(order({ operation: 'DELETE', before: { id: '1' }, after: undefined as never }))
    expect(orders.messages().map(({ body }) => Object.keys(body))).toEqual([
      ['schema', 'operation', 'id', 'after'],
      ['schema', 'operation', 'id', 'before']
    ])
  })

  it('is told of its schemas and operations only', async () => {
    const { events, orders } = setUp({ subscriptions: [{ schemas: ['Order'], operations: ['CREATE', 'REFRESH'] }] })
    for (const schema of ['Order', 'Line'])
      for (const operation of ['CREATE', 'UPDATE', 'DELETE', 'REFRESH'] as const)
        await events.changed(order({ schema, operation, before: {}, after: {} }))
    expect(orders.messages().map(({ attributes }) => [attributes['schema'], attributes['operation']])).toEqual([
      ['Order', 'CREATE'],
      ['Order', 'REFRESH']
    ])
  })

  it('may have a topic of its own; two rules that match are two messages', async () => {
    const { events, orders, other } = setUp({ subscriptions: [{}, { topic: 'other' }, { context: 2 }] })
    await events.changed(order({ eventId: 'e1' }))
    expect([orders.messages().length, other.messages().length]).toEqual([2, 1])
    expect(new Set([...orders.messages(), ...other.messages()].map(({ id }) => id)).size).toBe(3)
    await events.changed(order({ eventId: 'e1' }))
    expect(new Set(orders.messages().map(({ id }) => id)).size).toBe(2)
  })

  it('is off where subscriptions are off, and never hears of the Admin dataset', async () => {
    const off = setUp({ enabled: false, subscriptions: [{}] })
    await off.events.changed(order())
    expect(off.orders.messages()).toEqual([])
    const topic = createMemoryTopic()
    const admin = createChangeEvents({
      definition: { datasets: [{ id: 'Admin', subscriptions: { topic: 'topic', subscriptions: [{}] } }] },
      topics: { topic }
    })
    await admin.changed(order({ datasetId: 'Admin' }))
    expect(topic.messages()).toEqual([])
  })

  it('with faults is refused with all of them, when change events are made', () => {
    const rules = [
      { filter: 'amount >' },
      { operations: ['INSERT' as never], schemas: 'Order' as never },
      { topic: 'none' }
    ]
    const made = () => setUp({ topic: 'nowhere', subscriptions: rules })
    expect(made).toThrow(SyncException)
    for (const words of [
      'datasets[0].subscriptions.topic: must be the name of one of the given topics',
      'subscriptions[0].filter: must be an expression: line 1, column 9',
      'subscriptions[1].operations: must be some of CREATE',
      'subscriptions[1].schemas: must be a list of texts',
      'subscriptions[2].topic'
    ])
      expect(made).toThrow(words)
  })
})

describe('a dynamic subscription', () => {
  it('is rejected where the rules of its dataset would become too large together, or where it is no data', async () => {
    const { events, heard } = setUp({ subscriptionsSchema: 'Watch' }, { maxDynamicSize: 40 })
    const write = (id: string, after: object) =>
      events.changed(order({ schema: 'Watch', operation: 'REFRESH', id, after: after as never }))
    const rejected = () => heard.flatMap(event => (event.type === 'rule rejected' ? [event.subscription] : []))
    await write('a', { filter: 'amount > 1' })
    await write('b', { context: 'x'.repeat(26) })
    expect([rejected(), events.subscriptions('sales')]).toEqual([[], 2])
    await write('c', { filter: 'a' })
    expect([rejected(), events.subscriptions('sales')]).toEqual([['dynamic c'], 2])
    // Room is made by rules that shrink or go.
    await write('b', { context: 'x' })
    await write('c', { filter: 'a' })
    expect([rejected(), events.subscriptions('sales')]).toEqual([['dynamic c'], 3])
    const looped: { id: string; self?: object } = { id: 'd' }
    looped.self = looped
    events.restore('sales', [looped])
    expect([rejected(), events.subscriptions('sales')]).toEqual([['dynamic c', 'dynamic d'], 3])
    await events.stop()
  })

  const rule = (over: object = {}): ObjectChange => ({
    datasetId: 'sales',
    schema: 'Watch',
    operation: 'CREATE',
    id: 'w1',
    after: { id: 'w1', version: 1, schemas: ['Order'], filter: 'amount > 5', context: 'big', ...over }
  })

  it('comes, changes and goes with its object', async () => {
    const { events, orders } = setUp({ subscriptionsSchema: 'Watch' })
    await events.changed(order())
    void events.changed(rule())
    await events.changed(order({ id: '2' }))
    void events.changed({ ...rule({ filter: 'amount > 50' }), operation: 'UPDATE', before: {} })
    await events.changed(order({ id: '3' }))
    await events.changed(order({ id: '4', after: { amount: 51 } }))
    void events.changed({ ...rule(), operation: 'DELETE', before: {}, after: undefined as never })
    await events.changed(order({ id: '5', after: { amount: 51 } }))
    expect(orders.messages().map(({ body }) => body)).toMatchObject([
      { id: '2', context: 'big' },
      { id: '4', context: 'big' }
    ])
    expect(events.subscriptions('sales')).toBe(0)
  })

  it('does not hold for the change that made it', async () => {
    const { events, orders } = setUp({ subscriptionsSchema: 'Watch' })
    await events.changed(rule({ schemas: undefined, filter: undefined }))
    expect(orders.messages()).toEqual([])
    await events.changed(order())
    expect(orders.messages()).toHaveLength(1)
  })

  it('that is wrong is rejected and reported, and ends what it was before', async () => {
    const { events, orders, heard } = setUp({ subscriptionsSchema: 'Watch' })
    await events.changed(rule())
    await events.changed({ ...rule({ filter: 'S3CRET > ( ' }), operation: 'UPDATE', before: {} })
    await events.changed(rule({ topic: 'other' }))
    await events.changed(order())
    expect(orders.messages()).toEqual([])
    expect(heard.map(({ type }) => type)).toEqual(['rule registered', 'rule ended', 'rule rejected', 'rule rejected'])
    expect(JSON.stringify(heard)).not.toContain('S3CRET')
  })

  it('may name only topics that its dataset allows', async () => {
    const { events, other } = setUp({ subscriptionsSchema: 'Watch', dynamicTopics: ['other'] })
    await events.changed(rule({ topic: 'other' }))
    await events.changed(order())
    expect(other.messages()).toHaveLength(1)
  })

  it('is taken up again after a restart', async () => {
    const { events, orders } = setUp({ subscriptionsSchema: 'Watch' })
    events.restore('sales', [rule().after!])
    await events.changed(order())
    expect(orders.messages()).toHaveLength(1)
  })

  it('is one of a bounded number', async () => {
    const { events, heard } = setUp({ subscriptionsSchema: 'Watch' }, { maxDynamicSubscriptions: 2 })
    for (let n = 0; n < 5; n += 1) await events.changed({ ...rule(), id: `w${n}` })
    expect(events.subscriptions('sales')).toBe(2)
    expect(heard.filter(({ type }) => type === 'rule rejected')).toHaveLength(3)
  })
})

describe('a rule that fails', () => {
  it('harms itself only, is reported, and ends in a dead letter with its reason', async () => {
    const { events, orders, deadLetters, heard } = setUp({
      subscriptions: [{ filter: 'missing == 1' }, { context: 'good' }, { filter: 'amount.size() > 1' }]
    })
    await events.changed(order())
    expect(orders.messages().map(({ body }) => body)).toMatchObject([{ context: 'good' }])
    expect(deadLetters.letters()).toMatchObject([
      { type: 'change', subscription: 'static 0', reason: 'the name missing is not defined' },
      { type: 'change', subscription: 'static 2' }
    ])
    expect(heard.filter(({ type }) => type === 'filter failed')).toHaveLength(2)
  })

  it('is suspended in the end, and is asked again once it is written again', async () => {
    const { events, deadLetters, heard } = setUp({ subscriptionsSchema: 'Watch' })
    const poison = (filter: string): ObjectChange => ({
      datasetId: 'sales',
      schema: 'Watch',
      operation: 'UPDATE',
      id: 'p',
      before: {},
      after: { schemas: ['Order'], filter }
    })
    await events.changed(poison('(x >= 0 && y >= 0 for all x of many) for all y of many'))
    const many = Array.from({ length: 2_000 }, (_, n) => n)
    for (let n = 0; n < 10; n += 1) await events.changed(order({ id: String(n), after: { many } }))
    expect(deadLetters.letters()).toHaveLength(3)
    expect(heard.filter(({ type }) => type === 'rule suspended')).toHaveLength(1)
    expect(events.subscriptions('sales')).toBe(0)
    await events.changed(poison('amount > 1'))
    expect(events.subscriptions('sales')).toBe(1)
    // One that only has no answer is given more time.
    for (let n = 0; n < 99; n += 1) await events.changed(order({ after: {} }))
    expect(events.subscriptions('sales')).toBe(1)
    await events.changed(order({ after: {} }))
    expect(events.subscriptions('sales')).toBe(0)
  })

  it('lets the host have its turns', async () => {
    const subscriptions = Array.from({ length: 60 }, () => ({ filter: '(x >= 0 for all x of many) && amount > 99' }))
    const { events } = setUp({ subscriptions })
    const many = Array.from({ length: 10_000 }, (_, n) => n)
    let turns = 0
    const count = setInterval(() => (turns += 1), 0)
    await events.changed(order({ after: { many, amount: 1 } }))
    clearInterval(count)
    expect(turns).toBeGreaterThan(2)
  })
})

describe('a change', () => {
  it('that is none is refused, into a dead letter', async () => {
    const { events, deadLetters } = setUp({ subscriptions: [{}] })
    expect(await events.changed(order({ operation: 'UPSERT' as never }))).toBe('refused')
    expect(await events.changed(order({ id: 1 as never }))).toBe('refused')
    expect(await events.changed(order({ after: 'x' as never }))).toBe('refused')
    expect(deadLetters.letters().map(({ reason }) => reason)).toEqual([
      'operation: must be one of CREATE, UPDATE, DELETE, REFRESH',
      'id: must be a text of at least one character',
      'after: must be an object'
    ])
  })

  it('after the end is refused', async () => {
    const { events } = setUp({ subscriptions: [{}] })
    await events.stop()
    expect(await events.changed(order())).toBe('refused')
  })

  it('has the same event id whenever it is told, where it has a version', async () => {
    const { events, orders } = setUp({ subscriptions: [{}] })
    const versioned = order({ after: { id: '1', version: 3 } })
    await events.changed(versioned)
    await events.changed(versioned)
    await events.changed(order())
    await events.changed(order())
    expect(new Set(orders.messages().map(({ id }) => id)).size).toBe(3)
  })
})
