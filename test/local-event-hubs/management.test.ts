import rhea from 'rhea'
import { describe, expect, test } from 'vitest'
import { failureOf, numbered, producerOf, startHubs } from './client.ts'
import { connectRaw, tokenFor } from './rawClient.ts'

describe('properties', () => {
  test('of a hub', async () => {
    const hubs = await startHubs({ hubs: { tasks: { partitions: 32 } } })
    const properties = await producerOf(hubs).getEventHubProperties()
    expect(properties).toMatchObject({ name: 'tasks', isGeoDrEnabled: false })
    expect(properties.partitionIds).toEqual(Array.from({ length: 32 }, (_, i) => String(i)))
    expect(Math.abs(properties.createdOn.getTime() - Date.now())).toBeLessThan(60_000)
  })

  test('of a partition: empty, filled, and with its first events gone', async () => {
    const hubs = await startHubs()
    const [hub, producer] = [hubs.hub('tasks'), producerOf(hubs)]
    expect(await producer.getPartitionProperties('0')).toMatchObject({
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: -1,
      lastEnqueuedOffset: '-1',
      isEmpty: true
    })
    hub.append(numbered(5), { partitionId: '0' })
    const last = hub.events({ partitionId: '0' }).at(-1)!
    expect(await producer.getPartitionProperties('0')).toEqual({
      eventHubName: 'tasks',
      partitionId: '0',
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: 4,
      lastEnqueuedOffset: last.offset,
      lastEnqueuedOnUtc: new Date(last.enqueuedAtMs),
      isEmpty: false
    })
    hub.truncate('0', 3)
    expect(await producer.getPartitionProperties('0')).toMatchObject({
      beginningSequenceNumber: 3,
      lastEnqueuedSequenceNumber: 4
    })
  })
})

describe('refusals', () => {
  test('an unknown hub and an unknown partition', async () => {
    const hubs = await startHubs()
    const hub = await failureOf(producerOf(hubs, undefined, 'nowhere').getEventHubProperties())
    expect(hub).toMatchObject({ code: 'MessagingEntityNotFoundError' })
    const partition = await failureOf(producerOf(hubs).getPartitionProperties('XYZ'))
    expect(partition).toMatchObject({ code: 'ArgumentOutOfRangeError' })
    expect(partition.message).toContain(
      'The specified partition is invalid for an EventHub partition sender or receiver.'
    )
  })

  test('a request whose id is of no allowed type is answered without one, and the server serves on', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    const read = { operation: 'READ', name: 'tasks', type: 'com.microsoft:eventhub' }
    for (const id of [
      rhea.types.wrap_boolean(true),
      rhea.types.wrap_list([1]),
      rhea.types.wrap_binary(Buffer.from('abc'))
    ]) {
      const answer = await client.request('$management', { message_id: id as never, application_properties: read })
      expect(answer.application_properties).toMatchObject({ 'status-code': 200 })
    }
  })

  test('a request without a token; the one in the request itself will do', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs, { authorize: false })
    const ask = async (properties: Readonly<Record<string, unknown>>) => {
      const { application_properties } = await client.request('$management', {
        application_properties: { operation: 'READ', name: 'tasks', type: 'com.microsoft:eventhub', ...properties }
      })
      return application_properties?.['status-code'] as unknown
    }
    expect(await ask({})).toBe(401)
    expect(await ask({ security_token: 'forged' })).toBe(401)
    expect(await ask({ security_token: tokenFor(hubs, 'sb://127.0.0.1/other') })).toBe(401)
    expect(await ask({ security_token: tokenFor(hubs) })).toBe(200)
    expect(await ask({ security_token: tokenFor(hubs), operation: 'DELETE' })).toBe(501)
    expect(await ask({ security_token: tokenFor(hubs), type: 'com.microsoft:namespace' })).toBe(501)
  })
})
