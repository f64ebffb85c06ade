/** Three hosts at the default settings on one blob store: how fast a dead one's partitions are with the others, and a leaving one's. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSyncRequest, ResourceReference, toPromise } from 'on-demand-sync'
import { createPublisher } from 'on-demand-sync/event-hubs'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { expect, onTestFinished } from 'vitest'
import { readAuditTrail } from './AuditTrail.ts'
import { startAzurite } from './azurite.ts'
import type { HostProcess } from './HostProcess.ts'
import { startHost } from './HostProcess.ts'

const partitions = 8
const batch = 50

export const takeover = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'takeover-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const azurite = await startAzurite()
  onTestFinished(() => azurite.stop())
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions } } })
  onTestFinished(() => hubs.stop())
  const connectionString = hubs.connectionString('tasks')

  const start = (identifier: string) =>
    startHost({
      ...{ identifier, connectionString, container: 'takeover', seed: 1, slowShare: 0 },
      blobConnectionString: azurite.connectionString,
      auditFile: join(folder, `${identifier}.jsonl`)
    })
  const hosts = ['a', 'b', 'c'].map(start)
  onTestFinished(async () => {
    await Promise.all(hosts.map(host => host.end('SIGKILL')))
  })

  // A request every 20 ms, to all partitions in turn.
  const publisher = createPublisher({ connectionString })
  let published = 0
  const publishing = new AbortController()
  const stream = (async () => {
    while (!publishing.signal.aborted) {
      const request = createSyncRequest({
        id: `${published}`,
        resources: [ResourceReference.table('D', 'S', `T${published % 64}`)]
      })
      published += 1
      await toPromise(publisher.publish(request))
    }
    await toPromise(publisher.close())
  })()

  const ownersOf = () =>
    new Map(
      hubs
        .hub('tasks')
        .readers()
        .map(({ partitionId, name }) => [partitionId, name])
    )
  const ownedBy = ({ options }: HostProcess) =>
    [...ownersOf()].filter(([, name]) => name === options.identifier).map(([partitionId]) => partitionId)
  const isBalanced = (running: ReadonlyArray<HostProcess>) => {
    const counts = running.map(host => ownedBy(host).length)
    return counts.reduce((sum, n) => sum + n, 0) === partitions && Math.max(...counts) - Math.min(...counts) <= 1
  }
  const [a, b, c] = hosts as [HostProcess, HostProcess, HostProcess]
  await expect.poll(() => isBalanced(hosts), { timeout: 120_000, interval: 200 }).toBe(true)

  /** Ends a host; answers for each of its partitions how long it was until another one answered for an event of it. */
  const endAndWatch = async (host: HostProcess, signal: 'SIGKILL' | 'SIGTERM', limitMs: number) => {
    const left = ownedBy(host)
    expect(left.length).toBeGreaterThan(1)
    const atMs = Date.now()
    await host.end(signal)
    const first = new Map<string, number>()
    await expect
      .poll(
        async () => {
          for (const { record, file } of await readAuditTrail(folder)) {
            const { partitionId } = record.position
            const finishedMs = Date.parse(record.finishedAt)
            if (file === `${host.options.identifier}.jsonl` || finishedMs < atMs || !left.includes(partitionId))
              continue
            first.set(partitionId, Math.min(first.get(partitionId) ?? Infinity, finishedMs - atMs))
          }
          return first.size
        },
        { timeout: limitMs + 30_000, interval: 100 }
      )
      .toBe(left.length)
    return [...first.values()].sort((x, y) => x - y)
  }
  const duplicates = async () => {
    const trail = await readAuditTrail(folder)
    const keys = trail.map(({ record }) => `${record.position.partitionId}@${record.position.sequenceNumber}`)
    return keys.length - new Set(keys).size
  }

  const before = await duplicates()
  const killed = await endAndWatch(a, 'SIGKILL', 12_000)
  const afterKill = await duplicates()
  // As wherever hosts are watched over: the dead one is replaced.
  const d = start('d')
  hosts.push(d)
  await expect.poll(() => isBalanced([b, c, d]), { timeout: 120_000, interval: 200 }).toBe(true)
  const settled = await duplicates()
  const left = await endAndWatch(b, 'SIGTERM', 5_000)
  const afterGoodbye = await duplicates()
  publishing.abort()
  await stream
  await expect
    .poll(async () => new Set((await readAuditTrail(folder)).map(({ record }) => record.taskId)).size, {
      timeout: 60_000
    })
    .toBe(published)
  for (const host of [c, d]) expect(await host.end('SIGTERM'), host.errors()).toBe(0)

  process.stdout.write(
    `takeover: after SIGKILL ${killed.join(', ')} ms, ${afterKill - before} duplicates; after SIGTERM ${left.join(', ')} ms, ${afterGoodbye - settled} duplicates; ${before} at start-up\n`
  )
  expect(Math.max(...killed)).toBeLessThanOrEqual(12_000)
  expect(Math.max(...left)).toBeLessThanOrEqual(5_000)
  expect(afterGoodbye - settled).toBeLessThanOrEqual(batch)
}
