/**
 * Three hosts that say goodbye again and again, each time in the middle of what goes wrong with their connections: however a connection is lost, a host ends by itself, in time, and without an error that nobody caught. What one leaves
 * behind keeps its process; this happened once in fifty goodbyes, so it wants a longer run to be seen: `CHAOS_SECONDS=600`.
 */
import { expect } from 'vitest'
import { readAuditTrail } from './AuditTrail.ts'
import type { Blow } from './blows.ts'
import { hubBlows } from './blows.ts'
import type { ChaosOptions } from './chaos.ts'
import { partitions, startCluster } from './Cluster.ts'
import { createNarrator } from './Narrator.ts'
import { expectAllAnswered, expectCheckpointsBehind } from './oracles.ts'
import { pick, randomNumbers } from './randomNumbers.ts'
import { createRequests } from './Requests.ts'

export const goodbyes = async ({ seconds, seed }: ChaosOptions): Promise<void> => {
  const random = randomNumbers(seed)
  const cluster = await startCluster({ container: 'goodbyes', seed, slowShare: 0.05 })
  const { hub, hubs, folder } = cluster
  const names = ['a', 'b', 'c']
  const hosts = new Map(names.map(name => [name, cluster.start(name)]))
  const { tell } = createNarrator(cluster.all)
  const requests = createRequests(cluster.connectionString)
  const blows: Readonly<Record<string, Blow>> = hubBlows(cluster, random)
  await expect.poll(() => hub.readers().length, { timeout: 120_000 }).toBe(partitions)

  const until = Date.now() + seconds * 1_000
  const stream = (async () => {
    for (let n = 0; Date.now() < until; n += 1) {
      await requests.publish(n % 40)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  })()
  const tookMs: Array<number> = []
  const thieves: Array<unknown> = []
  while (Date.now() < until) {
    const fallen: Array<string> = []
    for (let n = 0; n < 4; n += 1) {
      const name = pick(random, Object.keys(blows))
      fallen.push(name)
      // Not waited for: the goodbye is to come while they fall.
      thieves.push(blows[name]!())
      await new Promise(resolve => setTimeout(resolve, random() * 700))
    }
    const name = pick(random, names)
    const host = hosts.get(name)!
    await host.started()
    const atMs = Date.now()
    const code = await host.end('SIGTERM')
    tookMs.push(Date.now() - atMs)
    tell(`${host.options.identifier} left after ${fallen.join(', ')} within ${tookMs.at(-1)!} ms`)
    expect([code, host.errors()], `after ${fallen.join(', ')}, the host last said ${host.lastWords()}`).toEqual([0, ''])
    hosts.set(name, cluster.start(name))
    await new Promise(resolve => setTimeout(resolve, random() * 2_000))
  }
  await Promise.all([stream, ...thieves])
  hubs.faults.clear()
  await requests.close()
  await expect
    .poll(async () => new Set((await readAuditTrail(folder)).map(({ record }) => record.taskId)).size, {
      timeout: 120_000,
      interval: 250
    })
    .toBe(requests.published.size)
  const codes = await Promise.all([...hosts.values()].map(host => host.end('SIGTERM')))
  expect(codes).toEqual([0, 0, 0])
  const trail = await readAuditTrail(folder)
  process.stdout.write(
    `chaos of goodbyes (CHAOS_SEED=${seed}): ${requests.published.size} events, ${tookMs.length} goodbyes, the longest ${Math.max(...tookMs)} ms\n`
  )
  expectAllAnswered(trail, requests.published)
  const last = await cluster.checkpointStore.listCheckpoints(cluster.namespace, 'tasks', '$Default')
  expectCheckpointsBehind(trail, new Map(last.map(({ partitionId, sequenceNumber }) => [partitionId, sequenceNumber])))
}
