import { describe, expect, test } from 'vitest'
import { bodies, consumerOf, numbered, producerOf, read, startHubs, until } from './client.ts'
import { createManualClock } from '../../src/testing/ManualClock.ts'

describe('events that have expired', () => {
  test('are gone for readers that start at the beginning, or from where they had been', async () => {
    const clock = createManualClock({ startMs: Date.now() })
    const hubs = await startHubs({ clock, retentionMs: 60_000 })
    const producer = producerOf(hubs)
    await producer.sendBatch(numbered(5), { partitionId: '0' })
    const early = hubs.hub('tasks').events({ partitionId: '0' })[1]!
    await clock.advance(40_000)
    await producer.sendBatch(numbered(3, 5), { partitionId: '0' })
    await clock.advance(30_000)
    const client = consumerOf(hubs)
    for (const from of [
      { offset: '-1' },
      { offset: early.offset },
      { sequenceNumber: 1 },
      { enqueuedOn: early.enqueuedAtMs }
    ]) {
      const reading = read(client, { from, maxBatchSize: 10 })
      await until('what is left', () => reading.events.length >= 3)
      expect(bodies(reading.events)).toEqual(bodies(numbered(3, 5)))
      await reading.close()
    }
    expect(await producer.getPartitionProperties('0')).toMatchObject({
      beginningSequenceNumber: 5,
      lastEnqueuedSequenceNumber: 7
    })
  })

  test('under a slow reader are skipped, and it reads on', async () => {
    const hubs = await startHubs({ retentionEvents: 50 })
    hubs.hub('tasks').append(numbered(10), { partitionId: '0' })
    let release: () => void = () => undefined
    const held = new Promise<void>(resolve => (release = resolve))
    const reading = read(consumerOf(hubs), { maxBatchSize: 1, prefetchCount: 1, onEvents: () => held })
    await until('the reader', () => hubs.hub('tasks').readers().length === 1)
    hubs.hub('tasks').append(numbered(200, 10), { partitionId: '0' })
    release()
    await until('the last event', () => reading.events.at(-1)?.sequenceNumber === 209)
    const numbers = reading.events.map(({ sequenceNumber }) => sequenceNumber)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect(numbers.filter(n => n >= 160)).toHaveLength(50)
    expect(numbers.length).toBeLessThan(70)
  })
})

test('memory is given back when events expire', async () => {
  const hubs = await startHubs({ retentionEvents: 100 })
  const hub = hubs.hub('tasks')
  for (let i = 0; i < 3000; i++) hub.append([{ body: 'x'.repeat(100) }], { partitionId: '0' })
  expect(hub.events({ partitionId: '0' })).toHaveLength(100)
  expect(hub.partition('0')).toMatchObject({ beginningSequenceNumber: 2900, lastEnqueuedSequenceNumber: 2999 })
})
