/** `plan`, `apply`, `run` and `validate` with policies from Apache Ranger: the commands, `run` and once the others in processes of their own, against local servers and a stand-in of Ranger Admin. */
import { EventHubProducerClient } from '@azure/event-hubs'
import { serve } from '@hono/node-server'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { AuditRecord } from 'on-demand-sync'
import { createSyncRequest, orThrow, payloadCodec, ResourceReference } from 'on-demand-sync'
import type { LocalSnowflake } from 'on-demand-sync/testing'
import { startLocalEventHubs, startLocalSnowflake } from 'on-demand-sync/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { policiesJson, policy, usersJson } from '../policies/ranger/ranger.ts'
import type { World } from '../policies/ranger/ranger.ts'
import type { RangerAdminStandIn } from '../policies/ranger/sources/RangerAdminStandIn.ts'
import { createRangerAdminStandIn } from '../policies/ranger/sources/RangerAdminStandIn.ts'
import type { Words } from './commands.ts'
import { runWith } from './commands.ts'

const secret = 'S3CR3T'
const timeout = 120_000
const orders = ResourceReference.table('SALES', 'PUBLIC', 'ORDERS')
const allowing = (group: string): World => ({
  policies: [policy('SALES.PUBLIC.ORDERS.*', { allow: [`g:${group} select`] })],
  users: { ann: ['analysts'], bob: ['others'] }
})
const mapping = 'managed: { roles: "G_*" }\nprincipals: { groups: { prefix: G_ } }\n'

let snowflake: LocalSnowflake
let folder: string
let environment: NodeJS.ProcessEnv
beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    users: [{ name: 'ADMIN', password: 'pass-word', defaultRole: 'ACCOUNTADMIN' }],
    setup:
      'CREATE ROLE G_ANALYSTS; CREATE ROLE G_OTHERS; CREATE DATABASE SALES; CREATE TABLE SALES.PUBLIC.ORDERS (ID NUMBER); CREATE DATABASE GOV; CREATE SCHEMA GOV.ODS'
  })
  folder = await mkdtemp(join(tmpdir(), 'ranger-'))
  environment = {
    ...process.env,
    CONNECTOR_ON_DEMAND_V2_ENABLED: 'true',
    CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'false',
    CONNECTOR_SNOWFLAKE_JDBC_URL: `jdbc:snowflake://${new URL(snowflake.accessUrl).host}/?ssl=off&account=${snowflake.account}&warehouse=COMPUTE_WH`,
    CONNECTOR_SNOWFLAKE_JDBC_USERNAME: 'ADMIN',
    CONNECTOR_SNOWFLAKE_JDBC_PASSWORD: 'pass-word',
    CONNECTOR_SNOWFLAKE_ROLE_TO_USE: 'ACCOUNTADMIN',
    ON_DEMAND_SYNC_RANGER_FILE: join(folder, 'ranger.yaml'),
    ON_DEMAND_SYNC_POLICY_DATABASE: 'GOV',
    ON_DEMAND_SYNC_POLICY_SCHEMA: 'ODS'
  }
}, timeout)
afterAll(() => snowflake.stop())

/** Writes the settings. */
const settings = (text: string): Promise<void> => writeFile(join(folder, 'ranger.yaml'), `${text}\n${mapping}`)

const cli = (
  args: ReadonlyArray<string>,
  more: NodeJS.ProcessEnv = {}
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise(resolve => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'src/bin.ts', ...args],
      { env: { ...environment, ...more } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    )
  })

/** The same, in this process. */
const command = (words: Words, more: NodeJS.ProcessEnv = {}) => runWith({ ...environment, ...more }, words)

/** Who may read the table. */
const readers = async (): Promise<ReadonlyArray<unknown>> => {
  const grants = await snowflake.execute('SHOW GRANTS ON TABLE SALES.PUBLIC.ORDERS')
  return grants.filter(row => row['privilege'] === 'SELECT').map(row => row['grantee_name'])
}

interface Admin extends AsyncDisposable {
  readonly standIn: RangerAdminStandIn
  readonly url: string
}

const startAdmin = async (): Promise<Admin> => {
  const standIn = createRangerAdminStandIn({
    authorization: `Basic ${Buffer.from(`sync:${secret}`).toString('base64')}`
  })
  const server = serve({ fetch: standIn.app.fetch, port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  return {
    standIn,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

/** `run`, with its lines. */
const startRun = (more: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/bin.ts', 'run'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...environment, ON_DEMAND_SYNC_RANGER_PASSWORD: secret, ...more }
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: Array<string> = []
  createInterface({ input: child.stderr }).on('line', line => lines.push(line))
  return { child, lines, ended: once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string) }
}

describe('with files of Ranger', () => {
  beforeAll(async () => {
    await settings('files: { policies: policies.json, users: users.json }')
    const world = allowing('analysts')
    await writeFile(join(folder, 'policies.json'), JSON.stringify({ ...policiesJson(world), serviceName: 'sf' }))
    await writeFile(join(folder, 'users.json'), JSON.stringify(usersJson(world.users ?? {})))
  })

  it('plans the grant that a policy says, and applies it', { timeout }, async () => {
    const file = join(folder, 'plan.json')
    const planned = await cli(['plan', 'table:SALES.PUBLIC.ORDERS', '--out', file])
    expect(planned.stderr).toMatch(/^Ranger: policies \d+, users \d+ are in force$/m)
    expect(planned.code).toBe(0)
    expect(planned.stdout).toContain('+ grant SELECT on SALES.PUBLIC.ORDERS to role G_ANALYSTS')
    expect(await readers()).toEqual([])
    // What was planned is applied, whatever has become of the policies: none are needed for it.
    const applied = await cli(['apply', file], { ON_DEMAND_SYNC_RANGER_FILE: '' })
    expect({ code: applied.code, stdout: applied.stdout }).toEqual({
      code: 0,
      stdout: 'SALES.PUBLIC.ORDERS: applied\n'
    })
    expect(await readers()).toEqual(['G_ANALYSTS'])
  })

  it('says what is wrong with the settings, and ends with 2', { timeout }, async () => {
    const file = join(folder, 'wrong.yaml')
    await writeFile(file, `url: http://ranger.example.com\npassword: ${secret}\n${mapping}`)
    const wrong = await command(['validate', 'ranger', file])
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('line 2, column 11: password: is not a known field')
    expect(wrong.err).not.toContain(secret)
    const right = await command(['validate', 'ranger', join(folder, 'ranger.yaml')])
    expect(right).toMatchObject({ code: 0, out: expect.stringContaining("from Ranger's files") as string })
    const none = await command(['plan', 'table:SALES.PUBLIC.ORDERS'], { ON_DEMAND_SYNC_RANGER_FILE: '' })
    expect(none.code).toBe(2)
    expect(none.err).toContain('ON_DEMAND_SYNC_POLICY_FILE: must be given, one of the two')
    expect(none.err).toContain('ON_DEMAND_SYNC_RANGER_FILE: must be given, one of the two')
    const alone = await command(['plan', 'table:SALES.PUBLIC.ORDERS'], { ON_DEMAND_SYNC_RANGER_PASSWORD: secret })
    expect(alone.code).toBe(2)
    expect(alone.err).toContain('ON_DEMAND_SYNC_RANGER_PASSWORD: must be given where the Ranger settings name a user')
    expect(alone.err).not.toContain(secret)
  })
})

describe('with a Ranger Admin', () => {
  it('plans nothing where there are no policies: it says why, soon, and ends with 1', { timeout }, async () => {
    await using admin = await startAdmin()
    await settings(`url: ${admin.url}\nservice: sf\nuser: sync`)
    const without = await command(['plan', 'table:SALES.PUBLIC.ORDERS'])
    expect(without.code).toBe(2)
    expect(without.err).toContain('ON_DEMAND_SYNC_RANGER_PASSWORD: must be given')
    for (const [trouble, words] of [
      [{ status: 503 }, 'Ranger Admin is unavailable'],
      [{ status: 404 }, 'service sf of Ranger Admin does not exist']
    ] as const) {
      admin.standIn.trouble('policies', trouble)
      const failed = await command(['plan', 'table:SALES.PUBLIC.ORDERS'], { ON_DEMAND_SYNC_RANGER_PASSWORD: secret })
      expect(failed.code).toBe(1)
      expect(failed.err).toContain(words)
      expect(failed.out + failed.err).not.toContain(secret)
    }
  })

  it('syncs by its policies, by the last ones while it is away, and ends with 0 on SIGTERM', { timeout }, async () => {
    await using hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 1 } } })
    await using admin = await startAdmin()
    await settings(`url: ${admin.url}\nservice: sf\nuser: sync\npollIntervalMs: 100\ncacheFolder: cache`)
    admin.standIn.publish(allowing('analysts'))
    const audit = join(folder, 'audit.jsonl')
    const { child, lines, ended } = startRun({
      CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'true',
      CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: hubs.connectionString('tasks'),
      CONNECTOR_ON_DEMAND_V2_BATCH_TIMEOUT_MS: '50',
      ON_DEMAND_SYNC_AUDIT_FILE: audit,
      ON_DEMAND_SYNC_CHECKPOINT_FILE: join(folder, 'checkpoints.json')
    })
    const producer = new EventHubProducerClient(hubs.connectionString('tasks'))
    const sync = async (id: string): Promise<AuditRecord | undefined> => {
      const request = createSyncRequest({ id, resources: [orders] })
      await producer.sendBatch([{ body: Buffer.from(orThrow(payloadCodec.encode(request))) }])
      await expect.poll(() => lines, { timeout: 30_000 }).toContainEqual(expect.stringContaining(` ${id} `))
      const records = (await readFile(audit, 'utf8')).trim().split('\n')
      return records.map(record => JSON.parse(record) as AuditRecord).find(({ taskId }) => taskId === id)
    }
    const told = (text: string) =>
      expect.poll(() => lines, { timeout: 30_000 }).toContainEqual(expect.stringContaining(text))

    expect(await sync('first')).toMatchObject({
      status: 'SUCCESS',
      policyVersion: 'policies 1, roles 1, tags 1, users 1'
    })
    expect(await readers()).toEqual(['G_ANALYSTS'])

    admin.standIn.publish(allowing('others'))
    await told('Ranger: policies 2, roles 1, tags 1, users 1 are in force')
    await told('to be synced: table SALES.PUBLIC.ORDERS')
    expect(await sync('second')).toMatchObject({ status: 'SUCCESS' })
    expect(await readers()).toEqual(['G_OTHERS'])

    admin.standIn.trouble('policies', { status: 503 })
    await told('Ranger: no newer policies: Ranger Admin is unavailable')
    expect(await sync('third')).toMatchObject({
      status: 'SUCCESS',
      statementCount: 0,
      policyVersion: 'policies 2, roles 1, tags 1, users 1'
    })
    expect(await readers()).toEqual(['G_OTHERS'])

    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    await producer.close()
    expect(lines.join('\n')).not.toMatch(new RegExp(`${secret}|\\bann\\b|\\bbob\\b`))

    // The next start finds the last policies in the folder beside the settings, although Admin is still away.
    const planned = await command(['plan', 'table:SALES.PUBLIC.ORDERS'], { ON_DEMAND_SYNC_RANGER_PASSWORD: secret })
    expect(planned.err).toContain('Ranger: policies 2, roles 1, tags 1, users 1 are in force, out of the cache')
    expect(planned.code).toBe(0)
  })

  it('ends with 0 on SIGTERM while it is asked for the first time and does not answer', { timeout }, async () => {
    await using hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 1 } } })
    await using admin = await startAdmin()
    let answer: () => void = () => undefined
    admin.standIn.trouble('policies', { until: new Promise(resolve => (answer = resolve)) })
    await settings(`url: ${admin.url}\nservice: sf\nuser: sync`)
    const { child, ended } = startRun({
      CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'true',
      CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: hubs.connectionString('tasks'),
      ON_DEMAND_SYNC_AUDIT_FILE: join(folder, 'none.jsonl'),
      ON_DEMAND_SYNC_CHECKPOINT_FILE: join(folder, 'none.json')
    })
    await expect.poll(() => admin.standIn.asked.length, { timeout: 30_000 }).toBeGreaterThan(0)
    const asked = performance.now()
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    // Admin would be given a minute, and a pipeline at work half of one.
    expect(performance.now() - asked).toBeLessThan(15_000)
    answer()
  })
})
