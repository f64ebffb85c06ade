/**
 * Does a host grow? A million events through one process: its resident memory after the first tenth and at the end.
 *
 *     TSX_TSCONFIG_PATH=tsconfig.bench.json node --expose-gc --import tsx bench/memory.ts [events]
 *
 * The hub is in a process of its own, which makes events up as they are read and forgets those that were.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createJsonLinesAuditSink, createOnDemandSync } from 'on-demand-sync'
import { createEventHubsSource, createMemoryCheckpointStore } from 'on-demand-sync/event-hubs'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { body, noOpWorkers } from './noOpWorkers.ts'

const total = Number(process.argv[2] ?? 1_000_000)
const partitions = 4

const serve = async (): Promise<void> => {
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions } } })
  const hub = hubs.hub('tasks')
  process.once('disconnect', () => void hubs.stop())
  process.send?.(hubs.connectionString('tasks'))
  const events = Array.from({ length: 1_000 }, (_, n) => ({ body: body(n) }))
  for (let made = 0; made < total; made += events.length) {
    const partitionId = String((made / events.length) % partitions)
    hub.append(events, { partitionId })
    while (made - hubs.stats().totals.eventsOut > 20_000) await new Promise(resolve => setTimeout(resolve, 5))
    const { lastEnqueuedSequenceNumber } = hub.partition(partitionId)
    hub.truncate(partitionId, lastEnqueuedSequenceNumber - 60_000)
  }
}

const residentMb = (): number => {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().rss / 1e6
}

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'memory-'))
  const server = fork(fileURLToPath(import.meta.url), [String(total)], { env: { ...process.env, SERVE: '1' } })
  const [connectionString] = (await once(server, 'message')) as [string]
  let done = 0
  let first: number | undefined
  let finish = (): void => undefined
  const all = new Promise<void>(resolve => (finish = resolve))
  const sync = createOnDemandSync({
    ...noOpWorkers,
    source: createEventHubsSource({ connectionString, checkpointStore: createMemoryCheckpointStore() }),
    audit: createJsonLinesAuditSink({ path: join(folder, 'audit.jsonl') }),
    onEvent: event => {
      if (event.type !== 'checkpointed') return
      done += event.events
      if (first === undefined && done >= total / 10) first = residentMb()
      if (done >= total) finish()
    }
  })
  const start = performance.now()
  await sync.start()
  await all
  const [early = 0, late] = [first, residentMb()]
  const figure = {
    name: 'resident memory of one host',
    events: done,
    afterTenthMb: Number(early.toFixed(1)),
    atEndMb: Number(late.toFixed(1)),
    growthPercent: Number(((late / early - 1) * 100).toFixed(2)),
    seconds: Math.round((performance.now() - start) / 1_000)
  }
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  await sync.stop()
  server.disconnect()
  await rm(folder, { recursive: true })
}

await (process.env['SERVE'] === undefined ? main() : serve())
