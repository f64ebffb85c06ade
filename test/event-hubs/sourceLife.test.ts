/** What happens to a source in its life: hubs made anew, events that are gone, pauses, silence, a store that is away. */
import type { CheckpointStore } from '@azure/event-hubs'
import type { ReceivedEvent } from 'on-demand-sync'
import { orThrow } from 'on-demand-sync'
import type { EventHubsSourceEvent, EventHubsSourceOptions } from 'on-demand-sync/event-hubs'
import { createEventHubsSource, createMemoryCheckpointStore } from 'on-demand-sync/event-hubs'
import { createManualClock, startLocalEventHubs } from 'on-demand-sync/testing'
import type { TestContext } from 'vitest'
import { describe, it } from 'vitest'
import { createCheckpointWriter } from '../../src/event-hubs/CheckpointWriter.ts'
import { createLagMonitor } from '../../src/event-hubs/LagMonitor.ts'
import type { Partition } from '../../src/event-hubs/Partition.ts'
import { createPartition, healthOf } from '../../src/event-hubs/Partition.ts'
import { createWatchdog } from '../../src/event-hubs/Watchdog.ts'

const startHub = async ({ onTestFinished }: TestContext, count: number) => {
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 1 } } })
  onTestFinished(() => hubs.stop())
  const append = (n: number) =>
    hubs.hub('tasks').append(
      Array.from({ length: n }, (_, body) => ({ body })),
      { partitionId: '0' }
    )
  append(count)
  return { hubs, append, connectionString: hubs.connectionString('tasks') }
}

/** Reads and acknowledges until it is told to stop. */
const read = (
  { onTestFinished }: TestContext,
  options: Pick<EventHubsSourceOptions, 'connectionString' | 'checkpointStore'> & Partial<EventHubsSourceOptions>
) => {
  const told: Array<EventHubsSourceEvent> = []
  const events: Array<ReceivedEvent> = []
  const source = createEventHubsSource({
    loadBalancingIntervalMs: 200,
    checkpointEvents: 1,
    onEvent: event => told.push(event),
    ...options
  })
  const intake = new AbortController()
  const done = (async () => {
    for await (const chunk of source.events({ signal: intake.signal })) {
      events.push(...chunk)
      orThrow(await source.acknowledge(chunk.map(({ position }) => position))())
    }
  })()
  let closed: Promise<void> | undefined
  const close = () =>
    (closed ??= (async () => {
      intake.abort()
      await done
      orThrow(await source.close()())
    })())
  onTestFinished(close)
  const numbers = () => events.map(({ position }) => position.sequenceNumber)
  return { source, told, numbers, close, types: () => told.map(({ type }) => type) }
}

const count = (n: number) => Array.from({ length: n }, (_, index) => index)

describe.concurrent('an Event Hubs source', () => {
  it('begins anew, and says so, where its checkpoint lies behind the end of a hub that was made anew', async t => {
    const { hubs, append, connectionString } = await startHub(t, 50)
    const checkpointStore = createMemoryCheckpointStore()
    const first = read(t, { connectionString, checkpointStore })
    await t.expect.poll(first.numbers, { timeout: 30_000 }).toHaveLength(50)
    await first.close()
    hubs.deleteHub('tasks')
    hubs.createHub('tasks', { partitions: 1 })
    append(3)
    const second = read(t, { connectionString, checkpointStore })
    await t.expect.poll(second.numbers, { timeout: 30_000 }).toEqual([0, 1, 2])
    t.expect(second.types()).toContain('hub made anew')
    await second.close()
    append(2)
    const third = read(t, { connectionString, checkpointStore })
    await t.expect.poll(third.numbers, { timeout: 30_000 }).toEqual([3, 4])
    t.expect(third.types()).not.toContain('hub made anew')
  }, 120_000)

  it('says how many events the hub dropped before they were read', async t => {
    const { hubs, append, connectionString } = await startHub(t, 5)
    const checkpointStore = createMemoryCheckpointStore()
    const first = read(t, { connectionString, checkpointStore })
    await t.expect.poll(first.numbers, { timeout: 30_000 }).toHaveLength(5)
    await first.close()
    append(10)
    hubs.hub('tasks').truncate('0', 12)
    const second = read(t, { connectionString, checkpointStore })
    await t.expect.poll(second.numbers, { timeout: 30_000 }).toEqual([12, 13, 14])
    t.expect(second.told).toContainEqual({ type: 'events missing', partitionId: '0', count: 7 })
  }, 120_000)

  it('holds its breath and keeps its partitions', async t => {
    const { hubs, append, connectionString } = await startHub(t, 0)
    const { source, numbers, types } = read(t, { connectionString, checkpointStore: createMemoryCheckpointStore() })
    await t.expect.poll(() => hubs.hub('tasks').readers().length, { timeout: 30_000 }).toBe(1)
    source.pause()
    t.expect(source.health().paused).toBe(true)
    append(3)
    await t.expect.poll(() => hubs.stats().totals.eventsOut, { timeout: 30_000 }).toBe(3)
    const closings = types().filter(type => type === 'partition closed').length
    t.expect(numbers()).toEqual([])
    source.resume()
    await t.expect.poll(numbers, { timeout: 30_000 }).toEqual([0, 1, 2])
    t.expect(types().filter(type => type === 'partition closed')).toHaveLength(closings)
    const stands = { partitionId: '0', deliveredSequenceNumber: 2, finishedSequenceNumber: 2, pending: 0, lag: 0 }
    await t.expect.poll(source.health, { timeout: 30_000 }).toMatchObject({ paused: false, partitions: [stands] })
  }, 120_000)

  it('closes many partitions at once without a warning of a leak', async t => {
    const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 16 } } })
    t.onTestFinished(() => hubs.stop())
    const warnings: Array<string> = []
    const hear = ({ message }: Error) => void warnings.push(message)
    process.on('warning', hear)
    t.onTestFinished(() => void process.off('warning', hear))
    const { source } = read(t, {
      connectionString: hubs.connectionString('tasks'),
      checkpointStore: createMemoryCheckpointStore(),
      loadBalancingIntervalMs: 20
    })
    await t.expect.poll(() => hubs.hub('tasks').readers().length, { timeout: 30_000 }).toBe(16)
    orThrow(await source.close()())
    // Warnings come with the next turn of the loop.
    await new Promise(resolve => setImmediate(resolve))
    t.expect(warnings).toEqual([])
  }, 120_000)

  it('tells a connection that hangs from an empty hub', async t => {
    const { hubs, append, connectionString } = await startHub(t, 1)
    const { numbers, types, source } = read(t, {
      connectionString,
      checkpointStore: createMemoryCheckpointStore(),
      silentAfterMs: 2_500
    })
    await t.expect.poll(numbers, { timeout: 30_000 }).toEqual([0])
    // Nobody gets in any more, and whoever is in is thrown out: the client waits for an answer, and says nothing.
    const mute = hubs.faults.inject({ on: 'accept', do: 'silence' })
    hubs.faults.strike({ do: 'destroy' })
    await t.expect.poll(types, { timeout: 30_000 }).toContain('partition silent')
    t.expect(source.health().partitions[0]?.silent).toBe(true)
    mute.remove()
    append(1)
    await t.expect.poll(numbers, { timeout: 30_000 }).toEqual([0, 1])
    t.expect(types().filter(type => type === 'partition silent')).toHaveLength(1)
    t.expect(types()).toContain('partition heard')
  }, 120_000)

  it('ends in time, though its store does not answer', async t => {
    const { connectionString } = await startHub(t, 3)
    const inner = createMemoryCheckpointStore()
    let away = false
    const checkpointStore: CheckpointStore = {
      ...inner,
      claimOwnership: claims => (away ? new Promise(() => undefined) : inner.claimOwnership(claims))
    }
    const source = createEventHubsSource({
      connectionString,
      checkpointStore,
      checkpointIntervalMs: 60_000,
      closeTimeoutMs: 500,
      loadBalancingIntervalMs: 200
    })
    for await (const chunk of source.events({ signal: new AbortController().signal })) {
      orThrow(await source.acknowledge(chunk.map(({ position }) => position))())
      break
    }
    away = true
    t.expect(await source.close()()).toMatchObject({ _tag: 'Left', left: { _tag: 'TimedOut' } })
  }, 120_000)

  it('reports a checkpoint that could not be written, and writes it with the next', async t => {
    const { connectionString, append } = await startHub(t, 1)
    const inner = createMemoryCheckpointStore()
    let failures = 2
    const checkpointStore: CheckpointStore = {
      ...inner,
      updateCheckpoint: checkpoint =>
        failures-- > 0 ? Promise.reject(new Error('S3CR3T')) : inner.updateCheckpoint(checkpoint)
    }
    const { numbers, told } = read(t, {
      connectionString,
      checkpointStore,
      checkpointEvents: 100,
      checkpointIntervalMs: 50
    })
    await t.expect.poll(numbers, { timeout: 30_000 }).toEqual([0])
    append(1)
    const [host = ''] = /sb:\/\/[^;/]+/.exec(connectionString) ?? []
    const written = async () =>
      (await inner.listCheckpoints(new URL(host).hostname, 'tasks', '$Default')).map(c => c.sequenceNumber)
    await t.expect.poll(written, { timeout: 30_000 }).toEqual([1])
    const failed = told.filter(({ type }) => type === 'checkpoint failed')
    t.expect(failed).toHaveLength(2)
    t.expect(JSON.stringify(failed)).not.toContain('S3CR3T')
  }, 120_000)
})

describe('the cadence of checkpoints', () => {
  it('goes by count, by time, and at the end, and tries again what failed', async ({ expect }) => {
    const clock = createManualClock()
    const written: Array<number> = []
    let fails = 1
    const failures: Array<unknown> = []
    const partition = createPartition('0', 0)
    const writer = createCheckpointWriter({
      write: ({ unwrittenEvents }) =>
        written.push(unwrittenEvents) > 2 && fails-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve(),
      checkpointEvents: 10,
      checkpointIntervalMs: 1_000,
      clock,
      onFailed: (_partition, cause) => failures.push(cause)
    })
    await writer.finished(partition, 9)
    expect(written).toEqual([])
    await writer.finished(partition, 1)
    expect(written).toEqual([10])
    await writer.finished(partition, 3)
    await clock.advance(999)
    expect(written).toEqual([10])
    await clock.advance(1)
    expect(written).toEqual([10, 3])
    await writer.finished(partition, 2)
    await clock.advance(1_000)
    expect(failures).toHaveLength(1)
    await clock.advance(1_000)
    expect(written).toEqual([10, 3, 2, 2])
    await writer.finished(partition, 1)
    await writer.flush(partition)
    expect(written).toEqual([10, 3, 2, 2, 1])
    await writer.flush(partition)
    writer.close()
    expect(written).toHaveLength(5)
    expect(clock.timers()).toBe(0)
  })
})

describe('the watchdog', () => {
  it('barks once, not at a partition that others keep waiting, and says when all is well', async ({ expect }) => {
    const clock = createManualClock()
    const [quiet, busy] = [createPartition('quiet', 0), createPartition('busy', 0)]
    busy.busy = true
    const told: Array<string> = []
    const watchdog = createWatchdog({
      partitions: () => [quiet, busy],
      silentAfterMs: 10_000,
      clock,
      onSilent: ({ partitionId }, ms) => told.push(`${partitionId} silent for ${ms}`),
      onHeard: ({ partitionId }) => told.push(`${partitionId} heard`)
    })
    watchdog.start()
    for (let second = 0; second < 9; second += 1) {
      await clock.advance(1_000)
      watchdog.heard(quiet)
    }
    await clock.advance(9_000)
    expect(told).toEqual([])
    await clock.advance(5_000)
    expect(told).toEqual(['quiet silent for 10000'])
    watchdog.heard(quiet)
    expect(told).toEqual(['quiet silent for 10000', 'quiet heard'])
    watchdog.close()
    expect(clock.timers()).toBe(0)
  })
})

describe('the lag', () => {
  const startMonitor = (ids: ReadonlyArray<string>, answer: (partitionId: string) => Promise<number>) => {
    const clock = createManualClock()
    const partitions = ids.map(id => createPartition(id, 0))
    const asked: Array<string> = []
    const monitor = createLagMonitor({
      partitions: () => partitions,
      ask: (partitionId, signal) => {
        asked.push(partitionId)
        return Promise.race([
          answer(partitionId),
          new Promise<never>((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('called off')))
          })
        ])
      },
      clock
    })
    monitor.start()
    return { clock, partitions, asked, monitor }
  }
  const lagOf = (partition: Partition | undefined) => (partition === undefined ? NaN : healthOf(partition, 6).lag)

  it('is asked for every five seconds, and unknown where the hub did not say', async ({ expect }) => {
    let away = false
    const { clock, partitions, asked, monitor } = startMonitor(['0', '1'], id =>
      away && id === '1' ? Promise.reject(new Error('away')) : Promise.resolve(9)
    )
    expect(partitions.map(lagOf)).toEqual([undefined, undefined])
    await clock.advance(1_000)
    expect(asked).toEqual(['0', '1'])
    expect(partitions.map(lagOf)).toEqual([3, 3])
    await clock.advance(4_000)
    expect(asked).toHaveLength(2)
    away = true
    await clock.advance(1_000)
    expect(asked).toEqual(['0', '1', '0', '1'])
    expect(partitions.map(lagOf)).toEqual([3, undefined])
    monitor.close()
    expect(clock.timers()).toBe(0)
  })

  it('keeps within what a namespace answers, whoever waited longest first', async ({ expect }) => {
    const { clock, asked, monitor } = startMonitor(count(24).map(String), () => Promise.resolve(0))
    await clock.advance(1_000)
    expect(asked).toHaveLength(10)
    await clock.advance(2_000)
    expect(new Set(asked).size).toBe(24)
    monitor.close()
  })

  it('does not wait for ever for an answer, and leaves none behind', async ({ expect }) => {
    const { clock, partitions, asked, monitor } = startMonitor(['0', '1'], id =>
      id === '0' ? new Promise<never>(() => undefined) : Promise.resolve(6)
    )
    await clock.advance(1_000)
    expect(asked).toEqual(['0'])
    await clock.advance(5_000)
    expect(asked).toEqual(['0', '1'])
    expect(partitions.map(lagOf)).toEqual([undefined, 0])
    await clock.advance(1_000)
    expect(asked).toEqual(['0', '1', '0'])
    monitor.close()
    await clock.advance(0)
    expect(clock.timers()).toBe(0)
  })
})

it('counts nothing twice', ({ expect }) => {
  const partition = createPartition('0', 0)
  const positions = count(3).map(sequenceNumber => ({
    ...{ hub: 'h', consumerGroup: 'g', partitionId: '0', sequenceNumber },
    offset: String(sequenceNumber)
  }))
  partition.tracker.delivered(positions)
  partition.tracker.delivered(positions.map(position => ({ ...position })))
  expect(partition.tracker.pending()).toBe(3)
  expect(positions.map(partition.tracker.isOpen)).toEqual([true, true, true])
  expect(partition.tracker.isOpen({ ...positions[0]! })).toBe(false)
  partition.tracker.done({ ...positions[0]!, offset: 'another life' })
  expect(partition.tracker.finished()).toBeUndefined()
  partition.tracker.done(positions[0]!)
  expect(partition.tracker.finished()?.sequenceNumber).toBe(0)
})
