/** The store that many hosts share, as Azure publishes it, on Azurite. */
import { EventHubProducerClient } from '@azure/event-hubs'
import type { CheckpointStore } from '@azure/event-hubs'
import type { EventSource } from 'on-demand-sync'
import { createEventHubsSource } from 'on-demand-sync/event-hubs'
import type { LocalEventHubs } from 'on-demand-sync/testing'
import { eventSourceContract, startLocalEventHubs } from 'on-demand-sync/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/internal/Clock.ts'
import { createFence } from '../../src/event-hubs/Fence.ts'
import type { Azurite } from '../chaos/azurite.ts'
import { blobCheckpointStore, startAzurite } from '../chaos/azurite.ts'

let hubs: LocalEventHubs
let azurite: Azurite
beforeAll(async () => {
  hubs = await startLocalEventHubs()
  azurite = await startAzurite()
}, 120_000)
afterAll(async () => {
  await hubs.stop()
  await azurite.stop()
})

let made = 0
const newStore = (): Promise<CheckpointStore> =>
  blobCheckpointStore(azurite.connectionString, `container${(made += 1)}`)

describe('Event Hubs source with the blob checkpoint store', () => {
  const make = async (bodies: ReadonlyArray<string>) => {
    const checkpointStore = await newStore()
    const name = `hub${made}`
    hubs.createHub(name, { partitions: 2 })
    const connectionString = hubs.connectionString(name)
    const producer = new EventHubProducerClient(connectionString)
    for (const partitionId of ['0', '1']) {
      const mine = bodies
        .filter((_, index) => String(index % 2) === partitionId)
        .map(body => ({ body: Buffer.from(body) }))
      if (mine.length > 0) await producer.sendBatch(mine, { partitionId })
    }
    await producer.close()
    const open = (): EventSource =>
      createEventHubsSource({ connectionString, checkpointStore, maxBatchSize: 10, loadBalancingIntervalMs: 200 })
    return { source: open(), restart: () => Promise.resolve(open()) }
  }
  for (const { name, run } of eventSourceContract({ make })) it(name, run, 120_000)
})

describe('the fence over the blob checkpoint store', () => {
  const hub = ['ns', 'hub', '$Default'] as const
  const host = (store: CheckpointStore, owner: string, lost: Array<string> = []) =>
    createFence({
      store,
      owner,
      ownershipExpirationMs: 8_000,
      clock: systemClock,
      onLost: partitionId => lost.push(`${owner} lost ${partitionId}`)
    })
  const claim = async (fence: ReturnType<typeof host>, owner: string) => {
    const [present] = await fence.store.listOwnership(...hub)
    const [fullyQualifiedNamespace, eventHubName, consumerGroup] = hub
    const record = { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId: '0', ownerId: owner }
    const [claimed] = await fence.store.claimOwnership([
      present?.etag === undefined ? record : { ...record, etag: present.etag }
    ])
    await fence.store.listCheckpoints(...hub)
    return claimed !== undefined
  }
  const position = (sequenceNumber: number) => ({
    ...{ hub: 'hub', consumerGroup: '$Default', partitionId: '0' },
    ...{ sequenceNumber, offset: String(sequenceNumber * 100) }
  })
  const stored = async (store: CheckpointStore) => (await store.listCheckpoints(...hub)).map(c => c.sequenceNumber)

  it('lets the owner write forward only', async () => {
    const store = await newStore()
    const a = host(store, 'a')
    expect(await claim(a, 'a')).toBe(true)
    expect(await a.checkpoint(position(7))).toBe(true)
    expect(await a.checkpoint(position(5))).toBe(true)
    expect(await stored(store)).toEqual([7])
    expect(a.checkpointOf('0')).toBe(7)
  })

  it('keeps a former owner from writing, though it has heard nothing', async () => {
    const store = await newStore()
    const lost: Array<string> = []
    const [a, b] = [host(store, 'a', lost), host(store, 'b', lost)]
    await claim(a, 'a')
    await a.checkpoint(position(3))
    expect(await claim(b, 'b')).toBe(true)
    expect(a.isOurs('0')).toBe(true)
    expect(await a.checkpoint(position(9))).toBe(false)
    expect(await stored(store)).toEqual([3])
    expect(lost).toEqual(['a lost 0'])
    expect(await b.checkpoint(position(4))).toBe(true)
    expect(await stored(store)).toEqual([4])
  })

  it('knows its own claim again after the client renewed it past us, and after both did at once', async () => {
    const store = await newStore()
    const a = host(store, 'a')
    await claim(a, 'a')
    expect(await Promise.all([a.confirm('0'), claim(a, 'a'), a.confirm('0'), claim(a, 'a')])).toContain(true)
    expect(await a.confirm('0')).toBe(true)
    expect(await a.checkpoint(position(1))).toBe(true)
  })

  it('makes it impossible to take a partition over between the question and the checkpoint', async () => {
    const store = await newStore()
    const [a, b] = [host(store, 'a'), host(store, 'b')]
    await claim(a, 'a')
    const [before] = await b.store.listOwnership(...hub)
    expect(await a.checkpoint(position(1))).toBe(true)
    // B looked before the checkpoint and claims after it: it has to look again.
    expect(await b.store.claimOwnership([{ ...before!, ownerId: 'b' }])).toEqual([])
    expect(await claim(b, 'b')).toBe(true)
  })

  it('begins anew where the hub did', async () => {
    const store = await newStore()
    const a = host(store, 'a')
    await claim(a, 'a')
    await a.checkpoint(position(1_000))
    a.forgetCheckpoint('0')
    expect(await a.store.listCheckpoints(...hub)).toEqual([])
    expect(await a.checkpoint(position(2))).toBe(true)
    expect(await stored(store)).toEqual([2])
    expect(await a.store.listCheckpoints(...hub)).toHaveLength(1)
  })

  it('gives a partition up so that anyone can take it at once', async () => {
    const store = await newStore()
    const a = host(store, 'a')
    await claim(a, 'a')
    await a.release('0')
    expect(a.isOurs('0')).toBe(false)
    expect((await store.listOwnership(...hub)).map(({ ownerId }) => ownerId)).toEqual([''])
    await a.release('0')
  })
})
