/** The whole pipeline with a no-op syncer and audit to a file, against the raw SDK consumer: same hub, same run, taking turns. */
import {
  earliestEventPosition,
  EventHubConsumerClient,
  latestEventPosition,
  EventHubProducerClient
} from '@azure/event-hubs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createJsonLinesAuditSink, createMemoryAuditSink, createOnDemandSync } from 'on-demand-sync'
import {
  createEventHubsSource,
  createMemoryCheckpointStore,
  defaultEventHubsSourceOptions
} from 'on-demand-sync/event-hubs'
import { report } from './Figure.ts'
import { body, noOpWorkers } from './noOpWorkers.ts'

const events = 40_000
const partitions = 4
/** Events sent one by one, to see how long each waits: so many, so far apart, in milliseconds. */
const steady = { count: 200, everyMs: 50 }
/** Further apart than the batch window, so that each finds the pipeline idle. */
const lone = { count: 10, everyMs: 5_500 }
const windowMs = 5_000

interface Settings {
  readonly maxBatchSize: number
  readonly prefetchCount: number
}
const shipped: Settings = {
  maxBatchSize: defaultEventHubsSourceOptions.maxBatchSize,
  prefetchCount: defaultEventHubsSourceOptions.prefetchCount
}
const fastest: Settings = { maxBatchSize: 100, prefetchCount: 3_000 }
/** The plain client's own: one event per call. It is measured on fewer events. */
const plain = { settings: {}, events: 4_000 }

/** A run's cost from its first event to its last: a minute of work is not to be judged by the half second in which connections are made. */
const stopwatch = (count: number) => {
  let started: { readonly atMs: number; readonly cpu: NodeJS.CpuUsage } | undefined
  return {
    first: () => void (started ??= { atMs: performance.now(), cpu: process.cpuUsage() }),
    last: () => {
      if (started === undefined) throw new Error('no event came')
      const { user, system } = process.cpuUsage(started.cpu)
      return { rate: (count / (performance.now() - started.atMs)) * 1_000, cpu: (user + system) / count }
    }
  }
}

const fill = async (connectionString: string): Promise<void> => {
  const producer = new EventHubProducerClient(connectionString)
  for (let at = 0; at < events; at += 100)
    await producer.sendBatch(
      Array.from({ length: 100 }, (_, n) => ({ body: body(at + n) })),
      { partitionId: String((at / 100) % partitions) }
    )
  await producer.close()
}

const raw = async (connectionString: string, settings: Partial<Settings>, wanted = events) => {
  const client = new EventHubConsumerClient('$Default', connectionString)
  const watch = stopwatch(wanted)
  let count = 0
  let finish = (): void => undefined
  const all = new Promise<void>(resolve => (finish = resolve))
  const subscription = client.subscribe(
    {
      processEvents: received => {
        watch.first()
        count += received.length
        if (count >= wanted) finish()
        return Promise.resolve()
      },
      processError: error => Promise.reject(error)
    },
    { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1, ...settings }
  )
  await all
  const cost = watch.last()
  await subscription.close()
  await client.close()
  return cost
}

const ours = async (connectionString: string, settings: Settings, auditFile: string) => {
  const watch = stopwatch(events)
  let count = 0
  let finish = (): void => undefined
  const all = new Promise<void>(resolve => (finish = resolve))
  const sync = createOnDemandSync({
    source: createEventHubsSource({
      connectionString,
      checkpointStore: createMemoryCheckpointStore(),
      loadBalancingIntervalMs: 20,
      ...settings
    }),
    ...noOpWorkers,
    audit: createJsonLinesAuditSink({ path: auditFile }),
    onEvent: event => {
      if (event.type === 'received') watch.first()
      else if (event.type === 'checkpointed' && (count += event.events) >= events) finish()
    }
  })
  await sync.start()
  await all
  const cost = watch.last()
  await sync.stop()
  return cost
}

/** Waits of single events, in milliseconds, sorted: from the sending to the moment at which `took` is told. */
const waits = async (
  connectionString: string,
  { count, everyMs }: typeof steady,
  open: (took: (id: string) => void) => Promise<() => Promise<void>>
): Promise<ReadonlyArray<number>> => {
  const sentAt = new Map<string, number>()
  const found: Array<number> = []
  const close = await open(id => {
    const at = sentAt.get(id)
    if (at === undefined) return
    sentAt.delete(id)
    found.push(performance.now() - at)
  })
  const producer = new EventHubProducerClient(connectionString)
  for (let n = 0; n < count; n += 1) {
    const id = `task-${n}`
    sentAt.set(id, performance.now())
    await producer.sendBatch([{ body: body(n) }], { partitionId: String(n % partitions) })
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
  while (sentAt.size > 0) await new Promise(resolve => setTimeout(resolve, 5))
  await producer.close()
  await close()
  return found.sort((a, b) => a - b)
}

const rawWaits = (connectionString: string, singles: typeof steady) =>
  waits(connectionString, singles, took => {
    const client = new EventHubConsumerClient('$Default', connectionString)
    const subscription = client.subscribe(
      {
        processEvents: received => {
          for (const event of received) took((event.body as { id: string }).id)
          return Promise.resolve()
        },
        processError: error => Promise.reject(error)
      },
      { startPosition: latestEventPosition, maxWaitTimeInSeconds: 1, ...shipped }
    )
    const close = async () => {
      await subscription.close()
      await client.close()
    }
    return new Promise(resolve => setTimeout(resolve, 1_500, close))
  })

/** Until the audit record is written. */
const ourWaits = (connectionString: string, singles: typeof steady, timeoutMs: number) =>
  waits(connectionString, singles, async took => {
    const audit = createMemoryAuditSink()
    const source = createEventHubsSource({
      connectionString,
      checkpointStore: createMemoryCheckpointStore(),
      startPosition: 'latest',
      loadBalancingIntervalMs: 100
    })
    const append: typeof audit.append = records => {
      for (const { taskId = '' } of records) took(taskId)
      return audit.append(records)
    }
    const sync = createOnDemandSync({ ...noOpWorkers, source, audit: { ...audit, append }, batch: { timeoutMs } })
    await sync.start()
    await new Promise(resolve => setTimeout(resolve, 1_500))
    return () => sync.stop()
  })

const at = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

export const pipeline = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const server = spawn(process.execPath, ['dist/bin.js', 'local-event-hubs', '--hub', `tasks:${partitions}`], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  try {
    const line = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next()
    const connectionString =
      (JSON.parse(String(line.value)) as { connectionStrings: Record<string, string> }).connectionStrings['tasks'] ?? ''
    await fill(connectionString)
    const asItComes = await raw(connectionString, plain.settings, plain.events)
    for (const [name, settings] of [
      ['our settings', shipped],
      ['the fastest settings of the client', fastest]
    ] as const) {
      const best = { ours: { rate: 0, cpu: Infinity }, raw: { rate: 0, cpu: Infinity } }
      for (let round = 0; round < 3; round += 1) {
        const measured = {
          raw: await raw(connectionString, settings),
          ours: await ours(connectionString, settings, join(folder, `audit-${settings.prefetchCount}-${round}.jsonl`))
        }
        for (const side of ['raw', 'ours'] as const) {
          best[side].rate = Math.max(best[side].rate, measured[side].rate)
          best[side].cpu = Math.min(best[side].cpu, measured[side].cpu)
        }
      }
      const note = `${events} events of 1 KB, ${partitions} partitions, batch ${settings.maxBatchSize}, prefetch ${settings.prefetchCount}; ours decodes, batches, audits to a file with fsync and checkpoints; best of 3, from the first event`
      report(`pipeline with a no-op syncer, ${name}: rate`, best.ours.rate, best.raw.rate, 'events/s', note)
      report(`pipeline with a no-op syncer, ${name}: CPU`, best.ours.cpu, best.raw.cpu, 'us CPU/event', note)
      if (settings === shipped)
        report(
          'pipeline with a no-op syncer, each with its own defaults: rate',
          best.ours.rate,
          asItComes.rate,
          'events/s',
          `the client's own settings hand over one event per call; ${plain.events} events`
        )
    }
    const from = 'from sending to the call of the handler (raw) and to the audit record (ours)'
    const single = {
      raw: await rawWaits(connectionString, steady),
      ours: await ourWaits(connectionString, steady, 0)
    }
    for (const share of [0.5, 0.99])
      report(
        `wait of a single event, batch.timeoutMs 0, p${share * 100}`,
        at(single.ours, share),
        at(single.raw, share),
        'ms',
        `${steady.count} events, one every ${steady.everyMs} ms; ${from}`
      )
    const idle = {
      raw: await rawWaits(connectionString, lone),
      ours: await ourWaits(connectionString, lone, windowMs)
    }
    report(
      `wait of an event that finds the pipeline idle, beyond its batch window of ${windowMs} ms, longest`,
      at(idle.ours, 1) - windowMs,
      at(idle.raw, 1),
      'ms',
      `${lone.count} events, one every ${lone.everyMs} ms; ${from}`
    )
  } finally {
    server.kill('SIGTERM')
    await once(server, 'exit')
    await rm(folder, { recursive: true })
  }
}
