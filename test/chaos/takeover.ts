/** Three hosts at the default settings on one blob store: how fast a dead one's partitions are with the others, and a leaving one's. */
import { basename } from 'node:path'
import { expect } from 'vitest'
import { readAuditTrail } from './AuditTrail.ts'
import { partitions, partitionsOf, startCluster } from './Cluster.ts'
import type { HostProcess } from './HostProcess.ts'
import { createRequests } from './Requests.ts'

const batch = 50

export const takeover = async (): Promise<void> => {
  const cluster = await startCluster({ container: 'takeover', seed: 1, slowShare: 0 })
  const { folder, start } = cluster
  const [a, b, c] = [start('a'), start('b'), start('c')]

  // One after the other, to all partitions in turn.
  const requests = createRequests(cluster.connectionString)
  const publishing = new AbortController()
  const stream = (async () => {
    for (let n = 0; !publishing.signal.aborted; n += 1) await requests.publish(n % 64)
    await requests.close()
  })()

  const isBalanced = (running: ReadonlyArray<HostProcess>) => {
    const counts = running.map(host => partitionsOf(cluster, host).length)
    return counts.reduce((sum, n) => sum + n, 0) === partitions && Math.max(...counts) - Math.min(...counts) <= 1
  }
  await expect.poll(() => isBalanced([a, b, c]), { timeout: 120_000, interval: 200 }).toBe(true)

  /** Ends a host; answers for each of its partitions how long it was until another one answered for an event of it. */
  const endAndWatch = async (host: HostProcess, signal: 'SIGKILL' | 'SIGTERM', limitMs: number) => {
    const left = partitionsOf(cluster, host)
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
            if (file === basename(host.options.auditFile) || finishedMs < atMs || !left.includes(partitionId)) continue
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
    .toBe(requests.published.size)
  for (const host of [c, d]) expect(await host.end('SIGTERM'), host.errors()).toBe(0)

  process.stdout.write(
    `takeover: after SIGKILL ${killed.join(', ')} ms, ${afterKill - before} duplicates; after SIGTERM ${left.join(', ')} ms, ${afterGoodbye - settled} duplicates; ${before} at start-up\n`
  )
  expect(Math.max(...killed)).toBeLessThanOrEqual(12_000)
  expect(Math.max(...left)).toBeLessThanOrEqual(5_000)
  expect(afterGoodbye - settled).toBeLessThanOrEqual(batch)
}
