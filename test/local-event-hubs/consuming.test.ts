import { latestEventPosition } from '@azure/event-hubs'
import type { EventContext } from 'rhea'
import { describe, expect, test } from 'vitest'
import { bodies, consumerOf, numbered, producerOf, read, startHubs, until } from './client.ts'
import { connectRaw } from './rawClient.ts'

const filled = async (count = 10) => {
  const hubs = await startHubs()
  for (const event of numbered(count)) hubs.hub('tasks').append([event], { partitionId: '0' })
  return hubs
}

describe('where a reader starts', () => {
  test('at the beginning, behind or at an offset, behind or at a sequence number', async () => {
    const hubs = await filled()
    const { offset } = hubs.hub('tasks').events({ partitionId: '0', from: 4, limit: 1 })[0]!
    const client = consumerOf(hubs)
    const readings = [
      [0, { offset: '-1' }],
      [5, { offset }],
      [4, { offset, isInclusive: true }],
      [8, { sequenceNumber: 7 }],
      [7, { sequenceNumber: 7, isInclusive: true }]
    ] as const
    for (const [first, from] of readings) {
      const reading = read(client, { from, maxBatchSize: 20 })
      await until(`events from ${first}`, () => reading.events.length > 0)
      expect(bodies(reading.events)).toEqual(bodies(numbered(10 - first, first)))
      await reading.close()
    }
  })

  test('behind an enqueued time', async () => {
    const hubs = await filled(0)
    const hub = hubs.hub('tasks')
    hub.append(numbered(1), { partitionId: '0' })
    const { enqueuedAtMs } = hub.events()[0]!
    await until('a later millisecond', () => Date.now() > enqueuedAtMs + 1)
    hub.append(numbered(2, 1), { partitionId: '0' })
    const reading = read(consumerOf(hubs), { from: { enqueuedOn: new Date(enqueuedAtMs) } })
    await until('both later events', () => reading.events.length === 2)
    expect(bodies(reading.events)).toEqual([{ n: 1 }, { n: 2 }])
  })

  test('at the end: only what comes after it attached', async () => {
    const hubs = await filled()
    const reading = read(consumerOf(hubs), { from: latestEventPosition })
    await until('the reader', () => hubs.hub('tasks').readers().length === 1)
    await producerOf(hubs).sendBatch([{ body: 'new' }], { partitionId: '0' })
    await until('the new event', () => reading.events.length > 0)
    expect(bodies(reading.events)).toEqual(['new'])
  })
})

describe('what a reader gets', () => {
  test('every event in order, while more are sent', async () => {
    const hubs = await startHubs()
    const [producer, reading] = [producerOf(hubs), read(consumerOf(hubs), { maxBatchSize: 50 })]
    for (let i = 0; i < 40; i++) await producer.sendBatch(numbered(25, i * 25), { partitionId: '0' })
    await until('a thousand events', () => reading.events.length === 1000)
    expect(bodies(reading.events)).toEqual(bodies(numbered(1000)))
    expect(reading.events.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i)
    )
  })

  test('the same as every other reader and group', async () => {
    const hubs = await filled(20)
    const readings = [read(consumerOf(hubs)), read(consumerOf(hubs)), read(consumerOf(hubs, 'sync'))]
    await until('all', () => readings.every(({ events }) => events.length === 20))
    for (const { events } of readings) expect(bodies(events)).toEqual(bodies(numbered(20)))
  })

  test('no more than it asked for', async () => {
    const hubs = await filled(1000)
    let release: () => void = () => undefined
    const held = new Promise<void>(resolve => (release = resolve))
    const reading = read(consumerOf(hubs), { maxBatchSize: 10, prefetchCount: 30, onEvents: () => held })
    await until('the credit is used up', () => hubs.stats().links.some(({ events }) => events === 30))
    expect(hubs.stats().links.map(({ credit, events }) => ({ credit, events }))).toEqual([{ credit: 0, events: 30 }])
    release()
    await until('all of them', () => reading.events.length === 1000)
  })

  test('what the partition’s newest event is, where it asks for that', async () => {
    const hubs = await filled(5)
    const last = hubs.hub('tasks').partition('0')
    let seen: unknown
    const client = consumerOf(hubs)
    const subscription = client.subscribe(
      '0',
      {
        processEvents: (events, { lastEnqueuedEventProperties }) => {
          if (events.length > 0) seen = lastEnqueuedEventProperties
          return Promise.resolve()
        },
        processError: () => Promise.resolve()
      },
      { startPosition: { offset: '-1' }, trackLastEnqueuedEventProperties: true }
    )
    await until('the properties', () => seen !== undefined)
    await subscription.close()
    expect(seen).toMatchObject({
      sequenceNumber: 4,
      offset: last.lastEnqueuedOffset,
      enqueuedOn: new Date(last.lastEnqueuedAtMs),
      retrievedOn: expect.any(Date) as Date
    })
  })

  test('all partitions, when it subscribes to the hub', async () => {
    const hubs = await startHubs({ hubs: { tasks: { partitions: 8 } } })
    hubs.hub('tasks').append(numbered(80))
    const client = consumerOf(hubs)
    const found: unknown[] = []
    const subscription = client.subscribe(
      {
        processEvents: events => (found.push(...bodies(events)), Promise.resolve()),
        processError: () => Promise.resolve()
      },
      { startPosition: { offset: '-1' }, maxBatchSize: 20 }
    )
    await until('eighty events', () => found.length === 80)
    await subscription.close()
    await until('no reader is left', () => hubs.hub('tasks').readers().length === 0)
  })
})

describe('refusals', () => {
  test('a consumer group, a hub, a partition that is not there', async () => {
    const hubs = await startHubs()
    const cases = [
      [
        read(consumerOf(hubs, 'nobody')),
        'MessagingEntityNotFoundError',
        /^The messaging entity 'tasks\|nobody' could not be found/
      ],
      [
        read(consumerOf(hubs, '$Default', undefined, 'nowhere')),
        'MessagingEntityNotFoundError',
        /^The messaging entity 'sb:\/\/127\.0\.0\.1:\d+\/nowhere\/.*' could not be found\./
      ],
      [
        read(consumerOf(hubs), { partition: '9' }),
        'ArgumentOutOfRangeError',
        /^The specified partition is invalid for an EventHub partition sender or receiver\. It should be between 0 and 1\./
      ]
    ] as const
    for (const [{ errors }, code, text] of cases) {
      await until(code, () => errors.length > 0)
      expect(errors[0]!.code).toBe(code)
      expect(errors[0]!.message).toMatch(text)
    }
  })

  test('a position behind the last event', async () => {
    const hubs = await filled(3)
    const reading = read(consumerOf(hubs), { from: { sequenceNumber: 40 } })
    await until('the refusal', () => reading.errors.length > 0)
    expect(reading.errors[0]).toMatchObject({ code: 'ArgumentError' })
    expect(reading.errors[0]!.message).toContain(
      "The supplied sequence number '40' is invalid. The last sequence number in the system is '2'"
    )
  })
})

test('consumer group and hub are found in any case', async () => {
  const hubs = await filled(1)
  const reading = read(consumerOf(hubs, '$default', undefined, 'TASKS'))
  await until('the event', () => reading.events.length === 1)
})

// Begin, attach and flow leave in one write, as Qpid Proton sends them; the answers have an order of their own.
test('a client that gives credit in the same breath as it attaches', async () => {
  const hubs = await filled(5)
  const client = await connectRaw(hubs)
  const heard: Array<unknown> = []
  const session = client.connection.create_session()
  session.begin()
  const link = session.attach_receiver({ source: 'tasks/ConsumerGroups/$Default/Partitions/0', credit_window: 0 })
  link.on('receiver_open', () => heard.push('attached'))
  link.on('message', ({ message }: EventContext) => heard.push(message?.message_annotations?.['x-opt-sequence-number']))
  link.add_credit(5)
  void client.closed.then(() => heard.push('ended'))
  await until('the events, or an end', () => heard.length >= 6 || heard.includes('ended'))
  expect(heard).toEqual(['attached', 0, 1, 2, 3, 4])
})
