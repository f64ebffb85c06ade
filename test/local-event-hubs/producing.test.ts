import { randomUUID } from 'node:crypto'
import type { EventHubBufferedProducerClientOptions } from '@azure/event-hubs'
import { EventHubBufferedProducerClient } from '@azure/event-hubs'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LocalEventHubs } from '../../src/testing/local-event-hubs/index.ts'
import { partitionForKey } from '../../src/testing/local-event-hubs/index.ts'
import { bodies, consumerOf, failureOf, numbered, producerOf, read, startHubs, until } from './client.ts'

const bufferedOf = (hubs: LocalEventHubs, options: Partial<EventHubBufferedProducerClientOptions> = {}) => {
  const failures: unknown[] = []
  const client = new EventHubBufferedProducerClient(hubs.connectionString('tasks'), {
    onSendEventsErrorHandler: ({ error }) => void failures.push(error),
    maxWaitTimeInMs: 20,
    ...options
  })
  onTestFinished(() => client.close({ flush: false }))
  return { client, failures }
}

describe('what is sent arrives', () => {
  test('as an array, as a batch, as one event, each to the partition named', async () => {
    const hubs = await startHubs()
    const producer = producerOf(hubs)
    await producer.sendBatch(numbered(3), { partitionId: '1' })
    const batch = await producer.createBatch({ partitionId: '1' })
    expect(batch.maxSizeInBytes).toBe(1_048_576)
    batch.tryAdd({ body: 'in a batch' })
    await producer.sendBatch(batch)
    await producer.sendBatch([{ body: 'alone' }], { partitionId: '0' })
    expect(bodies(hubs.hub('tasks').events({ partitionId: '1' }))).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, 'in a batch'])
    expect(bodies(hubs.hub('tasks').events({ partitionId: '0' }))).toEqual(['alone'])
  })

  test('with every property, body type and annotation, when it is read again', async () => {
    const hubs = await startHubs()
    const producer = producerOf(hubs)
    const bytes = Buffer.from([0, 1, 255])
    await producer.sendBatch(
      [
        {
          body: { deep: ['ä', 1.5, null, true] },
          properties: { text: 't', int: 7, big: 5_000_000_000, flag: false, date: new Date(1000) },
          messageId: 'm',
          correlationId: 'c',
          contentType: 'text/plain'
        },
        { body: bytes },
        { body: null },
        { body: '' }
      ],
      { partitionId: '0' }
    )
    await producer.sendBatch(
      [
        { body: ['value', 2], bodyType: 'value', messageAnnotations: { custom: 'kept' } },
        { body: [[1, 2], ['x']], bodyType: 'sequence' }
      ],
      { partitionId: '0' }
    )
    const reading = read(consumerOf(hubs))
    await until('six events', () => reading.events.length === 6)
    const [first, second, third, empty, fourth, fifth] = reading.events
    expect(first).toMatchObject({
      body: { deep: ['ä', 1.5, null, true] },
      properties: { text: 't', int: 7, big: 5_000_000_000, flag: false, date: 1000 },
      messageId: 'm',
      correlationId: 'c',
      contentType: 'text/plain',
      sequenceNumber: 0,
      offset: '0'
    })
    expect(second!.body).toEqual(bytes)
    expect(third!.body).toBeNull()
    expect(fourth!.body).toEqual(['value', 2])
    expect(fourth!.systemProperties).toMatchObject({ custom: 'kept' })
    expect(fifth!.getRawAmqpMessage().bodyType).toBe('sequence')
    expect(empty!.body).toBe('')
    expect(Math.abs(first!.enqueuedTimeUtc.getTime() - Date.now())).toBeLessThan(60_000)
  })

  test('a large event in many frames, and a batch filled to the brim', async () => {
    const hubs = await startHubs()
    const producer = producerOf(hubs)
    const large = Buffer.alloc(700_000, 7)
    await producer.sendBatch([{ body: large }], { partitionId: '0' })
    const batch = await producer.createBatch({ partitionId: '0' })
    while (batch.tryAdd({ body: 'x'.repeat(1000) })) continue
    await producer.sendBatch(batch)
    const reading = read(consumerOf(hubs), { maxBatchSize: 500, skipParsingBodyAsJson: true })
    await until('all of it', () => reading.events.length === 1 + batch.count)
    expect(large.equals(reading.events[0]!.body as Buffer)).toBe(true)
  })
})

describe('routing', () => {
  test('events with a key keep together, where the service’s hash puts them', async () => {
    const hubs = await startHubs({ hubs: { tasks: { partitions: 7 } } })
    const producer = producerOf(hubs)
    const keys = ['', 'a', 'order-17', 'ключ', 'x'.repeat(128), ...Array.from({ length: 20 }, () => randomUUID())]
    for (const key of keys) await producer.sendBatch([{ body: key }], { partitionKey: key })
    for (const event of hubs.hub('tasks').events()) {
      expect(event.partitionId).toBe(String(partitionForKey(event.body as string, 7)))
      expect(event.partitionKey).toBe(event.body)
    }
  })

  test('the buffered producer, which hashes keys itself, agrees', async () => {
    const hubs = await startHubs({ hubs: { tasks: { partitions: 7 } } })
    const { client } = bufferedOf(hubs)
    const keys = Array.from({ length: 40 }, (_, i) => `key-${i}-${'y'.repeat(i)}`)
    for (const key of keys) await client.enqueueEvent({ body: key }, { partitionKey: key })
    await client.flush()
    const found = hubs.hub('tasks').events()
    expect(found).toHaveLength(keys.length)
    for (const { partitionId, body } of found) expect(partitionId).toBe(String(partitionForKey(body as string, 7)))
  })

  test('events without a key go round', async () => {
    const hubs = await startHubs({ hubs: { tasks: { partitions: 3 } } })
    const producer = producerOf(hubs)
    for (const event of numbered(9)) await producer.sendBatch([event])
    expect(hubs.hub('tasks').partitionIds.map(id => hubs.hub('tasks').events({ partitionId: id }).length)).toEqual([
      3, 3, 3
    ])
  })

  test('the buffered producer spreads thousands of events and loses none', async () => {
    const hubs = await startHubs()
    const { client, failures } = bufferedOf(hubs)
    for (const event of numbered(2000)) await client.enqueueEvent(event)
    await client.close()
    expect(failures).toEqual([])
    const found = hubs
      .hub('tasks')
      .events()
      .map(({ body }) => (body as { n: number }).n)
    expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, i) => i))
  })
})

describe('refusals', () => {
  test('a message over the limit, and the link goes on', async () => {
    const hubs = await startHubs({ maxMessageSizeBytes: 10_000 })
    const producer = producerOf(hubs)
    expect((await producer.createBatch()).maxSizeInBytes).toBe(10_000)
    const error = await failureOf(producer.sendBatch([{ body: 'x'.repeat(20_000) }], { partitionId: '0' }))
    expect(error.code).toBe('MessageTooLargeError')
    expect(error.message).toMatch(
      /^The received message \(delivery-id:0, size:\d+ bytes\) exceeds the limit \(10000 bytes\) currently allowed on the link\./
    )
    await producer.sendBatch([{ body: 'small' }], { partitionId: '0' })
    expect(bodies(hubs.hub('tasks').events())).toEqual(['small'])
    expect(hubs.stats().totals).toMatchObject({ rejected: 1, eventsIn: 1 })
  })

  test('a hub that is not there', async () => {
    const hubs = await startHubs()
    const error = await failureOf(producerOf(hubs, undefined, 'nowhere').sendBatch(numbered(1)))
    expect(error.code).toBe('MessagingEntityNotFoundError')
    expect(error.message).toMatch(/^The messaging entity 'sb:\/\/127\.0\.0\.1:\d+\/nowhere' could not be found\./)
  })

  test('a partition that is not there', async () => {
    const hubs = await startHubs()
    const error = await failureOf(producerOf(hubs).sendBatch(numbered(1), { partitionId: '7' }))
    expect(error.code).toBe('ArgumentOutOfRangeError')
    expect(error.message).toContain(
      'The specified partition is invalid for an EventHub partition sender or receiver. It should be between 0 and 1.'
    )
  })
})

describe('idempotent publishing', () => {
  test('stores a batch once though its acknowledgement was lost and the client sent it again', async () => {
    const hubs = await startHubs()
    const lost = hubs.faults.inject({ on: 'send', do: 'silence', times: 2 })
    const { client, failures } = bufferedOf(hubs, {
      enableIdempotentRetries: true,
      retryOptions: { maxRetries: 5, timeoutInMs: 1500, retryDelayInMs: 20 }
    })
    for (const event of numbered(10)) await client.enqueueEvent(event, { partitionId: '0' })
    await client.flush()
    for (const event of numbered(5, 10)) await client.enqueueEvent(event, { partitionId: '0' })
    await client.flush()
    expect(failures).toEqual([])
    expect(lost.hits()).toBe(2)
    expect(bodies(hubs.hub('tasks').events({ partitionId: '0' }))).toEqual(bodies(numbered(15)))
  })

  test('without it the same loss shows as a duplicate', async () => {
    const hubs = await startHubs()
    hubs.faults.inject({ on: 'send', do: 'silence', times: 1 })
    const producer = producerOf(hubs, { maxRetries: 3, timeoutInMs: 1500, retryDelayInMs: 20 })
    await producer.sendBatch(numbered(1), { partitionId: '0' })
    expect(bodies(hubs.hub('tasks').events())).toEqual([{ n: 0 }, { n: 0 }])
  })
})
