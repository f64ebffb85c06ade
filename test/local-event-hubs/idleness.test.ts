import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { numbered, producerOf, quickRetry, startHubs, until } from './client.ts'
import { createManualClock } from '../../src/testing/ManualClock.ts'
import { connectRaw } from './rawClient.ts'

describe('a connection without links', () => {
  test('is closed after a while, as the service does it', async () => {
    const clock = createManualClock({ startMs: Date.now() })
    const hubs = await startHubs({ clock })
    const client = await connectRaw(hubs)
    const sender = await client.openSender({ target: 'tasks' })
    await clock.advance(290_000)
    sender.close()
    await until('the link is gone', () => hubs.stats().links.length === 0)
    await clock.advance(290_000)
    expect(client.connection.is_open()).toBe(true)
    await clock.advance(10_001)
    expect(await client.closed).toMatchObject({
      condition: 'amqp:connection:forced',
      description: expect.stringContaining(
        'because it did not have any active links in the past 300000 milliseconds.'
      ) as string
    })
    await until('the connection is gone', () => hubs.stats().connections === 0)
  })

  test('that never had one has less time', async () => {
    const clock = createManualClock({ startMs: Date.now() })
    const hubs = await startHubs({ clock })
    const client = await connectRaw(hubs, { authorize: false })
    await clock.advance(59_000)
    expect(client.connection.is_open()).toBe(true)
    await clock.advance(1_000)
    expect(await client.closed).toMatchObject({
      description: expect.stringContaining('in the past 60000 milliseconds') as string
    })
  })

  test('does not outlive its patience where the client does not answer', async () => {
    const clock = createManualClock({ startMs: Date.now() })
    const hubs = await startHubs({ clock })
    const client = await connectRaw(hubs, { authorize: false })
    const { socket } = client.connection as unknown as { readonly socket: Socket }
    socket.pause()
    await clock.advance(60_000)
    await clock.advance(1_000)
    await until('it is cut', () => hubs.stats().connections === 0)
  })
})

describe('a producer’s link', () => {
  test('is detached when it has sent nothing for long, and the client opens another', async () => {
    const clock = createManualClock({ startMs: Date.now() })
    const hubs = await startHubs({ clock, keys: [{ name: 'root', key: 'cm9vdA==' }] })
    const producer = producerOf(hubs, quickRetry)
    await producer.sendBatch(numbered(1), { partitionId: '0' })
    await clock.advance(1_700_000)
    await producer.sendBatch(numbered(1, 1), { partitionId: '0' })
    await clock.advance(1_700_000)
    expect(hubs.stats().links).toHaveLength(1)
    await clock.advance(100_000)
    expect(hubs.stats().links).toHaveLength(0)
  })

  test('is told why', async () => {
    const clock = createManualClock({ startMs: Date.now() })
    const hubs = await startHubs({ clock, idleProducerMs: 10_000 })
    const client = await connectRaw(hubs)
    const sender = await client.openSender({ target: 'tasks' })
    const detached = new Promise<unknown>(resolve => sender.once('sender_error', () => resolve(sender.error)))
    await clock.advance(10_000)
    expect(await detached).toMatchObject({
      condition: 'amqp:link:detach-forced',
      description: expect.stringContaining(
        'Detach origin: AmqpEventHubPublisher.IdleTimerExpired: Idle timeout: 00:00:10.'
      ) as string
    })
  })
})
