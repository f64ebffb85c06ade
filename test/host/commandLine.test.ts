/** The command line as a process: what it ends with, where its words go, and what it does when nobody reads them. */
import type { Command } from 'commander'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSyncRequest, orThrow, payloadCodec, ResourceReference } from 'on-demand-sync'
import { createPublisher } from 'on-demand-sync/event-hubs'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { localEventHubs } from '../../src/cli/localEventHubs.ts'
import { localSnowflake } from '../../src/cli/localSnowflake.ts'
import { plan } from '../../src/cli/plan.ts'
import { publish } from '../../src/cli/publish.ts'
import { replay } from '../../src/cli/replay.ts'
import { run as runHost } from '../../src/cli/run.ts'
import { runCommand } from '../event-hubs/runCommand.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-line-'))
})
afterAll(() => rm(folder, { recursive: true }))

const start = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) =>
  spawn(process.execPath, ['--import', 'tsx', 'src/bin.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env }
  })

const run = async (...args: ReadonlyArray<string>) => {
  const child = start(args)
  const texts = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => (texts.out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (texts.err += data.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, ...texts }
}

it('ends with 2 and one line on standard error for what must be mended', { timeout: 60_000 }, async () => {
  const script = join(folder, 'setup.sql')
  await writeFile(script, 'CREATE NONSENSE N')
  const cases: ReadonlyArray<readonly [() => Command, ReadonlyArray<string>, string]> = [
    [plan, ['ORDERS'], 'reference ORDERS: must be database:DB, schema:DB.SCHEMA'],
    [replay, ['--dry-run', 'none.jsonl'], 'none.jsonl: must be a file that can be read'],
    [publish, ['--dry-run', '--file', folder], `${folder}: must be a file that can be read`],
    [localEventHubs, ['--port', '99999'], 'port must be a whole number from 0 to 65535'],
    [localEventHubs, ['--tls-cert', 'c.pem', '--tls-key', 'k.pem'], 'c.pem: must be a file that can be read'],
    [localSnowflake, ['--user', 'eve:S3CR3T:R:x'], '--user: must be name:password[:role]'],
    [localSnowflake, ['--setup', 'none.sql'], 'none.sql: must be a file that can be read'],
    [localSnowflake, ['--setup', script], "Unsupported feature 'CREATE NONSENSE'"]
  ]
  for (const [command, args, text] of cases) {
    const { code, out, err } = await runCommand(command(), ...args)
    expect({ args, code, out, lines: err.split('\n').length }).toEqual({ args, code: 2, out: '', lines: 2 })
    expect(err).toContain(text)
    expect(err).not.toContain('S3CR3T')
  }
  expect(await run('run', '--nope')).toEqual({ code: 2, out: '', err: "error: unknown option '--nope'\n" })
})

it('ends with 1 and one line where the world is not as it should be', { timeout: 60_000 }, async () => {
  expect(await run('local-event-hubs', '--host', 'no-such-host.invalid')).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/^[^\n]+\n$/) as string
  })
})

describe('run', () => {
  const settings = (over: Readonly<Record<string, string>>) => ({
    CONNECTOR_ON_DEMAND_V2_ENABLED: 'true',
    CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'true',
    CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING:
      'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=czNjcjN0;UseDevelopmentEmulator=true;EntityPath=tasks',
    CONNECTOR_SNOWFLAKE_JDBC_URL: 'jdbc:snowflake://127.0.0.1:1/?ssl=off&account=local',
    CONNECTOR_SNOWFLAKE_JDBC_USERNAME: 'SYNC',
    CONNECTOR_SNOWFLAKE_JDBC_PASSWORD: 's3cr3t',
    ON_DEMAND_SYNC_POLICY_FILE: join(folder, 'policies.yaml'),
    ON_DEMAND_SYNC_POLICY_DATABASE: 'GOV',
    ON_DEMAND_SYNC_POLICY_SCHEMA: 'ODS',
    ON_DEMAND_SYNC_AUDIT_FILE: join(folder, 'audit.jsonl'),
    ON_DEMAND_SYNC_CHECKPOINT_FILE: join(folder, 'checkpoints.json'),
    ...over
  })
  beforeAll(() => writeFile(join(folder, 'policies.yaml'), 'version: 1\nmanaged: { roles: ANALYST }\n'))
  afterEach(() => void vi.unstubAllEnvs())

  it('ends before it takes anything in, where a file of its own can never do', { timeout: 60_000 }, async () => {
    const other = join(folder, 'other.json')
    await writeFile(other, 's3cr3t')
    const none = join(folder, 'none')
    const cases: ReadonlyArray<readonly [Readonly<Record<string, string>>, ReadonlyArray<string>, string]> = [
      [{ ON_DEMAND_SYNC_POLICY_FILE: none }, [], `${none}: must be a file that can be read\n`],
      [{ ON_DEMAND_SYNC_POLICY_FILE: other }, [], `${other}: line 1, column 1: must be an object`],
      [
        { ON_DEMAND_SYNC_AUDIT_FILE: join(none, 'a'), ON_DEMAND_SYNC_CHECKPOINT_FILE: other },
        ['--dead-letters', folder],
        'configuration: ON_DEMAND_SYNC_AUDIT_FILE: must name a file that can be written, in a folder that is there; ON_DEMAND_SYNC_CHECKPOINT_FILE: must name a file of checkpoints, or none that is there; --dead-letters: must name a file that can be written, in a folder that is there\n'
      ],
      [
        { CONNECTOR_SNOWFLAKE_JDBC_PASSWORD: '', ON_DEMAND_SYNC_PRIVATE_KEY_FILE: other },
        [],
        'configuration: ON_DEMAND_SYNC_PRIVATE_KEY_FILE: must name a private key in PEM'
      ]
    ]
    for (const [over, args, text] of cases) {
      for (const [name, value] of Object.entries(settings(over))) vi.stubEnv(name, value)
      const { code, out, err } = await runCommand(runHost(), ...args)
      expect({ over, code, out }).toEqual({ over, code: 2, out: '' })
      expect(err).toContain(text)
      expect(err).not.toContain('s3cr3t')
    }
  })

  it('ends at once where it is told a second time, in whichever way', { timeout: 90_000 }, async () => {
    await using hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 1 } } })
    const request = createSyncRequest({ resources: [ResourceReference.database('D')] })
    await using publisher = createPublisher({ connectionString: hubs.connectionString('tasks') })
    orThrow(await publisher.publish(request)())
    // Nobody is at home where Snowflake should be: the goodbye takes as long as it may.
    const env = settings({
      CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: hubs.connectionString('tasks'),
      CONNECTOR_ON_DEMAND_V2_BATCH_TIMEOUT_MS: '0'
    })
    const child = start(['run', '--json'], env)
    let err = ''
    let told = 0
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString()
      const due = told === 0 ? err.includes('"batch started"') : told === 1 && err.includes('"stopping"')
      if (due) child.kill(told === 0 ? 'SIGTERM' : 'SIGINT')
      if (due) told += 1
    })
    expect(await once(child, 'close')).toEqual([null, 'SIGINT'])
    expect(err).not.toContain('"stopped"')
  })
})

it('does its work to the end where nobody reads on', { timeout: 90_000 }, async () => {
  const file = join(folder, 'requests.jsonl')
  const line = orThrow(
    payloadCodec.encode(createSyncRequest({ id: 't', resources: [ResourceReference.database('D')] }))
  )
  // More than a pipe holds; what is wrong stands last.
  await writeFile(file, `${`${line}\n`.repeat(50_000)}no request\n`)
  const child = start(['publish', '--dry-run', '--file', file])
  let err = ''
  child.stderr.on('data', (data: Buffer) => (err += data.toString()))
  await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  child.stdout.destroy()
  const [code] = (await once(child, 'close')) as [number]
  expect([code, err]).toEqual([2, `${file} line 50001: must be JSON\n`])
})
