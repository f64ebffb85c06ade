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
import { createEventHubsSource, createMemoryCheckpointStore } from 'on-demand-sync/event-hubs'
import { cost, report } from './Figure.ts'
import { body, noOpWorkers } from './noOpWorkers.ts'

const events = 40_000
const partitions = 4
/** Events sent one by one, to see how long each waits. */
const singles = 200
const settings = { maxBatchSize: 100, prefetchCount: 3_000 }

const fill = async (connectionString: string): Promise<void> => {
  const producer = new EventHubProducerClient(connectionString)
  for (let at = 0; at < events; at += 100)
    await producer.sendBatch(
      Array.from({ length: 100 }, (_, n) => ({ body: body(at + n) })),
      { partitionId: String((at / 100) % partitions) }
    )
  await producer.close()
}

const raw = async (connectionString: string): Promise<void> => {
  const client = new EventHubConsumerClient('$Default', connectionString)
  let count = 0
  let finish = (): void => undefined
  const all = new Promise<void>(resolve => (finish = resolve))
  const subscription = client.subscribe(
    {
      processEvents: received => {
        count += received.length
        if (count >= events) finish()
        return Promise.resolve()
      },
      processError: error => Promise.reject(error)
    },
    { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1, ...settings }
  )
  await all
  await subscription.close()
  await client.close()
}

const ours = async (connectionString: string, auditFile: string): Promise<void> => {
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
      if (event.type === 'checkpointed' && (count += event.events) >= events) finish()
    }
  })
  await sync.start()
  await all
  await sync.stop()
}

/** Waits of single events, one every 50 ms, in milliseconds, sorted: from the sending to the moment at which `took` is told. */
const waits = async (
  connectionString: string,
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
  for (let n = 0; n < singles; n += 1) {
    const id = `task-${n}`
    sentAt.set(id, performance.now())
    await producer.sendBatch([{ body: body(n) }], { partitionId: String(n % partitions) })
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  while (sentAt.size > 0) await new Promise(resolve => setTimeout(resolve, 5))
  await producer.close()
  await close()
  return found.sort((a, b) => a - b)
}

const rawWaits = (connectionString: string) =>
  waits(connectionString, took => {
    const client = new EventHubConsumerClient('$Default', connectionString)
    const subscription = client.subscribe(
      {
        processEvents: received => {
          for (const event of received) took((event.body as { id: string }).id)
          return Promise.resolve()
        },
        processError: error => Promise.reject(error)
      },
      { startPosition: latestEventPosition, maxWaitTimeInSeconds: 1, ...settings }
    )
    const close = async () => {
      await subscription.close()
      await client.close()
    }
    return new Promise(resolve => setTimeout(resolve, 1_500, close))
  })

/** Until the request was worked on, in the mode for low latency: nobody waits for a batch to fill. */
const ourWaits = (connectionString: string) =>
  waits(connectionString, async took => {
    const audit = createMemoryAuditSink()
    const source = createEventHubsSource({
      connectionString,
      checkpointStore: createMemoryCheckpointStore(),
      startPosition: 'latest',
      loadBalancingIntervalMs: 100,
      ...settings
    })
    const append: typeof audit.append = records => {
      for (const { taskId = '' } of records) took(taskId)
      return audit.append(records)
    }
    const sync = createOnDemandSync({ ...noOpWorkers, source, audit: { ...audit, append }, batch: { timeoutMs: 0 } })
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
    const best = { ours: { rate: 0, cpu: Infinity }, raw: { rate: 0, cpu: Infinity } }
    for (let round = 0; round < 3; round += 1) {
      const measured = {
        raw: await cost(() => raw(connectionString)),
        ours: await cost(() => ours(connectionString, join(folder, `audit-${round}.jsonl`)))
      }
      for (const side of ['raw', 'ours'] as const) {
        best[side].rate = Math.max(best[side].rate, events / measured[side].seconds)
        best[side].cpu = Math.min(best[side].cpu, (measured[side].cpuSeconds / events) * 1e6)
      }
    }
    const note = `${events} events of 1 KB, ${partitions} partitions, batch ${settings.maxBatchSize}, prefetch ${settings.prefetchCount}; ours decodes, batches, audits to a file with fsync and checkpoints; best of 3, start-up included`
    report('pipeline with a no-op syncer, events per second', best.ours.rate, best.raw.rate, 'events/s', note)
    report('pipeline with a no-op syncer, CPU per event', best.ours.cpu, best.raw.cpu, 'us CPU/event', note)
    const single = { raw: await rawWaits(connectionString), ours: await ourWaits(connectionString) }
    const lone = `${singles} single events, one every 50 ms; batch.timeoutMs 0; from sending to the handler's call (raw) and to the audit record (ours)`
    for (const share of [0.5, 0.99])
      report(`wait of a single event, p${share * 100}`, at(single.ours, share), at(single.raw, share), 'ms', lone)
  } finally {
    server.kill('SIGTERM')
    await once(server, 'exit')
    await rm(folder, { recursive: true })
  }
}
