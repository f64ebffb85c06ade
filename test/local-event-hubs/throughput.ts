/**
 * How fast the local server is, with the real client in a process of its own: events sent, then received.
 *
 *     node --import tsx test/local-event-hubs/throughput.ts [events] [batch] [prefetch]
 *
 * Wall-clock figures depend on what else the machine does; microseconds of CPU per event are the steadier measure.
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs'
import { startLocalEventHubs } from '../../src/testing/local-event-hubs/index.ts'

const PARTITIONS = 4
const [events = 100_000, batch = 100, prefetch = 3000] = process.argv.slice(2).map(Number)

interface Usage {
  readonly cpuUs: number
  readonly rssBytes: number
  readonly buffersBytes: number
}

const serve = async (): Promise<void> => {
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: PARTITIONS } } })
  process.on('message', () => {
    globalThis.gc?.()
    const { user, system } = process.cpuUsage()
    const { rss, arrayBuffers, heapUsed } = process.memoryUsage()
    process.send?.({ cpuUs: user + system, rssBytes: rss, buffersBytes: arrayBuffers + heapUsed })
  })
  process.once('disconnect', () => void hubs.stop())
  process.send?.(hubs.connectionString('tasks'))
}

const usageOf = async (server: ChildProcess): Promise<Usage> => {
  server.send('usage')
  const [usage] = (await once(server, 'message')) as [Usage]
  return usage
}

const measure = async (what: string, server: ChildProcess, run: () => Promise<void>): Promise<void> => {
  const [before, own] = [await usageOf(server), process.cpuUsage()]
  const start = performance.now()
  await run()
  const seconds = (performance.now() - start) / 1000
  const client = process.cpuUsage(own)
  const after = await usageOf(server)
  const report = {
    what,
    eventsPerSecond: Math.round(events / seconds),
    clientUsPerEvent: round((client.user + client.system) / events),
    serverUsPerEvent: round((after.cpuUs - before.cpuUs) / events),
    serverRssMb: Math.round(after.rssBytes / 1e6),
    heldBytesPerEvent: Math.round((after.buffersBytes - before.buffersBytes) / events)
  }
  process.stdout.write(`${JSON.stringify(report)}\n`)
}

const round = (n: number): number => Math.round(n * 10) / 10

const send = async (connectionString: string): Promise<void> => {
  const producer = new EventHubProducerClient(connectionString)
  const body = { text: 'x'.repeat(1000) }
  await Promise.all(
    Array.from({ length: PARTITIONS }, async (_, partition) => {
      for (let sent = 0; sent < events / PARTITIONS; sent += batch) {
        await producer.sendBatch(
          Array.from({ length: batch }, () => ({ body })),
          { partitionId: String(partition) }
        )
      }
    })
  )
  await producer.close()
}

const receive = async (connectionString: string): Promise<void> => {
  const consumer = new EventHubConsumerClient('$Default', connectionString)
  let received = 0
  await new Promise<void>((resolve, reject) => {
    consumer.subscribe(
      {
        processEvents: found => {
          received += found.length
          if (received >= events) resolve()
          return Promise.resolve()
        },
        processError: error => {
          reject(error)
          return Promise.resolve()
        }
      },
      { startPosition: { offset: '-1' }, maxBatchSize: batch, prefetchCount: prefetch, maxWaitTimeInSeconds: 1 }
    )
  })
  await consumer.close()
}

const main = async (): Promise<void> => {
  const server = fork(fileURLToPath(import.meta.url), {
    execArgv: ['--expose-gc', '--import', 'tsx'],
    env: { ...process.env, SERVE: '1' }
  })
  const [connectionString] = (await once(server, 'message')) as [string]
  await measure(`send, batches of ${batch}`, server, () => send(connectionString))
  await measure(`receive, batch ${batch}, prefetch ${prefetch}`, server, () => receive(connectionString))
  await measure(`receive again`, server, () => receive(connectionString))
  server.disconnect()
}

await (process.env['SERVE'] === undefined ? main() : serve())
