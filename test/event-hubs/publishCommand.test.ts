import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSyncRequest, orThrow, payloadCodec, ResourceReference } from 'on-demand-sync'
import type { LocalEventHubs } from 'on-demand-sync/testing'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { publish } from '../../src/cli/publish.ts'
import { runCommand } from './runCommand.ts'

let hubs: LocalEventHubs
let folder: string
beforeAll(async () => {
  hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 2 } } })
  folder = await mkdtemp(join(tmpdir(), 'publish-'))
  vi.stubEnv('CONNECTOR_ON_DEMAND_V2_ENABLED', 'true')
  vi.stubEnv('CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED', 'true')
  vi.stubEnv('CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING', hubs.connectionString('tasks'))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await hubs.stop()
})

const run = (...args: ReadonlyArray<string>) => runCommand(publish(), ...args)

const sent = () =>
  hubs
    .hub('tasks')
    .events()
    .map(({ body }) => orThrow(payloadCodec.decode(body)))

it('sends one request for the references it is given, and prints its id', async () => {
  const before = sent().length
  const { code, out, err } = await run('table:SALES.PUBLIC.ORDERS', 'database:HR', '--id', 't-1', '--source', 'me')
  expect([code, out, err]).toEqual([0, 't-1\n', ''])
  expect(sent().slice(before)).toMatchObject([
    {
      id: 't-1',
      source: 'me',
      requestInfo: {
        resources: [ResourceReference.table('SALES', 'PUBLIC', 'ORDERS'), ResourceReference.database('HR')]
      }
    }
  ])
})

it('sends the requests of a file, up to the first that is wrong', async () => {
  const before = sent().length
  const line = (id: string) =>
    orThrow(payloadCodec.encode(createSyncRequest({ id, resources: [ResourceReference.database('D')] })))
  const file = join(folder, 'requests.jsonl')
  await writeFile(file, `${line('a')}\n\n${line('b')}\n`)
  expect(await run('--file', file)).toMatchObject({ code: 0, out: 'a\nb\n' })
  await writeFile(file, `${line('c')}\n{"id":"S3CR3T"}\n`)
  const { code, err } = await run('--file', file)
  expect(code).toBe(2)
  expect(err).toContain('line 2')
  expect(err).not.toContain('S3CR3T')
  expect(sent().slice(before).length).toBeGreaterThanOrEqual(2)
})

it('checks without sending, refuses what it can make no sense of, and helps', async () => {
  const before = sent().length
  expect(await run('--dry-run', 'table:A.B.C')).toMatchObject({ code: 0 })
  expect(await run('table:A')).toMatchObject({ code: 2 })
  expect(await run()).toMatchObject({ code: 2 })
  const { code, out } = await run('--help')
  expect([code, out]).toEqual([0, expect.stringContaining('Ends with 0')])
  expect(sent()).toHaveLength(before)
})
