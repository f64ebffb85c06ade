/** The command line as a process: what it ends with, where its words go, and what it does when nobody reads them. */
import type { Command } from 'commander'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSyncRequest, orThrow, payloadCodec, ResourceReference } from 'on-demand-sync'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { localEventHubs } from '../../src/cli/localEventHubs.ts'
import { localSnowflake } from '../../src/cli/localSnowflake.ts'
import { plan } from '../../src/cli/plan.ts'
import { publish } from '../../src/cli/publish.ts'
import { replay } from '../../src/cli/replay.ts'
import { runCommand } from '../event-hubs/runCommand.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-line-'))
})
afterAll(() => rm(folder, { recursive: true }))

const start = (args: ReadonlyArray<string>) =>
  spawn(process.execPath, ['--import', 'tsx', 'src/bin.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })

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
    [localSnowflake, ['--setup', 'none.sql'], 'none.sql: must be a file that can be read'],
    [localSnowflake, ['--setup', script], "Unsupported feature 'CREATE NONSENSE'"]
  ]
  for (const [command, args, text] of cases) {
    const { code, out, err } = await runCommand(command(), ...args)
    expect({ args, code, out, lines: err.split('\n').length }).toEqual({ args, code: 2, out: '', lines: 2 })
    expect(err).toContain(text)
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
