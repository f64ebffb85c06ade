/**
 * Bodies of every kind: bytes, JSON, requests, requests with mutations. None stops the pipeline, each has exactly one audit record, and nothing of what they hold beside names and the task's id is repeated.
 *
 * `BODIES` (default 3,000) is how many; `BODIES_SEED` plays a run again.
 */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { AuditRecord, AuditSink, EventSource } from 'on-demand-sync'
import {
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  payloadCodec
} from 'on-demand-sync'
import { catalogueOf } from 'on-demand-sync/testing'
import { expect, it } from 'vitest'
import { pick, randomNumbers } from '../chaos/randomNumbers.ts'

const count = Number(process.env['BODIES'] ?? 3_000)
const seed = Number(process.env['BODIES_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const secret = 'S3CR3T'

type Random = () => number

const whole = (random: Random, below: number): number => Math.floor(random() * below)

const bytes = (random: Random): Uint8Array => {
  const some = Buffer.from(Array.from({ length: whole(random, 40) }, () => whole(random, 256)))
  return Buffer.concat([some, Buffer.from(secret), some])
}

/** Any JSON, a few levels deep, with the secret in it. */
const json = (random: Random, depth = 0): unknown => {
  const leaf = [null, true, 0, -1.5e300, '', secret, '\u0000', '\ud800', 'id', 'RESOURCE_SYNC']
  if (depth > 3 || random() < 0.4) return pick(random, leaf)
  if (random() < 0.5) return Array.from({ length: whole(random, 4) }, () => json(random, depth + 1))
  const keys = ['id', 'type', 'requestInfo', 'resources', 'values', '__proto__', 'constructor', 'toString', secret]
  return Object.fromEntries(
    Array.from({ length: whole(random, 4) }, () => [pick(random, keys), json(random, depth + 1)])
  )
}

const request = (random: Random, n: number): Record<string, unknown> => ({
  id: `task-${n}`,
  type: 'RESOURCE_SYNC',
  appType: 'PS_CONNECTOR',
  appSubType: 'SNOWFLAKE',
  requestInfo: {
    resources: Array.from({ length: 1 + whole(random, 3) }, () => ({
      type: 'table',
      values: { database: 'D', schema: 'S', table: pick(random, ['A', 'B', 'NOPE', '%', '"x']) }
    }))
  },
  unknown: secret
})

/** A request with one thing changed somewhere. Names and the id are left alone: those are told on purpose. */
const mutated = (random: Random, n: number): unknown => {
  const whole = request(random, n)
  const change = pick(random, ['type', 'appType', 'appSubType', 'createTime', 'requestInfo', 'drop', 'deep'])
  if (change === 'drop') delete whole[pick(random, ['id', 'type', 'appType', 'requestInfo'])]
  else if (change === 'deep')
    whole['requestInfo'] = {
      resources: [{ type: pick(random, [secret, 'TABLE', 7]), values: json(random) }, json(random)]
    }
  else whole[change] = random() < 0.5 ? secret : json(random)
  return whole
}

const encodings: ReadonlyArray<(value: unknown) => unknown> = [
  value => Buffer.from(JSON.stringify(value)),
  value => JSON.stringify(value),
  value => value,
  value => Buffer.from(JSON.stringify(value).slice(0, -1)),
  value => Buffer.from(`\ufeff${JSON.stringify(value)}`)
]

const bodyOf = (random: Random, n: number): unknown => {
  const kind = random()
  if (kind < 0.2) return bytes(random)
  const value = kind < 0.4 ? json(random) : kind < 0.7 ? request(random, n) : mutated(random, n)
  return pick(random, encodings)(value)
}

it(`answers ${count} arbitrary bodies, one record each (BODIES_SEED=${seed})`, { timeout: 3_600_000 }, async () => {
  const random = randomNumbers(seed)
  const chunk = 100
  let acknowledged = 0
  const source: EventSource = {
    events: async function* () {
      for (let at = 0; at < count; at += chunk)
        yield await Promise.resolve(
          Array.from({ length: Math.min(chunk, count - at) }, (_, index) => ({
            position: {
              ...{ hub: 'tasks', consumerGroup: '$Default', partitionId: '0' },
              ...{ sequenceNumber: at + index, offset: String(at + index) }
            },
            body: bodyOf(random, at + index),
            enqueuedAtMs: 0
          }))
        )
    },
    acknowledge: positions => TE.fromIO(() => void (acknowledged += positions.length)),
    close: () => TE.right(undefined)
  }
  const statuses = { SUCCESS: 0, FAILED: 0, SKIPPED: 0 }
  let next = 0
  const take = (record: AuditRecord) => {
    if (record.position.sequenceNumber !== next)
      throw new Error(`record ${record.position.sequenceNumber} for event ${next}`)
    if (
      JSON.stringify({ ...record, taskId: '', outcomes: record.outcomes.map(o => ({ ...o, reference: '' })) }).includes(
        secret
      ) &&
      !isNamed(record)
    )
      throw new Error(`the record of event ${next} repeats what the body held`)
    next += 1
    statuses[record.status] += 1
  }
  const audit: AuditSink = {
    append: records => TE.fromIO(() => records.forEach(take)),
    flush: () => TE.right(undefined),
    close: () => TE.right(undefined)
  }
  const sync = createOnDemandSync({
    source,
    resolver: createMemoryResourceResolver(
      catalogueOf(['A', 'B'].map(table => ({ database: 'D', schema: 'S', table })))
    ),
    policies: createMemoryPolicySource(resource => ({
      resource,
      ...{ grants: [], masks: [], notes: [], managed: { roles: [], users: [] } }
    })),
    syncer: createMemoryPolicySyncer(),
    audit,
    batch: { maxItems: 50, timeoutMs: 0 }
  })
  await sync.start()
  await sync.done
  process.stdout.write(`bodies (BODIES_SEED=${seed}): ${JSON.stringify(statuses)}\n`)
  expect([next, acknowledged]).toEqual([count, count])
  expect(statuses.FAILED).toBe(0)
  expect(Math.min(statuses.SUCCESS, statuses.SKIPPED)).toBeGreaterThan(0)
})

/** A resource that happens to be called like the secret is told of by its name. */
const isNamed = ({ outcomes }: AuditRecord): boolean =>
  JSON.stringify(outcomes.map(({ reference }) => reference)).includes(secret)

it('knows its own bodies: some are requests', () => {
  const random = randomNumbers(1)
  const decoded = Array.from({ length: 500 }, (_, n) => payloadCodec.decode(bodyOf(random, n))._tag)
  expect(new Set(decoded)).toEqual(new Set(['Left', 'Right']))
})
