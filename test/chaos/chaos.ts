/**
 * Three hosts, eight partitions, one blob store, Snowflake behind, and everything that can go wrong at once: kills, goodbyes, stolen partitions, cut connections, detached links, slow plans, and a Snowflake that
 * refuses, hangs up and loses sessions. What must hold all the same: every published event has its audit record, checkpoints only go forward and never pass an event without a record, requests for one table are
 * answered in their order, and in the end the grants are what the policies say.
 */
import { expect, onTestFinished } from 'vitest'
import type { ConnectorAccount } from '../snowflake/connectorAccount.ts'
import { startConnectorAccount } from '../snowflake/connectorAccount.ts'
import { firstAnswers, longestStall, longestWait, positionsOf, readAuditTrail } from './AuditTrail.ts'
import type { Blow } from './blows.ts'
import { hubBlows, snowflakeBlows } from './blows.ts'
import { watchCheckpoints } from './CheckpointWatch.ts'
import { partitions, partitionsOf, startCluster } from './Cluster.ts'
import { createNarrator } from './Narrator.ts'
import { expectAllAnswered, expectCheckpointsBehind, expectOrderOfTables } from './oracles.ts'
import { pick, randomNumbers } from './randomNumbers.ts'
import { createRequests, tableName } from './Requests.ts'

export interface ChaosOptions {
  /** How long it goes on. */
  readonly seconds: number
  /** Plays a run again: the same blows in the same order, as far as the machine keeps time. */
  readonly seed: number
}

const tables = 40
const setup = [
  'CREATE ROLE READER',
  'CREATE ROLE WRITER',
  'CREATE DATABASE DATA',
  ...Array.from(
    { length: tables },
    (_, n) => `CREATE TABLE DATA.PUBLIC."${tableName(n)}" (ID NUMBER(10,0), SECRET VARCHAR)`
  )
]
const policies = `
version: 1
managed: { roles: [READER, WRITER] }
grants:
  - { to: READER, on: DATA.PUBLIC.*, privileges: select }
  - { to: WRITER, on: DATA.PUBLIC.*, privileges: [select, insert] }
masks:
  - { columns: '*.*.*.SECRET', for: everyone, except: WRITER, as: null }
`
/** Access that nobody should have, or should have lost: what a sync has to mend. */
const meddle = async ({ admin }: ConnectorAccount, table: string): Promise<void> => {
  await admin(`GRANT UPDATE ON TABLE DATA.PUBLIC."${table}" TO ROLE READER`)
  await admin(`GRANT DELETE ON TABLE DATA.PUBLIC."${table}" TO ROLE WRITER`)
  await admin(`REVOKE SELECT ON TABLE DATA.PUBLIC."${table}" FROM ROLE READER`)
}
const grantsOn = async ({ admin }: ConnectorAccount, table: string): Promise<ReadonlyArray<string>> =>
  (await admin(`SHOW GRANTS ON TABLE DATA.PUBLIC."${table}"`))
    .filter(row => row['privilege'] !== 'OWNERSHIP')
    .map(row => `${String(row['privilege'])} ${String(row['grantee_name'])}`)
    .sort()

export const chaos = async ({ seconds, seed }: ChaosOptions): Promise<void> => {
  const random = randomNumbers(seed)
  const account = await startConnectorAccount(`${setup.join(';')};`)
  onTestFinished(() => account.stop())
  await account.openTo('DATA', 'PUBLIC')
  const { snowflake } = account
  const cluster = await startCluster({
    ...{ container: 'chaos', seed, slowShare: 0.05 },
    snowflake: { account: snowflake.account, accessUrl: snowflake.accessUrl, policies }
  })
  const { hubs, hub, folder } = cluster
  const names = ['a', 'b', 'c']
  const hosts = new Map(names.map(name => [name, cluster.start(name)]))
  const checkpoints = watchCheckpoints(cluster.checkpointStore, [cluster.namespace, 'tasks', '$Default'])
  const requests = createRequests(cluster.connectionString)
  const { tell, tellOf } = createNarrator(cluster.all)

  const takeovers: Array<number> = []
  /** Ends a host, looks at what it left behind, and starts another one in its place. */
  const replace = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const name = pick(random, names)
    const host = hosts.get(name)!
    const owned = partitionsOf(cluster, host)
    const atMs = Date.now()
    const code = await host.end(signal)
    if (signal === 'SIGTERM') expect([code, host.errors()], `the host last said ${host.lastWords()}`).toEqual([0, ''])
    const written = await checkpoints.read()
    expectCheckpointsBehind(await readAuditTrail(folder), written)
    hosts.set(name, cluster.start(name))
    const isTaken = (id: string) =>
      hub.readers().some(reader => reader.partitionId === id && reader.name !== host.options.identifier)
    await Promise.all(
      owned.map(async partitionId => {
        await expect.poll(() => isTaken(partitionId), { timeout: 90_000 }).toBe(true)
        takeovers.push(Date.now() - atMs)
      })
    )
  }
  const blows: Readonly<Record<string, Blow>> = {
    kill: () => replace('SIGKILL'),
    goodbye: () => replace('SIGTERM'),
    meddle: () => meddle(account, tableName(Math.floor(random() * tables))),
    ...hubBlows(cluster, random),
    ...snowflakeBlows(snowflake)
  }
  tell('started')
  await expect.poll(() => hub.readers().length, { timeout: 120_000 }).toBe(partitions)
  const until = Date.now() + seconds * 1_000
  const stream = (async () => {
    for (let n = 0; Date.now() < until; n += 4) {
      await Promise.all([0, 1, 2, 3].map(k => requests.publish((n + k) % tables)))
      await new Promise(resolve => setTimeout(resolve, 15))
    }
  })()
  // Each of them at least once where there is time, then by chance.
  const all = Object.keys(blows)
  const shuffled = all.map(name => ({ name, at: random() })).sort((x, y) => x.at - y.at)
  let blowsFallen = 0
  for (; Date.now() < until; blowsFallen += 1) {
    const name = shuffled[blowsFallen]?.name ?? pick(random, all)
    tell(name)
    await blows[name]!()
    await new Promise(resolve => setTimeout(resolve, 200 + random() * 1_000))
  }
  await stream
  tell('chaos over')
  hubs.faults.clear()
  snowflake.faults.clear()
  for (let table = 0; table < tables; table += 1) await requests.publish(table)
  await requests.close()

  const { published } = requests
  const inHub = new Map(hub.partitionIds.map(id => [id, hub.partition(id).lastEnqueuedSequenceNumber]))
  const total = [...inHub.values()].reduce((sum, last) => sum + last + 1, 0)
  expect(total).toBe(published.size)
  const answered = async () =>
    [...positionsOf(await readAuditTrail(folder)).values()].reduce((sum, { size }) => sum + size, 0)
  await expect.poll(answered, { timeout: 180_000, interval: 250 }).toBe(total)
  tell('all answered')
  const codes = await Promise.all([...hosts.values()].map(host => host.end('SIGTERM')))
  expect(codes, [...hosts.values()].map(host => `${host.errors()} ${host.lastWords()}`).join('\n')).toEqual([0, 0, 0])
  await checkpoints.stop()

  const trail = await readAuditTrail(folder)
  const stall = longestStall(trail)
  const wait = longestWait(trail, published)
  process.stdout.write(
    `chaos (CHAOS_SEED=${seed}): ${total} events, ${blowsFallen} blows, ${trail.length - firstAnswers(trail).size} answered twice, takeovers ${takeovers.join(', ')} ms, longest stall ${stall.ms} ms, longest wait of an event ${wait.ms} ms\n`
  )
  tell(`the longest stall: ${stall.ms} ms`, stall.fromMs)
  tellOf(stall.fromMs, stall.ms)
  tell(`the longest wait, in partition ${wait.partitionId}: ${wait.ms} ms`, wait.fromMs)
  tellOf(wait.fromMs, wait.ms)

  expectAllAnswered(trail, published)
  expectOrderOfTables(trail, published)
  // Only forward, and at the end at the very last event.
  expect(checkpoints.backward).toEqual([])
  expect(await checkpoints.read()).toEqual(inHub)
  for (let n = 0; n < tables; n += 1)
    expect(await grantsOn(account, tableName(n))).toEqual(['INSERT WRITER', 'SELECT READER', 'SELECT WRITER'])
}
