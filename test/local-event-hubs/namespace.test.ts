import { describe, expect, test } from 'vitest'
import { startLocalEventHubs } from '../../src/testing/local-event-hubs/index.ts'
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

describe('hubs that come and go', () => {
  test('one made while the server runs is there at once', async () => {
    const hubs = await startHubs()
    expect((await failureOf(producerOf(hubs, noRetry, 'late').sendBatch(numbered(1)))).code).toBe(
      'MessagingEntityNotFoundError'
    )
    hubs.createHub('late', { partitions: 3 })
    await producerOf(hubs, noRetry, 'late').sendBatch(numbered(1), { partitionId: '2' })
    expect(hubs.hub('late').events({ partitionId: '2' })).toHaveLength(1)
    expect(hubs.hubNames()).toEqual(['tasks', 'late'])
    expect(() => hubs.createHub('LATE')).toThrow("there is a hub 'LATE' already")
  })

  test('one deleted ends its links and is unknown from then on', async () => {
    const hubs = await startHubs()
    const reading = read(consumerOf(hubs, '$Default', noRetry))
    await until('the reader', () => hubs.stats().links.length === 1)
    expect(hubs.deleteHub('tasks')).toBe(true)
    expect(hubs.deleteHub('tasks')).toBe(false)
    await until('the reader is told', () => reading.errors.length > 0)
    expect(reading.errors[0]).toMatchObject({ code: 'MessagingEntityNotFoundError' })
    expect(() => hubs.hub('tasks')).toThrow("The messaging entity 'tasks' could not be found")
    hubs.createHub('tasks')
    expect(hubs.hub('tasks').events()).toEqual([])
  })

  test('consumer groups too', async () => {
    const hubs = await startHubs()
    hubs.hub('tasks').createConsumerGroup('late')
    const reading = read(consumerOf(hubs, 'late'))
    await until('the reader', () => hubs.hub('tasks').readers().length === 1)
    expect(hubs.hub('tasks').consumerGroups()).toEqual(['$Default', 'sync', 'late'])
    expect(hubs.hub('tasks').deleteConsumerGroup('LATE')).toBe(true)
    await until('the reader is told', () => reading.errors.length > 0)
    expect(reading.errors[0]!.message).toContain("The messaging entity 'tasks|late' could not be found")
  })
})

describe('in process', () => {
  test('events are put in by partition, by key, in turn, and read by clients', async () => {
    const hubs = await startHubs()
    const hub = hubs.hub('tasks')
    expect(hub.append([{ body: 'a' }, { body: 'b' }], { partitionId: '1' })).toEqual([
      { partitionId: '1', sequenceNumber: 0 },
      { partitionId: '1', sequenceNumber: 1 }
    ])
    const byKey = hub.append(numbered(3), { partitionKey: 'k' })
    expect(new Set(byKey.map(({ partitionId }) => partitionId)).size).toBe(1)
    expect(new Set(hub.append(numbered(2)).map(({ partitionId }) => partitionId)).size).toBe(2)
    hub.append(
      [{ body: Buffer.from([1, 2]), properties: { p: 1 }, messageId: 'm', correlationId: 'c', contentType: 't' }],
      { partitionId: '1' }
    )
    const stored = hub.events({ partitionId: '1' }).at(-1)!
    expect(stored).toMatchObject({
      body: Buffer.from([1, 2]),
      bytes: Buffer.from([1, 2]),
      properties: { p: 1 },
      messageId: 'm',
      correlationId: 'c',
      contentType: 't'
    })
    const reading = read(consumerOf(hubs), { partition: '1', maxBatchSize: 10 })
    await until('all of partition 1', () => reading.events.length === hub.events({ partitionId: '1' }).length)
    expect(reading.events.at(-1)).toMatchObject({ body: Buffer.from([1, 2]), properties: { p: 1 }, messageId: 'm' })
    expect(bodies(hub.events({ partitionId: '1', from: 1, limit: 1 }))).toEqual(['b'])
    expect(() => hub.append([{ body: 1 }], { partitionId: '9' })).toThrow('The specified partition is invalid')
  })

  test('one can wait for events, with a limit and a signal', async () => {
    const hubs = await startHubs()
    const hub = hubs.hub('tasks')
    const waiting = hub.waitForEvents(3)
    await producerOf(hubs, quickRetry).sendBatch(numbered(3))
    await waiting
    await hub.waitForEvents(2)
    await expect(hub.waitForEvents(4, { timeoutMs: 20 })).rejects.toThrow(
      "hub 'tasks' did not get 4 events within 20 ms"
    )
    const abort = new AbortController()
    const aborted = hub.waitForEvents(4, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
  })
})

describe('options', () => {
  test('out of range are told all at once', async () => {
    const wrong = startLocalEventHubs({
      port: 70_000,
      hubs: { 'no/name': { partitions: 0 } },
      keys: [],
      retentionMs: -1
    })
    await expect(wrong).rejects.toThrow(
      /port must be a whole number from 0 to 65535, not 70000; retentionMs must .*; keys must hold at least one key; hubs: the name "no\/name" must be .*; hubs\.no\/name\.partitions must be/
    )
  })

  test('a taken port is an error, and nothing is left behind', async () => {
    const hubs = await startHubs()
    await expect(startLocalEventHubs({ port: hubs.port })).rejects.toThrow('EADDRINUSE')
    await expect(startLocalEventHubs({ control: { port: hubs.port } })).rejects.toThrow('EADDRINUSE')
  })

  test('`await using` ends it', async () => {
    let port: number
    {
      await using hubs = await startLocalEventHubs({ hubs: { tasks: {} } })
      port = hubs.port
      expect(hubs.hub('tasks').partitionIds).toHaveLength(4)
    }
    await using again = await startLocalEventHubs({ port })
    expect(again.port).toBe(port)
  })
})
