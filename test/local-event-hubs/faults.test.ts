import { describe, expect, test } from 'vitest'
import type { NamedError } from '../../src/testing/local-event-hubs/index.ts'
import {
  bodies,
  consumerOf,
  failureOf,
  noRetry,
  numbered,
  producerOf,
  quickRetry,
  read,
  startHubs,
  until
} from './client.ts'

/** What the client makes of each error, and whether it would try again. */
const seen: ReadonlyArray<readonly [NamedError, string, boolean]> = [
  ['server-busy', 'ServerBusyError', true],
  ['timeout', 'ServiceUnavailableError', true],
  ['internal-error', 'InternalServerError', true],
  ['detach-forced', 'DetachForcedError', true],
  ['connection-forced', 'ConnectionForcedError', true],
  ['stolen', 'ReceiverDisconnectedError', false],
  ['unauthorized', 'UnauthorizedError', true],
  ['not-found', 'MessagingEntityNotFoundError', false],
  ['resource-limit', 'QuotaExceededError', false],
  ['not-allowed', 'InvalidOperationError', false],
  ['partition-not-owned', 'PartitionNotOwnedError', false]
]

describe.each(seen)('%s', (error, code, retryable) => {
  test('refuses new links, of the kind that is meant', async () => {
    const hubs = await startHubs()
    const fault = hubs.faults.inject({ on: 'attach', do: 'refuse', error, role: 'consumer', partition: '0' })
    const [hit, spared] = [read(consumerOf(hubs)), read(consumerOf(hubs), { partition: '1' })]
    await producerOf(hubs).sendBatch(numbered(1), { partitionId: '1' })
    await until('the refusal', () => hit.errors.length > 0)
    expect(hit.errors[0]).toMatchObject({ code, retryable })
    await until('the other reads', () => spared.events.length === 1)
    expect(fault.hits()).toBeGreaterThan(0)
    const refused = await failureOf(
      producerOf(hubs)
        .sendBatch(numbered(1), { partitionId: '1' })
        .then(() => Promise.reject(new Error('sent')))
    )
    expect(refused.message).toBe('sent')
  })

  test('ends links that are open', async () => {
    const hubs = await startHubs()
    const reading = read(consumerOf(hubs))
    await until('the reader', () => hubs.hub('tasks').readers().length === 1)
    expect(hubs.faults.strike({ do: 'detach', error, role: 'producer' })).toBe(0)
    expect(hubs.faults.strike({ do: 'detach', error, hub: 'TASKS', consumerGroup: '$default', partition: '0' })).toBe(1)
    await until('the error', () => reading.errors.length > 0)
    expect(reading.errors[0]).toMatchObject({ code, retryable })
  })

  test('rejects what is sent', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'send', do: 'refuse', error, times: 1 })
    const producer = producerOf(hubs)
    expect(await failureOf(producer.sendBatch(numbered(1)))).toMatchObject({ code, retryable })
    await producer.sendBatch(numbered(1, 1))
    expect(bodies(hubs.hub('tasks').events())).toEqual([{ n: 1 }])
  })
})

describe('links', () => {
  test('detached without an error: the client notices at the end of its wait and comes back', async () => {
    const hubs = await startHubs()
    const reading = read(consumerOf(hubs, '$Default', quickRetry))
    await until('the reader', () => hubs.hub('tasks').readers().length === 1)
    expect(hubs.faults.strike({ do: 'detach' })).toBe(1)
    await until('it is gone', () => hubs.hub('tasks').readers().length === 0)
    await until('it is back', () => hubs.hub('tasks').readers().length === 1)
    hubs.hub('tasks').append(numbered(1), { partitionId: '0' })
    await until('the event', () => reading.events.length === 1)
    expect(reading.errors).toEqual([])
  })

  test('detached a moment after the strike, and only those that were there', async () => {
    const hubs = await startHubs()
    const first = read(consumerOf(hubs))
    await until('the first', () => hubs.hub('tasks').readers().length === 1)
    expect(hubs.faults.strike({ do: 'detach', error: 'not-allowed', delayMs: 100 })).toBe(1)
    const second = read(consumerOf(hubs))
    await until('the second', () => hubs.hub('tasks').readers().length === 2)
    await until('the first is told', () => first.errors.length > 0)
    expect(second.errors).toEqual([])
  })

  test('accepted, and detached a moment later', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'attach', do: 'detach', error: 'not-allowed', delayMs: 50, times: 1 })
    const reading = read(consumerOf(hubs))
    await until('the error', () => reading.errors.length > 0)
    expect(reading.errors[0]!.code).toBe('InvalidOperationError')
  })

  test('detached in the midst of events: none is lost, none comes twice', async () => {
    const hubs = await startHubs()
    hubs.hub('tasks').append(numbered(100), { partitionId: '0' })
    const fault = hubs.faults.inject({ on: 'deliver', do: 'detach', error: 'server-busy', skip: 10, times: 3 })
    const reading = read(consumerOf(hubs, '$Default', quickRetry), { maxBatchSize: 5 })
    await until('all of them', () => reading.events.length >= 100)
    expect(bodies(reading.events)).toEqual(bodies(numbered(100)))
    expect(fault.hits()).toBe(3)
  })
})

describe('connections', () => {
  test('closed with an error: the client opens another', async () => {
    const hubs = await startHubs()
    const [producer, reading] = [producerOf(hubs, quickRetry), read(consumerOf(hubs, '$Default', quickRetry))]
    await producer.sendBatch(numbered(1), { partitionId: '0' })
    await until('the event', () => reading.events.length === 1)
    expect(hubs.faults.strike({ do: 'close-connection', error: 'connection-forced' })).toBe(2)
    await producer.sendBatch(numbered(1, 1), { partitionId: '0' })
    await until('the second event', () => reading.events.length === 2)
  })

  test('cut: those meant, and no others', async () => {
    const hubs = await startHubs()
    const [producer, reading] = [producerOf(hubs, quickRetry), read(consumerOf(hubs, 'sync', quickRetry))]
    await producer.sendBatch(numbered(1), { partitionId: '0' })
    await until('the event', () => reading.events.length === 1)
    expect(hubs.faults.strike({ do: 'destroy', consumerGroup: 'sync' })).toBe(1)
    expect(hubs.stats().links.map(({ role }) => role)).toContain('producer')
    await producer.sendBatch(numbered(1, 1), { partitionId: '0' })
    await until('the second event', () => reading.events.length === 2)
    expect(hubs.faults.strike({ do: 'destroy', times: 1 })).toBe(1)
  })

  test('cut while events are sent and delivered', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'send', do: 'destroy', skip: 2, times: 1 })
    hubs.faults.inject({ on: 'deliver', do: 'destroy', skip: 20, times: 1 })
    const [producer, reading] = [
      producerOf(hubs, quickRetry),
      read(consumerOf(hubs, '$Default', quickRetry), { maxBatchSize: 10 })
    ]
    for (let i = 0; i < 5; i++) await producer.sendBatch(numbered(10, i * 10), { partitionId: '0' })
    await until('all of them', () => reading.events.length >= 50)
    expect(bodies(reading.events)).toEqual(bodies(numbered(50)))
  })

  test('accepted slowly, never spoken to, cut at once', async () => {
    const hubs = await startHubs()
    const slow = hubs.faults.inject({ on: 'accept', do: 'delay', delayMs: 300 })
    const start = Date.now()
    await producerOf(hubs).sendBatch(numbered(1))
    expect(Date.now() - start).toBeGreaterThanOrEqual(290)
    slow.remove()
    const silent = hubs.faults.inject({ on: 'accept', do: 'silence', times: 1 })
    const patient = producerOf(hubs).sendBatch(numbered(1))
    await until('the silent connection', () => silent.hits() === 1)
    expect(hubs.hub('tasks').events()).toHaveLength(1)
    silent.remove()
    await patient
    hubs.faults.inject({ on: 'accept', do: 'destroy', times: 1 })
    expect((await failureOf(producerOf(hubs).sendBatch(numbered(1)))).message).toBe('Failed to connect')
    await producerOf(hubs).sendBatch(numbered(1))
    expect(hubs.hub('tasks').events()).toHaveLength(3)
  })
})

describe('sending', () => {
  test('stored and never acknowledged: the client gives up, the event is there', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'send', do: 'silence' })
    const error = await failureOf(producerOf(hubs, { ...noRetry, timeoutInMs: 1200 }).sendBatch(numbered(1)))
    expect(error.code).toBe('OperationTimeoutError')
    expect(hubs.hub('tasks').events()).toHaveLength(1)
  })

  test('lost on the way: the client sends it again', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'send', do: 'lose', times: 1 })
    await producerOf(hubs, { ...quickRetry, timeoutInMs: 1200 }).sendBatch(numbered(1))
    expect(bodies(hubs.hub('tasks').events())).toEqual([{ n: 0 }])
  })

  test('many thousand silent sends do not clog the link', async () => {
    const hubs = await startHubs()
    const fault = hubs.faults.inject({ on: 'send', do: 'lose', times: 6000 })
    const { connectRaw } = await import('./rawClient.ts')
    const client = await connectRaw(hubs, { session_buffer_size: 20_000 })
    const sender = await client.openSender({ target: 'tasks/Partitions/0' })
    let sent = 0
    const push = () => {
      while (sent < 6001 && sender.sendable()) sender.send({ body: sent++ })
    }
    sender.on('sendable', push)
    push()
    await until('the one behind them', () => hubs.stats().totals.eventsIn === 1)
    expect(fault.hits()).toBe(6000)
  })

  test('sends held up by a delay use the credit up: no more come than that', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'send', do: 'delay', delayMs: 60_000, times: 1 })
    const { connectRaw } = await import('./rawClient.ts')
    const client = await connectRaw(hubs)
    const sender = await client.openSender({ target: 'tasks/Partitions/0' })
    let sent = 0
    const push = () => {
      while (sender.sendable()) sender.send({ body: sent++ })
    }
    sender.on('sendable', push)
    push()
    await until('no credit is left', () => hubs.stats().links[0]?.credit === 0)
    expect((sender as unknown as { readonly delivery_count: number }).delivery_count).toBe(300)
  })

  test('delayed sends stay in order', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'send', do: 'delay', delayMs: 100, times: 1 })
    const producer = producerOf(hubs)
    await producer.sendBatch(numbered(0), { partitionId: '0' })
    await Promise.all([0, 1, 2].map(n => producer.sendBatch(numbered(1, n), { partitionId: '0' })))
    expect(bodies(hubs.hub('tasks').events())).toEqual(bodies(numbered(3)))
  })
})

describe('delivering', () => {
  test('stalled for all the credit there is, until the fault is removed', async () => {
    const hubs = await startHubs()
    const stall = hubs.faults.inject({ on: 'deliver', do: 'silence', partition: '0', skip: 2 })
    hubs.hub('tasks').append(numbered(10), { partitionId: '0' })
    hubs.hub('tasks').append(numbered(10), { partitionId: '1' })
    const [stalled, other] = [
      read(consumerOf(hubs), { maxBatchSize: 20 }),
      read(consumerOf(hubs), { partition: '1', maxBatchSize: 20 })
    ]
    await until('the other partition, and two', () => other.events.length === 10 && stalled.events.length === 2)
    expect(hubs.stats().links.find(({ partition }) => partition === '0')!.credit).toBeGreaterThan(0)
    hubs.hub('tasks').append(numbered(1, 10), { partitionId: '0' })
    stall.remove()
    await until('the rest', () => stalled.events.length === 11)
    expect(bodies(stalled.events)).toEqual(bodies(numbered(11)))
  })

  test('delayed', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'deliver', do: 'delay', delayMs: 300, times: 1 })
    const reading = read(consumerOf(hubs), { maxBatchSize: 20 })
    await until('the reader', () => hubs.hub('tasks').readers().length === 1)
    const start = Date.now()
    hubs.hub('tasks').append(numbered(5), { partitionId: '0' })
    await until('the events', () => reading.events.length === 5)
    expect(Date.now() - start).toBeGreaterThanOrEqual(290)
  })
})

describe('$cbs', () => {
  test('refuses with 401 or 500, is silent, is slow', async () => {
    const hubs = await startHubs()
    const refuse = hubs.faults.inject({ on: 'cbs', do: 'refuse' })
    expect(await failureOf(producerOf(hubs).sendBatch(numbered(1)))).toMatchObject({
      code: 'UnauthorizedError',
      retryable: true
    })
    refuse.remove()
    hubs.faults.inject({ on: 'cbs', do: 'refuse', error: 'internal-error', times: 1, hub: 'tasks' })
    expect(await failureOf(producerOf(hubs).sendBatch(numbered(1)))).toMatchObject({ code: 'InternalServerError' })
    hubs.faults.inject({ on: 'cbs', do: 'silence', times: 1 })
    expect(await failureOf(producerOf(hubs, { ...noRetry, timeoutInMs: 1200 }).sendBatch(numbered(1)))).toMatchObject({
      code: 'OperationTimeoutError'
    })
    hubs.faults.inject({ on: 'cbs', do: 'delay', delayMs: 300, times: 1 })
    const start = Date.now()
    await producerOf(hubs).sendBatch(numbered(1))
    expect(Date.now() - start).toBeGreaterThanOrEqual(290)
  })
})

describe('$management', () => {
  test('answers 503 or 404, is silent, is slow, cuts the connection', async () => {
    const hubs = await startHubs()
    const producer = producerOf(hubs, { ...noRetry, timeoutInMs: 1200 })
    hubs.faults.inject({ on: 'management', do: 'refuse', times: 1 })
    expect(await failureOf(producer.getEventHubProperties())).toMatchObject({ code: 'ServerBusyError' })
    hubs.faults.inject({ on: 'management', do: 'refuse', error: 'not-found', times: 1 })
    expect(await failureOf(producer.getPartitionProperties('0'))).toMatchObject({
      code: 'MessagingEntityNotFoundError'
    })
    hubs.faults.inject({ on: 'management', do: 'silence', times: 1 })
    expect(await failureOf(producer.getEventHubProperties())).toMatchObject({ code: 'OperationTimeoutError' })
    hubs.faults.inject({ on: 'management', do: 'delay', delayMs: 300, times: 1, partition: '1' })
    await producer.getPartitionProperties('0')
    const start = Date.now()
    await producer.getPartitionProperties('1')
    expect(Date.now() - start).toBeGreaterThanOrEqual(290)
    hubs.faults.inject({ on: 'management', do: 'destroy', times: 1 })
    expect((await producerOf(hubs, { ...quickRetry, timeoutInMs: 500 }).getEventHubProperties()).name).toBe('tasks')
  })
})

describe('switches', () => {
  test('compose: the first that fits acts; those used up let the next one act', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'send', do: 'refuse', error: 'server-busy', times: 1 })
    hubs.faults.inject({ on: 'send', do: 'refuse', error: 'not-allowed', times: 1, partition: '1' })
    hubs.faults.inject({
      on: 'send',
      do: 'refuse',
      error: { condition: 'amqp:not-implemented', description: 'mine' },
      times: 1
    })
    const producer = producerOf(hubs)
    const codes = []
    for (const partitionId of ['0', '1', '0'])
      codes.push((await failureOf(producer.sendBatch(numbered(1), { partitionId }))).code)
    expect(codes).toEqual(['ServerBusyError', 'InvalidOperationError', 'NotImplementedError'])
    await producer.sendBatch(numbered(1))
    expect(hubs.faults.list().map(({ hits }) => hits())).toEqual([1, 1, 1])
    hubs.faults.clear()
    expect(hubs.faults.list()).toEqual([])
  })

  test('that make no sense are refused, saying what would', async () => {
    const hubs = await startHubs()
    expect(() => hubs.faults.inject({ on: 'accept', do: 'refuse' })).toThrow(
      /^a fault on accept can do delay, silence, destroy$/
    )
    expect(() => hubs.faults.inject({ on: 'nowhere' as never, do: 'refuse' })).toThrow(
      /^a fault's `on` must be one of accept, cbs, /
    )
    expect(() => hubs.faults.inject({ on: 'send', do: 'refuse', error: 'toString' as never })).toThrow(
      /^a fault's `error` must be one of server-busy, /
    )
    expect(hubs.faults.list()).toEqual([])
  })
})
