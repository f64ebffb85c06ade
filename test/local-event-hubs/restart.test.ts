import { describe, expect, test } from 'vitest'
import { bodies, consumerOf, failureOf, numbered, producerOf, quickRetry, read, startHubs, until } from './client.ts'

describe('a restart', () => {
  test('cuts everyone off, keeps port and events, and clients find their way back', async () => {
    const hubs = await startHubs()
    const producer = producerOf(hubs, quickRetry)
    const reading = read(consumerOf(hubs, '$Default', quickRetry))
    await producer.sendBatch(numbered(3), { partitionId: '0' })
    await until('three events', () => reading.events.length === 3)
    const { port } = hubs
    await hubs.restart()
    expect(hubs.port).toBe(port)
    expect(bodies(hubs.hub('tasks').events({ partitionId: '0' }))).toEqual(bodies(numbered(3)))
    await producer.sendBatch(numbered(3, 3), { partitionId: '0' })
    await until('six events', () => reading.events.length === 6)
    expect(bodies(reading.events)).toEqual(bodies(numbered(6)))
  })

  test('may lose the events: numbers begin anew, and a reader from before is refused', async () => {
    const hubs = await startHubs()
    const reading = read(consumerOf(hubs, '$Default', quickRetry))
    hubs.hub('tasks').append(numbered(3), { partitionId: '0' })
    await until('three events', () => reading.events.length === 3)
    await hubs.restart({ keepEvents: false })
    expect(hubs.hub('tasks').partition('0')).toMatchObject({ lastEnqueuedSequenceNumber: -1, isEmpty: true })
    await until('the reader is refused', () => reading.errors.length > 0)
    expect(reading.errors[0]!.message).toContain(
      "The supplied sequence number '2' is invalid. The last sequence number in the system is '-1'"
    )
    expect(hubs.hub('tasks').append(numbered(1), { partitionId: '0' })).toEqual([
      { partitionId: '0', sequenceNumber: 0 }
    ])
  })

  test('with time between: nobody gets in while it is down', async () => {
    const hubs = await startHubs()
    const up = hubs.restart({ downMs: 400 })
    await until('it is down', () => hubs.stats().connections === 0)
    const refused = await failureOf(producerOf(hubs).sendBatch(numbered(1)))
    expect(refused.code).toMatch(/ECONNREFUSED|ServiceUnavailableError|OperationTimeoutError/)
    await up
    await producerOf(hubs).sendBatch(numbered(1))
    expect(hubs.hub('tasks').events()).toHaveLength(1)
  })

  test('one after the other, as they were asked for', async () => {
    const hubs = await startHubs()
    await Promise.all([hubs.restart(), hubs.restart({ downMs: 20 }), hubs.restart()])
    await producerOf(hubs).sendBatch(numbered(1))
    expect(hubs.hub('tasks').events()).toHaveLength(1)
  })
})

describe('stop', () => {
  test('ends those who wait', async () => {
    const hubs = await startHubs()
    const waiting = hubs.hub('tasks').waitForEvents(1, { timeoutMs: 60_000 })
    const stopping = hubs.stop()
    await expect(waiting).rejects.toThrow('the server was stopped')
    await stopping
  })

  test('may be called twice, and during a restart', async () => {
    const hubs = await startHubs()
    const restarting = hubs.restart({ downMs: 60_000 })
    await Promise.all([hubs.stop(), hubs.stop()])
    await restarting
    await hubs.stop()
    expect((await failureOf(producerOf(hubs).sendBatch(numbered(1)))).code).toMatch(
      /ECONNREFUSED|ServiceUnavailableError|OperationTimeoutError/
    )
  })
})
