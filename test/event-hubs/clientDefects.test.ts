/**
 * What a plain use of the client does, and what the source makes of it: each defect is shown on the client first, so that it is seen when a later version no longer has it.
 */
import type { CheckpointStore, GetPartitionPropertiesOptions } from '@azure/event-hubs'
import { earliestEventPosition, EventHubConsumerClient } from '@azure/event-hubs'
import type { EventHubsSourceEvent, EventHubsSourceOptions } from 'on-demand-sync/event-hubs'
import { createEventHubsSource, createMemoryCheckpointStore } from 'on-demand-sync/event-hubs'
import type { EventSource } from 'on-demand-sync'
import { orThrow } from 'on-demand-sync'
import type { LocalEventHubs } from 'on-demand-sync/testing'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import type { TestContext } from 'vitest'
import { describe, it } from 'vitest'
import { startSlowEnding } from './slowEnding.ts'

const startHub = async (
  { onTestFinished }: TestContext,
  partitions: number,
  eventsPerPartition: number
): Promise<LocalEventHubs> => {
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions } } })
  onTestFinished(() => hubs.stop())
  for (let partition = 0; partition < partitions; partition += 1) append(hubs, eventsPerPartition, partition)
  return hubs
}

const append = (hubs: LocalEventHubs, count: number, partition = 0) =>
  hubs.hub('tasks').append(
    Array.from({ length: count }, (_, n) => ({ body: n })),
    { partitionId: String(partition) }
  )

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

type AbortSignalLike = NonNullable<GetPartitionPropertiesOptions['abortSignal']>

/** What a host's store saw: checkpoints that went backward, and checkpoints of a partition that was another host's by then. */
const watched = (store: CheckpointStore, owner: string) => {
  const seen = { written: [] as Array<number>, backward: 0, foreign: 0, releases: 0, afterRelease: 0 }
  const watching: CheckpointStore = {
    ...store,
    claimOwnership: claims => {
      if (claims.some(({ ownerId }) => ownerId === '')) seen.releases += 1
      return store.claimOwnership(claims)
    },
    updateCheckpoint: async checkpoint => {
      const { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId, sequenceNumber } = checkpoint
      const hub = [fullyQualifiedNamespace, eventHubName, consumerGroup] as const
      const present = (await store.listCheckpoints(...hub)).find(each => each.partitionId === partitionId)
      const owned = (await store.listOwnership(...hub)).find(each => each.partitionId === partitionId)
      if (present !== undefined && present.sequenceNumber > sequenceNumber) seen.backward += 1
      if (owned?.ownerId !== owner) seen.foreign += 1
      if (seen.releases > 0) seen.afterRelease += 1
      seen.written.push(sequenceNumber)
      await store.updateCheckpoint(checkpoint)
    }
  }
  return { seen, store: watching }
}

/** The client as its documentation shows it, with a handler of our own. */
const plain = (
  { onTestFinished }: TestContext,
  hubs: LocalEventHubs,
  store: CheckpointStore,
  handle: (sequenceNumbers: ReadonlyArray<number>, partitionId: string) => Promise<void>,
  options: { readonly identifier?: string; readonly startPosition?: boolean; readonly maxWait?: number } = {}
) => {
  const { identifier, startPosition = true, maxWait = 1 } = options
  const client = new EventHubConsumerClient('$Default', hubs.connectionString('tasks'), store, {
    loadBalancingOptions: {
      strategy: 'greedy',
      updateIntervalInMs: 200,
      partitionOwnershipExpirationIntervalInMs: 3_000
    },
    ...(identifier === undefined ? {} : { identifier })
  })
  const errors: Array<unknown> = []
  const subscription = client.subscribe(
    {
      processEvents: async (events, context) => {
        if (events.length === 0) return
        await handle(
          events.map(({ sequenceNumber }) => sequenceNumber),
          context.partitionId
        )
        const last = events.at(-1)
        if (last !== undefined) await context.updateCheckpoint(last)
      },
      processError: error => {
        errors.push(error)
        return Promise.resolve()
      }
    },
    {
      maxBatchSize: 10,
      prefetchCount: 50,
      maxWaitTimeInSeconds: maxWait,
      ...(startPosition ? { startPosition: earliestEventPosition } : {})
    }
  )
  const close = async () => {
    await subscription.close()
    await client.close()
  }
  onTestFinished(close)
  return { errors, close, closeSubscription: () => subscription.close() }
}

/** Our source, and a loop that works off its chunks one after another. */
const ours = (
  { onTestFinished }: TestContext,
  hubs: LocalEventHubs,
  checkpointStore: CheckpointStore,
  handle: (sequenceNumbers: ReadonlyArray<number>, partitionId: string) => Promise<void>,
  options: Partial<EventHubsSourceOptions> = {}
) => {
  const events: Array<EventHubsSourceEvent> = []
  const source = createEventHubsSource({
    connectionString: hubs.connectionString('tasks'),
    checkpointStore,
    maxBatchSize: 10,
    prefetchCount: 50,
    loadBalancingIntervalMs: 200,
    // Long enough for a machine that is busy with other tests: nobody is taken for dead.
    ownershipExpirationMs: 20_000,
    checkpointEvents: 1,
    onEvent: event => events.push(event),
    ...options
  })
  const intake = new AbortController()
  const done = workOff(source, intake.signal, handle)
  const close = async () => {
    intake.abort()
    await done
    orThrow(await source.close()())
  }
  onTestFinished(close)
  return { events, source, close }
}

const workOff = async (
  source: EventSource,
  signal: AbortSignal,
  handle: (sequenceNumbers: ReadonlyArray<number>, partitionId: string) => Promise<void>
): Promise<void> => {
  for await (const chunk of source.events({ signal })) {
    const mine = chunk.filter(({ position }) => source.isOurs?.(position) ?? true)
    const [first] = mine
    if (first === undefined) continue
    await handle(
      mine.map(({ position }) => position.sequenceNumber),
      first.position.partitionId
    )
    orThrow(await source.acknowledge(mine.map(({ position }) => position))())
  }
}

const collect =
  (into: Set<number>) =>
  (sequenceNumbers: ReadonlyArray<number>): Promise<void> => {
    for (const n of sequenceNumbers) into.add(n)
    return Promise.resolve()
  }

const count = (n: number) => Array.from({ length: n }, (_, index) => index)

describe.concurrent('a plain use of the client, and the source', () => {
  it('4: asks for more and more events while a partition is idle; not ours', async t => {
    const creditAfterIdling = async (read: typeof plain | typeof ours) => {
      const hubs = await startHub(t, 1, 0)
      read(t, hubs, createMemoryCheckpointStore(), () => Promise.resolve())
      const credit = () => hubs.stats().links.reduce((sum, link) => sum + link.credit, 0)
      await t.expect.poll(credit, { timeout: 30_000 }).toBeGreaterThan(0)
      const since = Date.now()
      // Three empty waits of a second: each is where the client asks anew.
      await t.expect.poll(() => Date.now() - since, { timeout: 30_000, interval: 100 }).toBeGreaterThan(3_200)
      return credit()
    }
    const [theirs, our] = await Promise.all([creditAfterIdling(plain), creditAfterIdling(ours)])
    t.expect(theirs).toBeGreaterThanOrEqual(150)
    t.expect(our).toBe(50)
  }, 120_000)

  it('5: works and checkpoints on after its partition was taken, backward, and takes it back; not ours', async t => {
    const twoHosts = async (
      read: typeof plain | typeof ours,
      enough: (bad: number, takenBack: number) => boolean,
      limitMs: number
    ) => {
      const hubs = await startHub(t, 2, 400)
      const store = createMemoryCheckpointStore()
      const hosts = ['a', 'b'].map(identifier => ({ identifier, ...watched(store, identifier) }))
      const delivered = new Map<string, number>()
      const handle = async (numbers: ReadonlyArray<number>, partitionId: string) => {
        for (const n of numbers) delivered.set(`${partitionId}@${n}`, (delivered.get(`${partitionId}@${n}`) ?? 0) + 1)
        await pause(700)
      }
      const bad = () => hosts.reduce((sum, { seen }) => sum + seen.backward + seen.foreign, 0)
      const first = read(t, hubs, hosts[0]!.store, handle, { identifier: 'a' })
      await t.expect.poll(() => hubs.hub('tasks').readers().length, { timeout: 30_000 }).toBe(2)
      const second = read(t, hubs, hosts[1]!.store, handle, { identifier: 'b' })
      const since = Date.now()
      // Who reads a partition, each time that this changes.
      const turns = new Map<string, Array<string>>()
      const takenBack = () => [...turns.values()].reduce((sum, owners) => sum + Math.max(0, owners.length - 2), 0)
      while (!enough(bad(), takenBack()) && Date.now() - since < limitMs) {
        for (const { partitionId, name } of hubs.hub('tasks').readers()) {
          const owners = turns.get(partitionId) ?? []
          if (owners.at(-1) !== name) turns.set(partitionId, [...owners, name])
        }
        await pause(50)
      }
      await Promise.all([first.close(), second.close()])
      return {
        bad: bad(),
        backward: hosts[0]!.seen.backward + hosts[1]!.seen.backward,
        takenBack: takenBack(),
        delivered
      }
    }
    const [theirs, our] = await Promise.all([
      twoHosts(plain, (bad, takenBack) => bad > 0 && takenBack > 0, 20_000),
      twoHosts(ours, () => false, 9_000)
    ])
    t.expect(theirs.bad).toBeGreaterThan(0)
    t.expect(theirs.takenBack).toBeGreaterThan(0)
    t.expect([our.bad, our.backward, our.takenBack]).toEqual([0, 0, 0])
    // In order, and nothing left out on the way.
    for (const partition of ['0', '1']) {
      const numbers = [...our.delivered.keys()]
        .filter(key => key.startsWith(`${partition}@`))
        .map(key => Number(key.slice(2)))
        .sort((a, b) => a - b)
      t.expect(numbers).toEqual(count(numbers.length))
    }
  }, 120_000)

  it('6: leaves a batch out after an error that may be retried; not ours', async t => {
    const broken = () => Object.assign(new Error('try again'), { retryable: true })
    const theirHub = await startHub(t, 1, 50)
    const theirs = new Set<number>()
    let thrown = false
    plain(t, theirHub, createMemoryCheckpointStore(), numbers => {
      if (!thrown && numbers.includes(10)) {
        thrown = true
        return Promise.reject(broken())
      }
      for (const n of numbers) theirs.add(n)
      return Promise.resolve()
    })
    await t.expect.poll(() => theirs.has(49), { timeout: 20_000 }).toBe(true)
    t.expect(theirs.size).toBeLessThan(50)

    // The only thing that can fail inside our handler is the store that says whose the partition is.
    const hubs = await startHub(t, 1, 50)
    const store = createMemoryCheckpointStore()
    let failures = 0
    const failing: CheckpointStore = {
      ...store,
      claimOwnership: claims => {
        if (delivered.size >= 10 && failures < 4) {
          failures += 1
          return Promise.reject(broken())
        }
        return store.claimOwnership(claims)
      }
    }
    const delivered = new Set<number>()
    const source = ours(
      t,
      hubs,
      failing,
      numbers => {
        for (const n of numbers) delivered.add(n)
        return Promise.resolve()
      },
      { checkpointEvents: 1_000 }
    )
    await t.expect.poll(() => delivered.size, { timeout: 20_000 }).toBe(50)
    await t.expect.poll(() => failures, { timeout: 30_000 }).toBe(4)
    t.expect(source.events.some(({ type }) => type === 'partition lost')).toBe(false)
  }, 120_000)

  it('7: begins at the end after a restart, where nothing was checkpointed; not ours', async t => {
    const theirHub = await startHub(t, 1, 0)
    const store = createMemoryCheckpointStore()
    const fromTheEnd = { startPosition: false }
    const first = plain(t, theirHub, store, () => Promise.reject(new Error('the first batch goes wrong')), fromTheEnd)
    await t.expect.poll(() => theirHub.hub('tasks').readers().length, { timeout: 30_000 }).toBe(1)
    append(theirHub, 10)
    await t.expect.poll(() => first.errors.length, { timeout: 30_000 }).toBe(1)
    await first.close()
    append(theirHub, 30)
    const theirs = new Set<number>()
    plain(t, theirHub, store, collect(theirs), fromTheEnd)
    await t.expect.poll(() => theirHub.hub('tasks').readers().length, { timeout: 30_000 }).toBe(1)
    append(theirHub, 1)
    await t.expect.poll(() => theirs.has(40), { timeout: 30_000 }).toBe(true)
    t.expect([...theirs]).toEqual([40])

    const hubs = await startHub(t, 1, 10)
    const ourStore = createMemoryCheckpointStore()
    const died = createEventHubsSource({
      connectionString: hubs.connectionString('tasks'),
      checkpointStore: ourStore,
      loadBalancingIntervalMs: 200
    })
    for await (const chunk of died.events({ signal: new AbortController().signal })) {
      t.expect(chunk.length).toBeGreaterThan(0)
      break
    }
    orThrow(await died.close()())
    append(hubs, 31)
    const our = new Set<number>()
    ours(t, hubs, ourStore, collect(our))
    await t.expect.poll(() => our.has(40), { timeout: 30_000 }).toBe(true)
    t.expect([...our]).toEqual(count(41))
  }, 120_000)

  it('8: gives its partitions up while its handler is at work, and checkpoints after that; ours checkpoints first', async t => {
    const theirHub = await startHub(t, 1, 10)
    const theirs = watched(createMemoryCheckpointStore(), 'a')
    let release = (): void => undefined
    const blocked = new Promise<void>(resolve => (release = resolve))
    let begun = false
    const { closeSubscription } = plain(
      t,
      theirHub,
      theirs.store,
      () => {
        begun = true
        return blocked
      },
      { identifier: 'a' }
    )
    await t.expect.poll(() => begun, { timeout: 30_000 }).toBe(true)
    await closeSubscription()
    t.expect(theirs.seen.releases).toBe(1)
    release()
    await t.expect.poll(() => theirs.seen.written.length, { timeout: 30_000 }).toBe(1)
    t.expect([theirs.seen.afterRelease, theirs.seen.foreign]).toEqual([1, 1])

    const hubs = await startHub(t, 1, 10)
    const our = watched(createMemoryCheckpointStore(), 'a')
    const handled: Array<number> = []
    const { close } = ours(
      t,
      hubs,
      our.store,
      async numbers => {
        await pause(200)
        handled.push(...numbers)
      },
      { identifier: 'a', checkpointEvents: 1_000, checkpointIntervalMs: 60_000 }
    )
    await t.expect.poll(() => hubs.stats().totals.eventsOut, { timeout: 30_000 }).toBe(10)
    await t.expect.poll(() => handled.length, { timeout: 30_000 }).toBeGreaterThan(0)
    await close()
    t.expect(our.seen.written).toEqual([handled.at(-1)])
    t.expect([our.seen.afterRelease, our.seen.foreign, our.seen.releases]).toEqual([0, 0, 1])
  }, 120_000)

  it('9: is silent after a lost connection for as long as it waits for events, and tells nobody; ours is back before that', async t => {
    const silenceOf = async (
      read: (
        hubs: LocalEventHubs,
        store: CheckpointStore,
        handle: (sequenceNumbers: ReadonlyArray<number>) => Promise<void>
      ) => void
    ) => {
      const hubs = await startHub(t, 1, 1)
      const delivered = new Set<number>()
      read(hubs, createMemoryCheckpointStore(), collect(delivered))
      await t.expect.poll(() => delivered.size, { timeout: 30_000 }).toBe(1)
      // Let the next wait begin.
      await pause(200)
      hubs.faults.strike({ do: 'destroy' })
      append(hubs, 1)
      const since = Date.now()
      await t.expect.poll(() => delivered.size, { timeout: 20_000, interval: 20 }).toBe(2)
      return Date.now() - since
    }
    const errors: Array<ReadonlyArray<unknown>> = []
    const [theirs, our] = await Promise.all([
      silenceOf((hubs, store, handle) => void errors.push(plain(t, hubs, store, handle, { maxWait: 6 }).errors)),
      silenceOf((hubs, store, handle) => void ours(t, hubs, store, handle))
    ])
    t.expect(theirs).toBeGreaterThan(4_000)
    t.expect(errors).toEqual([[]])
    t.expect(our).toBeLessThan(theirs)
  }, 120_000)

  it('10: is never done with closing where the connection is lost meanwhile; ours is, and has given its partitions up', async t => {
    const hubs = await startHub(t, 1, 1)
    hubs.faults.inject({ on: 'close', do: 'destroy' })
    const client = new EventHubConsumerClient('$Default', hubs.connectionString('tasks'))
    await client.getEventHubProperties()
    const closed = client.close().then(() => 'closed')
    const given = new Promise(resolve => setTimeout(resolve, 3_000, 'still closing'))
    t.expect(await Promise.race([closed, given])).toBe('still closing')

    const store = createMemoryCheckpointStore()
    const our = watched(store, 'a')
    const delivered = new Set<number>()
    const { source } = ours(t, hubs, our.store, collect(delivered), { identifier: 'a' })
    // It is begun with a question over a connection of its own, the closing of which is cut as well.
    await t.expect.poll(() => delivered.size, { timeout: 30_000 }).toBe(1)
    const since = Date.now()
    orThrow(await source.close()())
    t.expect(Date.now() - since).toBeLessThan(3_000)
    t.expect(our.seen.releases).toBe(1)
  }, 120_000)

  it('11: waits a minute for each answer to its goodbye; ours has a time limit', async t => {
    const hubs = await startHub(t, 1, 1)
    const silence = hubs.faults.inject({ on: 'close', do: 'silence', skip: 4 })
    const delivered = new Set<number>()
    const { source } = ours(t, hubs, createMemoryCheckpointStore(), collect(delivered), { closeTimeoutMs: 2_000 })
    await t.expect.poll(() => delivered.size, { timeout: 30_000 }).toBe(1)
    const since = Date.now()
    orThrow(await source.close()())
    t.expect(Date.now() - since).toBeLessThan(4_000)
    t.expect(silence.hits()).toBeGreaterThan(0)
  }, 120_000)

  it('12: opens a connection that the hub closed over what is left of it, and dies of a question that is called off; ours begins anew', async t => {
    const hubs = await startHub(t, 1, 1)
    const way = await startSlowEnding(hubs)
    t.onTestFinished(way.stop)
    const client = new EventHubConsumerClient('$Default', way.connectionString)
    t.onTestFinished(() => client.close())
    const silence = hubs.faults.inject({ on: 'management', do: 'silence', times: 1 })
    const close = hubs.faults.inject({ on: 'management', do: 'close-connection', times: 1 })
    const callOff: Array<(this: AbortSignalLike, event: unknown) => void> = []
    const abortSignal: AbortSignalLike = {
      aborted: false,
      addEventListener: (_, listener) => void callOff.push(listener),
      removeEventListener: () => undefined
    }
    const ask = () => void client.getPartitionProperties('0', { abortSignal }).catch(() => undefined)
    ask()
    await t.expect.poll(silence.hits, { timeout: 30_000 }).toBe(1)
    const first = callOff.at(-1)
    ask()
    await t.expect.poll(close.hits, { timeout: 30_000 }).toBe(1)
    ask()
    await t.expect.poll(way.opened, { timeout: 30_000 }).toBe(2)
    // Node calls it from where nothing catches: a host would end here, and also after a minute without an answer.
    t.expect(() => first?.call(abortSignal, {})).toThrow(TypeError)
    for (const each of callOff)
      try {
        each.call(abortSignal, {})
      } catch {
        // As above; what it waited for is over all the same.
      }

    const ourWay = await startSlowEnding(hubs)
    t.onTestFinished(ourWay.stop)
    const delivered = new Set<number>()
    const options = { connectionString: ourWay.connectionString }
    const { source } = ours(t, hubs, createMemoryCheckpointStore(), collect(delivered), options)
    await t.expect.poll(() => delivered.size, { timeout: 30_000 }).toBe(1)
    // How far the partition reaches is asked every second or so, and called off after five.
    const question = hubs.faults.inject({ on: 'management', do: 'silence', times: 1 })
    await t.expect.poll(question.hits, { timeout: 30_000 }).toBe(1)
    const askedAtMs = Date.now()
    hubs.faults.strike({ do: 'close-connection' })
    append(hubs, 1)
    await t.expect.poll(() => delivered.size, { timeout: 30_000 }).toBe(2)
    await t.expect.poll(() => Date.now() - askedAtMs, { timeout: 30_000, interval: 100 }).toBeGreaterThan(5_500)
    orThrow(await source.close()())
    // One that asked whether the hub is there, one that was closed, and one in its place.
    t.expect(ourWay.opened()).toBe(3)
    await t.expect.poll(ourWay.open, { timeout: 30_000 }).toBe(0)
  }, 120_000)
})
