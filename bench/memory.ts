/**
 * Does a host grow? A million events through one process: its resident memory after the first tenth and at the end.
 *
 *     npm run bench -- memory
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
import type { EventHubsSource } from 'on-demand-sync/event-hubs'
import { createEventHubsSource, createMemoryCheckpointStore } from 'on-demand-sync/event-hubs'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { body, noOpWorkers } from './noOpWorkers.ts'

const total = Number(process.argv[2] ?? process.env['MEMORY_EVENTS'] ?? 1_000_000)
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

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** What is held when nothing moves: garbage, and pages that V8 has not given back yet, say nothing of growth. */
const settledMb = async (source: Pick<EventHubsSource, 'pause' | 'resume'>) => {
  source.pause()
  for (let turn = 0; turn < 4; turn += 1) {
    await pause(250)
    globalThis.gc?.()
  }
  const { rss, heapUsed } = process.memoryUsage()
  source.resume()
  const rounded = (bytes: number) => Number((bytes / 1e6).toFixed(1))
  return { rssMb: rounded(rss), heapMb: rounded(heapUsed) }
}

const main = async (): Promise<void> => {
  if (globalThis.gc === undefined) throw new Error('run it with --expose-gc')
  const folder = await mkdtemp(join(tmpdir(), 'memory-'))
  const server = fork(fileURLToPath(import.meta.url), [String(total)], { env: { ...process.env, SERVE: '1' } })
  const [connectionString] = (await once(server, 'message')) as [string]
  const source = createEventHubsSource({ connectionString, checkpointStore: createMemoryCheckpointStore() })
  const tenths: Array<Promise<Awaited<ReturnType<typeof settledMb>>>> = []
  let done = 0
  let finish = (): void => undefined
  const all = new Promise<void>(resolve => (finish = resolve))
  const sync = createOnDemandSync({
    ...noOpWorkers,
    source,
    audit: createJsonLinesAuditSink({ path: join(folder, 'audit.jsonl') }),
    onEvent: event => {
      if (event.type !== 'checkpointed') return
      done += event.events
      if (done >= (total / 10) * (tenths.length + 1)) tenths.push(settledMb(source))
      if (done >= total) finish()
    }
  })
  const start = performance.now()
  await sync.start()
  await all
  const seconds = Math.round((performance.now() - start) / 1_000)
  const series = await Promise.all(tenths)
  const growthSince = (tenth: number) =>
    Number((((series.at(-1)?.rssMb ?? NaN) / (series[tenth - 1]?.rssMb ?? NaN) - 1) * 100).toFixed(2))
  const figure = {
    ...{ name: 'resident memory of one host, settled, after each tenth', events: done, seconds },
    ...{ rssMb: series.map(({ rssMb }) => rssMb), heapMb: series.map(({ heapMb }) => heapMb) },
    growthPercent: { sinceFirstTenth: growthSince(1), sinceSecondTenth: growthSince(2) }
  }
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  await sync.stop()
  server.disconnect()
  await rm(folder, { recursive: true })
}

await (process.env['SERVE'] === undefined ? main() : serve())
