/**
 * Three hosts, eight partitions, one blob store, Snowflake behind, and everything that can go wrong at once: kills, goodbyes, stolen partitions, cut connections, detached links, slow plans, and a Snowflake that
 * refuses, hangs up and loses sessions. What must hold all the same: every published event has its audit record, checkpoints only go forward and never pass an event without a record, requests for one table are
 * answered in their order, and in the end the grants are what the policies say.
 */
import { EventHubConsumerClient } from '@azure/event-hubs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSyncRequest, ResourceReference, toPromise } from 'on-demand-sync'
import { createPublisher } from 'on-demand-sync/event-hubs'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { expect, onTestFinished } from 'vitest'
import { startConnectorAccount } from '../snowflake/connectorAccount.ts'
import type { Audited } from './AuditTrail.ts'
import { firstAnswers, longestStall, positionsOf, readAuditTrail } from './AuditTrail.ts'
import { blobCheckpointStore, startAzurite } from './azurite.ts'
import { watchCheckpoints } from './CheckpointWatch.ts'
import type { HostOptions, HostProcess } from './HostProcess.ts'
import { startHost } from './HostProcess.ts'
import { pick, randomNumbers } from './randomNumbers.ts'

export interface ChaosOptions {
  /** How long it goes on. */
  readonly seconds: number
  /** Plays a run again: the same blows in the same order, as far as the machine keeps time. */
  readonly seed: number
}

const partitions = 8
const tables = 40

const tableName = (n: number) => `table ${n}`
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
const meddling = (n: number): ReadonlyArray<string> => [
  `GRANT UPDATE ON TABLE DATA.PUBLIC."${tableName(n)}" TO ROLE READER`,
  `GRANT DELETE ON TABLE DATA.PUBLIC."${tableName(n)}" TO ROLE WRITER`,
  `REVOKE SELECT ON TABLE DATA.PUBLIC."${tableName(n)}" FROM ROLE READER`
]

export const chaos = async ({ seconds, seed }: ChaosOptions): Promise<void> => {
  const random = randomNumbers(seed)
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const policyFile = join(folder, 'policies.yaml')
  await writeFile(policyFile, policies)
  const azurite = await startAzurite()
  onTestFinished(() => azurite.stop())
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions } } })
  onTestFinished(() => hubs.stop())
  const account = await startConnectorAccount(`${setup.join(';')};`)
  onTestFinished(() => account.stop())
  await account.openTo('DATA', 'PUBLIC')
  const connectionString = hubs.connectionString('tasks')

  const { snowflake } = account
  let starts = 0
  const all: Array<HostProcess> = []
  const start = (name: string): HostProcess => {
    starts += 1
    const options: HostOptions = {
      // A host that comes back is a new one, with the old one's audit file.
      identifier: `${name}-${starts}`,
      auditFile: join(folder, `${name}.jsonl`),
      ...{ connectionString, container: 'chaos', seed: seed + starts, slowShare: 0.05, policyFile },
      blobConnectionString: azurite.connectionString,
      snowflake: { account: snowflake.account, accessUrl: snowflake.accessUrl }
    }
    const host = startHost(options)
    all.push(host)
    return host
  }
  const names = ['a', 'b', 'c']
  const hosts = new Map(names.map(name => [name, start(name)]))
  onTestFinished(async () => {
    await Promise.all([...hosts.values()].map(host => host.end('SIGKILL')))
  })
  const hub = [new URL(/Endpoint=([^;]+)/.exec(connectionString)?.[1] ?? '').hostname, 'tasks', '$Default'] as const
  const checkpoints = watchCheckpoints(await blobCheckpointStore(azurite.connectionString, 'chaos'), hub)

  const publisher = createPublisher({ connectionString })
  const published = new Map<string, { readonly table: string; readonly atMs: number }>()
  const publish = async (table: number): Promise<void> => {
    const id = `task-${published.size}`
    published.set(id, { table: tableName(table), atMs: Date.now() })
    const resources = [ResourceReference.table('DATA', 'PUBLIC', tableName(table))]
    await toPromise(publisher.publish(createSyncRequest({ id, resources })))
  }
  const tell = (text: string, atMs = Date.now()) => {
    if (process.env['CHAOS_VERBOSE'] !== undefined) process.stdout.write(`${new Date(atMs).toISOString()} ${text}\n`)
  }
  /** What the hosts said between two moments. */
  const tellOf = (fromMs: number, toMs: number) => {
    for (const { options, events } of all)
      for (const event of events)
        if (event.atMs >= fromMs && event.atMs <= toMs)
          tell(`${options.identifier} ${JSON.stringify(event).slice(0, 500)}`, event.atMs)
  }
  const holdsToTheTrail = async (trail: ReadonlyArray<Audited>, written: ReadonlyMap<string, number>) => {
    const audited = positionsOf(trail)
    for (const [partitionId, sequenceNumber] of written)
      for (let n = 0; n <= sequenceNumber; n += 1)
        expect(
          audited.get(partitionId)?.has(n),
          `the checkpoint of partition ${partitionId} passed ${n}, which has no record`
        ).toBe(true)
    return Promise.resolve()
  }
  const takeovers: Array<number> = []
  /** Ends a host, looks at what it left behind, and starts another one in its place. */
  const replace = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const name = pick(random, names)
    const host = hosts.get(name)!
    const owned = hubs
      .hub('tasks')
      .readers()
      .filter(reader => reader.name === host.options.identifier)
    const atMs = Date.now()
    const code = await host.end(signal)
    if (signal === 'SIGTERM') expect([code, host.errors()], `the host last said ${host.lastWords()}`).toEqual([0, ''])
    // The checkpoints first: what is audited after they were read proves nothing.
    const written = await checkpoints.read()
    await holdsToTheTrail(await readAuditTrail(folder), written)
    hosts.set(name, start(name))
    await Promise.all(
      owned.map(async ({ partitionId }) => {
        await expect
          .poll(
            () =>
              hubs
                .hub('tasks')
                .readers()
                .some(r => r.partitionId === partitionId && r.name !== host.options.identifier),
            { timeout: 90_000 }
          )
          .toBe(true)
        takeovers.push(Date.now() - atMs)
      })
    )
  }
  /** Another reader with the same right to a partition: its link is stolen from the owner, the ownership in the store is not. */
  const steal = async (): Promise<void> => {
    const thief = new EventHubConsumerClient('$Default', connectionString, { identifier: 'thief' })
    const subscription = thief.subscribe(
      String(Math.floor(random() * partitions)),
      { processEvents: () => Promise.resolve(), processError: () => Promise.resolve() },
      { ownerLevel: 1, maxWaitTimeInSeconds: 1 }
    )
    await new Promise(resolve => setTimeout(resolve, 300 + random() * 700))
    await subscription.close()
    await thief.close()
  }
  const errors = ['server-busy', 'timeout', 'internal-error', 'detach-forced'] as const
  const sick = (rule: Parameters<typeof snowflake.faults.add>[0]) => {
    snowflake.faults.add({ user: 'SYNC', count: 3, ...rule })
    return Promise.resolve()
  }
  const strike = (blow: Parameters<typeof hubs.faults.strike>[0]) => {
    hubs.faults.strike({ role: 'consumer', ...blow })
    return Promise.resolve()
  }
  const blows: Readonly<Record<string, () => Promise<void>>> = {
    kill: () => replace('SIGKILL'),
    goodbye: () => replace('SIGTERM'),
    steal,
    'cut connection': () => strike({ do: 'destroy', times: 1 }),
    'close connection': () => strike({ do: 'close-connection', times: 1 }),
    detach: () => strike({ do: 'detach', error: pick(random, errors), times: 3 }),
    'refuse links': () => {
      hubs.faults.inject({ on: 'attach', do: 'refuse', error: pick(random, errors), role: 'consumer', times: 2 })
      return Promise.resolve()
    },
    'stop delivering': () => {
      hubs.faults.inject({ on: 'deliver', do: 'delay', delayMs: 1_000, role: 'consumer', times: 3 })
      return Promise.resolve()
    },
    'Snowflake 503': () => sick({ fault: { kind: 'status', status: 503 } }),
    'Snowflake hangs up': () => sick({ fault: { kind: 'reset', when: 'after' } }),
    'Snowflake loses sessions': () => sick({ path: '/queries', fault: { kind: 'session', code: '390111' } }),
    'Snowflake is slow': () => sick({ sql: 'GRANT', fault: { kind: 'slow', ms: 1_500 } }),
    meddle: async () => {
      for (const sql of meddling(Math.floor(random() * tables))) await account.admin(sql)
    }
  }
  tell('started')
  await expect.poll(() => hubs.hub('tasks').readers().length, { timeout: 120_000 }).toBe(partitions)
  const until = Date.now() + seconds * 1_000
  const stream = (async () => {
    for (let n = 0; Date.now() < until; n += 4) {
      await Promise.all([0, 1, 2, 3].map(k => publish((n + k) % tables)))
      await new Promise(resolve => setTimeout(resolve, 15))
    }
  })()
  const done: Array<string> = []
  // Each of them at least once where there is time, then by chance.
  const order = Object.keys(blows)
  const shuffled = order.map(name => ({ name, at: random() })).sort((x, y) => x.at - y.at)
  while (Date.now() < until) {
    const name = shuffled[done.length]?.name ?? pick(random, order)
    done.push(name)
    tell(name)
    await blows[name]!()
    await new Promise(resolve => setTimeout(resolve, 200 + random() * 1_000))
  }
  tell('chaos over')
  await stream
  tell('stream over')
  hubs.faults.clear()
  snowflake.faults.clear()
  for (let table = 0; table < tables; table += 1) await publish(table)
  await toPromise(publisher.close())
  tell('published')

  const stored = () =>
    new Map(
      hubs.hub('tasks').partitionIds.map(id => [id, hubs.hub('tasks').partition(id).lastEnqueuedSequenceNumber + 1])
    )
  const total = [...stored().values()].reduce((sum, n) => sum + n, 0)
  expect(total).toBe(published.size)
  await expect
    .poll(
      async () => [...positionsOf(await readAuditTrail(folder)).values()].reduce((sum, { size }) => sum + size, 0),
      {
        timeout: 180_000,
        interval: 250
      }
    )
    .toBe(total)

  tell('all answered')
  const codes = await Promise.all([...hosts.values()].map(host => host.end('SIGTERM')))
  expect(codes, [...hosts.values()].map(host => `${host.errors()} ${host.lastWords()}`).join('\n')).toEqual([0, 0, 0])
  await checkpoints.stop()
  const trail = await readAuditTrail(folder)
  const answers = firstAnswers(trail)
  const stall = longestStall(trail)
  const waits = trail.map(({ record }) => {
    const { partitionId, sequenceNumber } = record.position
    const fromMs = published.get(record.taskId ?? '')?.atMs ?? Infinity
    return { partitionId, fromMs, ms: answers.get(`${partitionId}@${sequenceNumber}`)! - fromMs }
  })
  const wait = waits.reduce((longest, next) => (next.ms > longest.ms ? next : longest))
  process.stdout.write(
    `chaos (CHAOS_SEED=${seed}): ${total} events, ${done.length} blows, ${trail.length - answers.size} answered twice, takeovers ${takeovers.map(ms => `${ms}`).join(', ')} ms, longest stall ${stall.ms} ms, longest wait of an event ${wait.ms} ms\n`
  )
  tell(`the longest stall: ${stall.ms} ms`, stall.fromMs)
  tellOf(stall.fromMs - 2_000, stall.fromMs + stall.ms + 500)
  tell(`the longest wait, in partition ${wait.partitionId}: ${wait.ms} ms`, wait.fromMs)
  tellOf(wait.fromMs - 2_000, wait.fromMs + wait.ms + 500)

  // Promise 2: every event is answered, and for what it was.
  const answered = new Map(trail.map(({ record }) => [record.taskId ?? '', record]))
  expect(answered.size).toBe(published.size)
  expect(trail.filter(({ record }) => record.status === 'FAILED').map(({ record }) => record.reason)).toEqual([])
  // Promise 1: only forward, and at the end at the very last event.
  expect(checkpoints.backward).toEqual([])
  expect(new Map([...(await checkpoints.read())].map(([id, n]) => [id, n + 1]))).toEqual(stored())
  // Each table's requests are in one partition, and answered in their order.
  const lastOf = new Map<string, { readonly partitionId: string; readonly atMs: number }>()
  for (const [id, { table }] of published) {
    const { position } = answered.get(id)!
    const atMs = answers.get(`${position.partitionId}@${position.sequenceNumber}`)!
    const before = lastOf.get(table) ?? { partitionId: position.partitionId, atMs }
    expect(position.partitionId).toBe(before.partitionId)
    expect(atMs, `${id} was answered before its predecessor`).toBeGreaterThanOrEqual(before.atMs)
    lastOf.set(table, { partitionId: position.partitionId, atMs })
  }
  for (let n = 0; n < tables; n += 1) {
    const rows = await account.admin(`SHOW GRANTS ON TABLE DATA.PUBLIC."${tableName(n)}"`)
    const grants = rows
      .filter(row => row['privilege'] !== 'OWNERSHIP')
      .map(row => `${String(row['privilege'])} ${String(row['grantee_name'])}`)
    expect(grants.sort()).toEqual(['INSERT WRITER', 'SELECT READER', 'SELECT WRITER'])
  }
}
