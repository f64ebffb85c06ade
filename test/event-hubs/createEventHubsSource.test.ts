import { EventHubProducerClient } from '@azure/event-hubs'
import * as E from 'fp-ts/lib/Either.js'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventSource, ReceivedEvent } from 'on-demand-sync'
import { orThrow } from 'on-demand-sync'
import type { CheckpointStore, EventHubsSourceEvent } from 'on-demand-sync/event-hubs'
import {
  createEventHubsSource,
  createFileCheckpointStore,
  createMemoryCheckpointStore
} from 'on-demand-sync/event-hubs'
import type { LocalEventHubs } from 'on-demand-sync/testing'
import { eventSourceContract, startLocalEventHubs } from 'on-demand-sync/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let hubs: LocalEventHubs
beforeAll(async () => {
  hubs = await startLocalEventHubs()
})
afterAll(async () => {
  await hubs.stop()
})

let made = 0
const newHub = async (bodies: ReadonlyArray<unknown>, partitions = 2) => {
  made += 1
  const name = `hub${made}`
  hubs.createHub(name, { partitions })
  const connectionString = hubs.connectionString(name)
  const producer = new EventHubProducerClient(connectionString)
  for (let partition = 0; partition < partitions; partition += 1) {
    const mine = bodies.filter((_, index) => index % partitions === partition)
    if (mine.length > 0)
      await producer.sendBatch(
        mine.map(body => ({ body })),
        { partitionId: String(partition) }
      )
  }
  await producer.close()
  return { name, connectionString }
}

const stores = {
  memory: () => Promise.resolve(createMemoryCheckpointStore()),
  file: async () =>
    createFileCheckpointStore({ path: join(await mkdtemp(join(tmpdir(), 'checkpoints-')), 'checkpoints.json') })
}

describe.each(Object.entries(stores))('Event Hubs source with a %s checkpoint store', (_name, makeStore) => {
  const make = async (bodies: ReadonlyArray<string>) => {
    const { connectionString } = await newHub(bodies.map(body => Buffer.from(body)))
    const checkpointStore = await makeStore()
    const open = (): EventSource =>
      createEventHubsSource({ connectionString, checkpointStore, maxBatchSize: 10, loadBalancingIntervalMs: 100 })
    return { source: open(), restart: () => Promise.resolve(open()) }
  }
  for (const { name, run } of eventSourceContract({ make })) it(name, run, 120_000)
})

const collect = async (
  source: EventSource,
  count: number,
  abort = new AbortController()
): Promise<ReadonlyArray<ReceivedEvent>> => {
  const events: Array<ReceivedEvent> = []
  for await (const chunk of source.events({ signal: abort.signal })) {
    events.push(...chunk)
    if (events.length >= count) abort.abort()
  }
  return events
}

describe('Event Hubs source', () => {
  it('delivers bodies as bytes, with position, time and properties', async () => {
    const { name, connectionString } = await newHub([{ a: 1 }], 1)
    const source = createEventHubsSource({ connectionString, checkpointStore: createMemoryCheckpointStore() })
    const [event] = await collect(source, 1)
    expect(event?.position).toMatchObject({ hub: name, consumerGroup: '$Default', partitionId: '0', sequenceNumber: 0 })
    expect(Buffer.from(event?.body as Uint8Array).toString()).toBe('{"a":1}')
    expect(Math.abs(Date.now() - event!.enqueuedAtMs)).toBeLessThan(60_000)
    orThrow(await source.close()())
  })

  it('writes checkpoints along the finished prefix only', async () => {
    const { connectionString } = await newHub(
      Array.from({ length: 10 }, (_, n) => n),
      1
    )
    const store = createMemoryCheckpointStore()
    const written: Array<number> = []
    const checkpointStore: CheckpointStore = {
      ...store,
      updateCheckpoint: checkpoint => (written.push(checkpoint.sequenceNumber), store.updateCheckpoint(checkpoint))
    }
    const source = createEventHubsSource({ connectionString, checkpointStore, checkpointEvents: 1 })
    const positions = (await collect(source, 10)).map(({ position }) => position)
    for (const n of [3, 1, 0, 2, 9, 8, 4]) orThrow(await source.acknowledge([positions[n]!])())
    expect(written).toEqual([1, 3, 4])
    orThrow(await source.close()())
  })

  it('does not pull more than it was told to into memory while nobody takes events', async () => {
    const { name, connectionString } = await newHub([], 1)
    const source = createEventHubsSource({
      connectionString,
      checkpointStore: createMemoryCheckpointStore(),
      maxBatchSize: 10,
      prefetchCount: 50
    })
    const abort = new AbortController()
    const iterator = source.events({ signal: abort.signal })[Symbol.asyncIterator]()
    const first = iterator.next()
    // Idle for a while: each empty wait is where the client would ask for another 50.
    await expect.poll(() => hubs.hub(name).readers().length, { timeout: 30_000 }).toBe(1)
    await new Promise(resolve => setTimeout(resolve, 3_500))
    const outstanding = hubs
      .stats()
      .links.filter(({ hub }) => hub === name)
      .map(({ credit }) => credit)
    expect(outstanding).toEqual([50])
    hubs.hub(name).append(Array.from({ length: 1_000 }, (_, n) => ({ body: n })))
    expect((await first).value).toHaveLength(10)
    await expect.poll(() => hubs.stats().totals.eventsOut, { timeout: 30_000 }).toBeGreaterThan(0)
    abort.abort()
    await iterator.return?.()
    orThrow(await source.close()())
  })

  it('ends at once with a clear error when the hub does not exist or the key is wrong', async () => {
    const { connectionString } = await newHub([])
    const wrongHub = createEventHubsSource({
      connectionString: connectionString.replace(/EntityPath=[^;]+/, 'EntityPath=nope'),
      checkpointStore: createMemoryCheckpointStore()
    })
    await expect(collect(wrongHub, 1)).rejects.toMatchObject({ error: { _tag: 'SourceFailed', retryable: false } })
    orThrow(await wrongHub.close()())
    const wrongKey = createEventHubsSource({
      connectionString: connectionString.replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=bm9wZQ=='),
      checkpointStore: createMemoryCheckpointStore()
    })
    await expect(collect(wrongKey, 1)).rejects.toMatchObject({
      error: { _tag: 'SourceFailed', detail: expect.stringContaining('credentials') as string }
    })
    orThrow(await wrongKey.close()())
  }, 120_000)

  it('says what is missing, and repeats no secret', () => {
    const checkpointStore = createMemoryCheckpointStore()
    expect(() => createEventHubsSource({ checkpointStore })).toThrow(
      'Event Hubs connection: must have a connectionString'
    )
    expect(() => createEventHubsSource({ checkpointStore, connectionString: 'Endpoint=S3CR3T' })).toThrow(
      /^Event Hubs connection: connectionString: must be/
    )
    const named = 'Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey=b;EntityPath=one'
    expect(() => createEventHubsSource({ checkpointStore, connectionString: named, eventHubName: 'two' })).toThrow(
      /EntityPath/
    )
    expect(() => createEventHubsSource({ checkpointStore, connectionString: named, maxBatchSize: 0 })).toThrow(
      /maxBatchSize/
    )
  })

  it('reads on after the connection was cut', async () => {
    const { name, connectionString } = await newHub(
      Array.from({ length: 5 }, (_, n) => n),
      1
    )
    const events: Array<EventHubsSourceEvent> = []
    const source = createEventHubsSource({
      connectionString,
      checkpointStore: createMemoryCheckpointStore(),
      onEvent: event => events.push(event)
    })
    const abort = new AbortController()
    const seen: Array<string> = []
    const reading = (async () => {
      for await (const chunk of source.events({ signal: abort.signal }))
        seen.push(...chunk.map(({ body }) => Buffer.from(body as Uint8Array).toString()))
    })()
    await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(5)
    await hubs.restart({ keepEvents: true })
    hubs.hub(name).append([{ body: 5 }])
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(6)
    expect(seen).toEqual(['0', '1', '2', '3', '4', '5'])
    abort.abort()
    await reading
    expect(E.isRight(await source.close()())).toBe(true)
  }, 120_000)
})
