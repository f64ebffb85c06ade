/** Poison: kept whole, with reason and attempts, and sent again by command. */
import { EventHubProducerClient } from '@azure/event-hubs'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeadLetter, PolicySyncer, ResourceResult } from 'on-demand-sync'
import {
  createJsonLinesDeadLetterSink,
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  createSyncRequest,
  DeadLetterSink,
  orThrow,
  payloadCodec,
  ResourceReference,
  SyncError
} from 'on-demand-sync'
import { createEventHubsDeadLetterSink } from 'on-demand-sync/event-hubs'
import type { LocalEventHubs } from 'on-demand-sync/testing'
import { catalogueOf, createManualClock, startLocalEventHubs } from 'on-demand-sync/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { replay } from '../../src/cli/replay.ts'
import { runCommand } from './runCommand.ts'

let hubs: LocalEventHubs
let folder: string
beforeAll(async () => {
  hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 2 }, dead: { partitions: 2 } } })
  folder = await mkdtemp(join(tmpdir(), 'dead-'))
  vi.stubEnv('CONNECTOR_ON_DEMAND_V2_ENABLED', 'true')
  vi.stubEnv('CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED', 'true')
  vi.stubEnv('CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING', hubs.connectionString('tasks'))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await hubs.stop()
})

const body = (id: string, table: string) =>
  Buffer.from(
    orThrow(payloadCodec.encode(createSyncRequest({ id, resources: [ResourceReference.table('D', 'S', table)] })))
  )

/** Fails every table that is called POISON: for good, or as often as it likes when `passing`. */
const poisonedSyncer = (passing: boolean): PolicySyncer => {
  const inner = createMemoryPolicySyncer()
  const error = SyncError.StatementFailed({ object: 'D.S.POISON', operation: 'GRANT', code: '1', retryable: passing })
  const poison = (result: ResourceResult): ResourceResult =>
    result.resource.name.table === 'POISON' ? { ...result, result: 'failed', error } : result
  return {
    ...inner,
    apply: (plan, options) =>
      TE.map((results: ReadonlyArray<ResourceResult>) => results.map(poison))(inner.apply(plan, options))
  }
}

const bodies: ReadonlyArray<unknown> = [
  body('good', 'GOOD'),
  body('bad', 'POISON'),
  Buffer.from([0xff, 0xfe, 0x00]),
  '{"id":"half","type":"RESOURCE_SYNC","appType":"PS_CONNECTOR","appSubType":"SNOWFLAKE"}',
  '{"id":"other","type":"OTHER","appType":"SOMEBODY","appSubType":"ELSE"}'
]

const runThrough = async (deadLetters: DeadLetterSink, passing = false) => {
  const audit = createMemoryAuditSink()
  const source = createMemoryEventSource(bodies)
  const clock = createManualClock()
  const events: Array<string> = []
  const sync = createOnDemandSync({
    source,
    resolver: createMemoryResourceResolver(
      catalogueOf(['GOOD', 'POISON'].map(table => ({ database: 'D', schema: 'S', table })))
    ),
    policies: createMemoryPolicySource(resource => ({
      resource,
      grants: [],
      masks: [],
      managed: { roles: [], users: [] },
      notes: []
    })),
    syncer: poisonedSyncer(passing),
    audit,
    deadLetters,
    clock,
    // The clock runs ahead of the connections, which take real time to close.
    stopTimeoutMs: 1e12,
    onEvent: ({ type }) => void events.push(type)
  })
  await sync.start()
  const state = { ended: false }
  const isEnded = () => state.ended
  void sync.done.finally(() => (state.ended = true))
  while (!isEnded()) await clock.advance(5_000)
  await sync.done
  return { audit, source, events }
}

it('takes failed tasks and broken bodies, with reason, attempts and the very bytes', async () => {
  const kept: Array<DeadLetter> = []
  const { audit } = await runThrough(DeadLetterSink.fromAsync({ append: letters => void kept.push(...letters) }), true)
  expect(audit.records()).toHaveLength(bodies.length)
  expect(kept.map(({ taskId, status, attempts }) => [taskId, status, attempts])).toEqual([
    ['bad', 'FAILED', 5],
    [undefined, 'SKIPPED', 1],
    ['half', 'SKIPPED', 1]
  ])
  expect(kept[0]).toMatchObject({
    reason: expect.stringContaining('POISON') as string,
    position: { sequenceNumber: 1 }
  })
  expect(kept.map(letter => Buffer.from(letter.body))).toEqual([1, 2, 3].map(n => Buffer.from(bodies[n] as string)))
})

it('acknowledges nothing before its letter is safe, and waits for a sink that is away', async () => {
  let attempts = 0
  const { source, events } = await runThrough(
    DeadLetterSink.fromAsync({
      append: () => {
        attempts += 1
        if (attempts < 3) throw new Error('away')
      }
    })
  )
  const order = events.filter(type => type === 'waiting' || type === 'dead letters' || type === 'checkpointed')
  expect(order).toEqual(['waiting', 'waiting', 'dead letters', 'checkpointed'])
  expect(source.acknowledged()).toHaveLength(bodies.length)
})

it('writes letters to a file, and the command sends them again byte for byte', async () => {
  const path = join(folder, 'dead.jsonl')
  await runThrough(createJsonLinesDeadLetterSink({ path }))
  await writeFile(path, `${await readFile(path, 'utf8')}edited by hand\n`)
  expect(await runCommand(replay(), '--dry-run', path)).toMatchObject({
    code: 0,
    out: 'memory/$Default/0@1\nmemory/$Default/0@2\nmemory/$Default/0@3\n'
  })
  const { code, out, err } = await runCommand(replay(), path)
  expect([code, err]).toEqual([1, expect.stringContaining('no dead letter')])
  expect(out.trim().split('\n').sort()).toEqual([1, 2, 3].map(n => `memory/$Default/0@${n}`))
  const events = hubs.hub('tasks').events()
  // The server's own view of a JSON body is the value.
  const bytes = (some: ReadonlyArray<unknown>) =>
    some
      .map(one => (one instanceof Uint8Array || typeof one === 'string' ? one : JSON.stringify(one)))
      .map(one => Buffer.from(one as string).toString('hex'))
      .sort()
  expect(bytes(events.map(event => event.body))).toEqual(bytes(bodies.slice(1, 4)))
  expect(events.map(({ properties }) => properties['replayOf']).sort()).toEqual(
    [1, 2, 3].map(n => `memory/$Default/0@${n}`)
  )
}, 120_000)

it('sends letters to another hub, and the command sends each of those again once', async () => {
  const before = hubs.hub('tasks').events().length
  await runThrough(createEventHubsDeadLetterSink({ connectionString: hubs.connectionString('dead') }))
  const letters = hubs.hub('dead').events()
  expect(letters.map(({ properties }) => properties)).toContainEqual(
    expect.objectContaining({ hub: 'memory', sequenceNumber: 1, status: 'FAILED', taskId: 'bad', attempts: 1 })
  )
  const checkpoints = join(folder, 'replay.json')
  const again = () => runCommand(replay(), '--from-hub', 'dead', '--checkpoints', checkpoints)
  expect((await again()).out.trim().split('\n')).toHaveLength(3)
  expect(hubs.hub('tasks').events()).toHaveLength(before + 3)
  expect(await again()).toMatchObject({ code: 0, out: '' })
  const producer = new EventHubProducerClient(hubs.connectionString('dead'))
  await producer.sendBatch([{ body: Buffer.alloc(0), properties: { hub: 'h', bodyBytes: 5 } }])
  await producer.close()
  expect(await again()).toMatchObject({ code: 1, err: expect.stringContaining('too large') as string })
  expect(hubs.hub('tasks').events()).toHaveLength(before + 3)
}, 120_000)

it('refuses what it can make no sense of', async () => {
  expect(await runCommand(replay())).toMatchObject({ code: 2 })
  expect(await runCommand(replay(), 'file', '--from-hub', 'dead')).toMatchObject({ code: 2 })
  expect(
    E.isLeft(await DeadLetterSink.fromAsync({ append: () => Promise.reject(new Error('S3CR3T')) }).append([])())
  ).toBe(true)
})
