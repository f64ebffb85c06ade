import { describe, expect, test } from 'vitest'
import { consumerOf, failureOf, numbered, producerOf, quickRetry, read, startHubs, until } from './client.ts'

const controlled = async () => {
  const hubs = await startHubs({ control: {} })
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${hubs.controlUrl!}${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
  }
  return { hubs, call }
}

describe('hubs', () => {
  test('are listed, made, deleted; groups too', async () => {
    const { hubs, call } = await controlled()
    expect(await call('GET', '/health')).toEqual({ status: 200, body: { status: 'ok' } })
    expect(await call('PUT', '/hubs/late', { partitions: 3, consumerGroups: ['g'] })).toEqual({
      status: 201,
      body: { name: 'late', partitionIds: ['0', '1', '2'], consumerGroups: ['$Default', 'g'] }
    })
    expect(await call('PUT', '/hubs/Late')).toMatchObject({ status: 409 })
    expect((await call('PUT', '/hubs/late/consumer-groups/h')).status).toBe(204)
    expect((await call('DELETE', '/hubs/late/consumer-groups/g')).status).toBe(204)
    expect((await call('DELETE', '/hubs/late/consumer-groups/g')).status).toBe(404)
    expect(await call('GET', '/hubs/late')).toMatchObject({ body: { consumerGroups: ['$Default', 'h'] } })
    expect(await call('GET', '/hubs')).toMatchObject({ body: [{ name: 'tasks' }, { name: 'late' }] })
    expect((await call('DELETE', '/hubs/late')).status).toBe(204)
    expect((await call('DELETE', '/hubs/late')).status).toBe(404)
    expect(await call('GET', '/hubs/late')).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining("'late' could not be found") as string }
    })
    expect(hubs.hubNames()).toEqual(['tasks'])
  })

  test('take events in and show what is there', async () => {
    const { hubs, call } = await controlled()
    const sent = { events: [{ body: { n: 1 }, properties: { p: 'q' } }, { body: 'two' }], partitionId: '1' }
    expect(await call('POST', '/hubs/tasks/events', sent)).toEqual({
      status: 201,
      body: [
        { partitionId: '1', sequenceNumber: 0 },
        { partitionId: '1', sequenceNumber: 1 }
      ]
    })
    hubs.hub('tasks').append([{ body: Buffer.from([0xff]) }], { partitionId: '1' })
    expect(await call('GET', '/hubs/tasks/events?partitionId=1&from=0&limit=5')).toMatchObject({
      body: [{ body: { n: 1 }, properties: { p: 'q' }, offset: '0' }, { body: 'two' }, { bodyBase64: '/w==' }]
    })
    expect(await call('GET', '/hubs/tasks/partitions/1')).toMatchObject({
      body: { lastEnqueuedSequenceNumber: 2, isEmpty: false }
    })
    expect((await call('POST', '/hubs/tasks/partitions/1/truncate', { before: 2 })).status).toBe(204)
    expect(await call('GET', '/hubs/tasks/events')).toMatchObject({ body: [{ sequenceNumber: 2 }] })
    expect((await call('GET', '/hubs/tasks/partitions/7')).status).toBe(400)
  })

  test('can be waited for, and tell who reads', async () => {
    const { hubs, call } = await controlled()
    expect((await call('GET', '/hubs/tasks/wait?count=1&timeoutMs=20')).status).toBe(408)
    const waiting = call('GET', '/hubs/tasks/wait?count=2')
    read(consumerOf(hubs), { ownerLevel: 4 })
    await producerOf(hubs).sendBatch(numbered(2))
    expect((await waiting).status).toBe(204)
    await until('the reader', () => hubs.hub('tasks').readers().length === 1)
    expect(await call('GET', '/hubs/tasks/readers')).toMatchObject({
      body: [{ consumerGroup: '$Default', partitionId: '0', epoch: 4 }]
    })
    expect(await call('GET', '/stats')).toMatchObject({ body: { totals: { eventsIn: 2 } } })
  })
})

describe('faults', () => {
  test('are set, counted, taken away; strikes hit', async () => {
    const { hubs, call } = await controlled()
    const fault = { on: 'send', do: 'refuse', error: 'not-allowed', times: 1 }
    expect(await call('POST', '/faults', fault)).toEqual({ status: 201, body: { id: 1, hits: 0, fault } })
    const producer = producerOf(hubs, quickRetry)
    expect((await failureOf(producer.sendBatch(numbered(1)))).code).toBe('InvalidOperationError')
    expect(await call('GET', '/faults')).toMatchObject({ body: [{ id: 1, hits: 1 }] })
    expect((await call('DELETE', '/faults/1')).status).toBe(204)
    expect((await call('DELETE', '/faults/1')).status).toBe(404)
    expect(
      (await call('POST', '/faults', { on: 'cbs', do: 'delay', delayMs: 1, error: { condition: 'a:b' } })).status
    ).toBe(201)
    expect((await call('DELETE', '/faults')).status).toBe(204)
    expect(hubs.faults.list()).toEqual([])
    expect(await call('POST', '/strikes', { do: 'detach', role: 'producer' })).toEqual({
      status: 200,
      body: { hit: 1 }
    })
  })

  test('and a restart', async () => {
    const { hubs, call } = await controlled()
    hubs.hub('tasks').append(numbered(1))
    expect((await call('POST', '/restart', { keepEvents: false })).status).toBe(204)
    expect(hubs.hub('tasks').events()).toEqual([])
    expect((await call('POST', '/restart')).status).toBe(204)
    await producerOf(hubs).sendBatch(numbered(1))
  })
})

test('what does not fit is refused with its place, and never with a stack', async () => {
  const { call } = await controlled()
  const cases = [
    ['POST', '/faults', '{', 'the body is not JSON'],
    ['POST', '/faults', [], 'the body does not fit at its root'],
    ['POST', '/faults', { on: 'send', do: 'refuse', tiems: 1 }, 'the body does not fit at tiems'],
    ['POST', '/faults', { on: 'send', do: 'refuse', times: -1 }, 'the body does not fit at times'],
    ['POST', '/faults', { on: 'accept', do: 'refuse' }, 'a fault on accept can do delay, silence, destroy'],
    ['POST', '/hubs/tasks/events', { events: [{ body: 1 }, { bodi: 1 }] }, 'the body does not fit at events.1.bodi'],
    ['POST', '/hubs/tasks/events', {}, 'the body does not fit at events'],
    ['GET', '/hubs/tasks/events?from=x', undefined, 'from must be a whole number'],
    [
      'PUT',
      '/hubs/new',
      { partitions: 0 },
      'options of startLocalEventHubs: hubs.new.partitions must be a whole number from 1 to 2000, not 0'
    ]
  ] as const
  for (const [method, path, body, error] of cases)
    expect(await call(method, path, body)).toEqual({ status: 400, body: { error } })
  expect((await fetch(`${(await controlled()).hubs.controlUrl!}/nowhere`)).status).toBe(404)
})
