/** Every switch that Local Snowflake has, thrown in the middle of a run of 500 syncs: nothing is lost, nothing fails that need not, and nobody has to restart anything. */
import type { AuditRecord, LifecycleEvent } from 'on-demand-sync'
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createOnDemandSync,
  createSyncRequest,
  orThrow,
  payloadCodec,
  ResourceReference,
  systemClock
} from 'on-demand-sync'
import type { SnowflakeClientOptions } from 'on-demand-sync/snowflake'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import type { SnowflakeFaultRule } from 'on-demand-sync/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectorAccount } from './connectorAccount.ts'
import { policySchema, startConnectorAccount } from './connectorAccount.ts'

const tables = 10
const syncs = 500
const queryPath = '/queries/v1/query-request'

let account: ConnectorAccount
beforeAll(async () => {
  account = await startConnectorAccount('CREATE ROLE ANALYST; CREATE DATABASE D;')
  await account.openTo('D', 'PUBLIC')
})
afterAll(async () => {
  await account.stop()
})

const bodyFor = (table: number): string =>
  orThrow(payloadCodec.encode(createSyncRequest({ resources: [ResourceReference.table('D', 'PUBLIC', `T${table}`)] })))

/** Time that runs `speed` times as fast. */
const fastClock = (speed: number) => ({
  ...systemClock,
  now: () => systemClock.now() * speed,
  schedule: (delayMs: number, task: () => void) => systemClock.schedule(delayMs / speed, task)
})

interface Run {
  readonly faults?: ReadonlyArray<SnowflakeFaultRule>
  readonly client?: Partial<SnowflakeClientOptions>
  readonly clock?: typeof systemClock
  readonly onEvent?: (event: LifecycleEvent) => void
}

/** 500 requests for ten tables, whose policies change all the time, in batches of 25. The faults come on after the second batch. */
const run = async ({ faults = [], client: over = {}, clock = systemClock, onEvent }: Run) => {
  for (let n = 0; n < tables; n += 1) await account.admin(`CREATE OR REPLACE TABLE D.PUBLIC.T${n} (C VARCHAR)`)
  account.snowflake.faults.clear()
  const client = createSnowflakeClient({
    account: account.snowflake.account,
    accessUrl: account.snowflake.accessUrl,
    username: 'SYNC',
    credentials: { password: 'sync-pass' },
    role: 'POLICY_SYNC',
    warehouse: 'COMPUTE_WH',
    clock,
    ...over
  })
  let round = 0
  const audit = createMemoryAuditSink()
  const waits: Array<string> = []
  const sync = createOnDemandSync({
    source: createMemoryEventSource(Array.from({ length: syncs }, (_, n) => bodyFor(n % tables))),
    audit,
    resolver: createSnowflakeResolver({ client }),
    policies: createMemoryPolicySource(resource => ({
      resource,
      grants: (round % 2 === 0 ? ['SELECT'] : ['SELECT', 'INSERT']).map(privilege => ({
        privilege,
        grantee: { type: 'role', name: 'ANALYST' },
        grantOption: false
      })),
      masks: round % 3 === 0 ? [{ column: 'C', rules: [], otherwise: { kind: 'null' } }] : [],
      managed: { roles: ['ANALYST'], users: [] },
      notes: []
    })),
    syncer: createSnowflakeSyncer({ client, policySchema }),
    batch: { maxItems: 25, timeoutMs: 0 },
    retry: { baseDelayMs: 20, maxDelayMs: 1_000 },
    clock,
    owned: [client],
    onEvent: event => {
      if (event.type === 'batch finished') {
        round += 1
        if (round === 2) for (const rule of faults) account.snowflake.faults.add(rule)
      }
      if (event.type === 'waiting') waits.push(event.error._tag)
      onEvent?.(event)
    }
  })
  await sync.start()
  await sync.done
  account.snowflake.faults.clear()
  // The last round's policies are in force, whatever was in the way.
  round -= 1
  const granted = await account.admin('SHOW GRANTS ON TABLE D.PUBLIC.T1')
  const privileges = granted.filter(row => row['grantee_name'] === 'ANALYST').map(row => row['privilege'])
  expect(privileges.sort()).toEqual(round % 2 === 0 ? ['SELECT'] : ['INSERT', 'SELECT'])
  return { records: audit.records(), waits }
}

const statuses = (records: ReadonlyArray<AuditRecord>) => ({
  records: records.length,
  failed: records.filter(({ status }) => status === 'FAILED').length,
  skipped: records.filter(({ status }) => status === 'SKIPPED').length
})
const allWell = { records: syncs, failed: 0, skipped: 0 }

describe('a run of 500 syncs', () => {
  const quick = { statementTimeoutMs: 1_000 }
  const cut = (when: 'before' | 'after'): SnowflakeFaultRule => ({
    path: queryPath,
    count: 2,
    fault: { kind: 'reset', when }
  })
  const switches: ReadonlyArray<readonly [string, Run]> = [
    ['503', { faults: [{ path: queryPath, count: 2, fault: { kind: 'status', status: 503 } }] }],
    ['429', { faults: [{ path: queryPath, count: 2, fault: { kind: 'status', status: 429 } }] }],
    [
      '403 for a while',
      { faults: [{ path: queryPath, count: 20, fault: { kind: 'status', status: 403 } }], clock: fastClock(5) }
    ],
    ['requests that hang', { faults: [{ path: queryPath, count: 2, fault: { kind: 'hang' } }], client: quick }],
    ['connections cut before the request', { faults: [cut('before')] }],
    ['connections cut after the request', { faults: [cut('after')] }],
    ['tokens that run out', { faults: [{ path: queryPath, count: 5, fault: { kind: 'session', code: '390112' } }] }],
    ['sessions that are gone', { faults: [{ path: queryPath, count: 5, fault: { kind: 'session', code: '390111' } }] }],
    ['a warehouse that is gone', { faults: [{ sql: '->>', count: 8, fault: { kind: 'error', code: '000606' } }] }],
    ['locks', { faults: [{ sql: 'GRANT', count: 4, fault: { kind: 'error', code: '000625' } }] }],
    ['slow statements', { faults: [{ sql: 'SHOW', count: 10, fault: { kind: 'slow', ms: 50 } }] }],
    [
      'stuck statements',
      { faults: [{ sql: 'ALTER TABLE', count: 2, fault: { kind: 'slow', ms: 60_000 } }], client: quick }
    ],
    ['latency', { faults: [{ path: queryPath, fault: { kind: 'latency', ms: 5 } }] }]
  ]
  it.each(switches)('outlives %s', { timeout: 180_000 }, async (_, given) => {
    const { records } = await run(given)
    expect(statuses(records)).toEqual(allWell)
  })

  it(
    'fails what a partial grant (003011) leaves undone, says so, and mends it at the next sync',
    { timeout: 180_000 },
    async () => {
      const { records } = await run({
        // Once for the block of grants, and once for this one by itself.
        faults: [
          {
            sql: /GRANT INSERT ON TABLE "D"."PUBLIC"."T4"/,
            count: 2,
            fault: { kind: 'withhold', privileges: ['INSERT'] }
          }
        ]
      })
      const failed = records.filter(({ status }) => status === 'FAILED')
      expect(records).toHaveLength(syncs)
      expect(new Set(failed.map(({ reason }) => reason)).size).toBe(1)
      expect(failed.length).toBeLessThan(5)
      expect(failed[0]?.reason).toContain('not authorized to GRANT')
    }
  )

  it('skips a table that is dropped under its feet, and nothing else', { timeout: 180_000 }, async () => {
    const { records } = await run({
      faults: [{ sql: /T3" TO ROLE/, count: 1, fault: { kind: 'run', sql: 'DROP TABLE D.PUBLIC.T3' } }]
    })
    expect(statuses(records).failed).toBe(0)
    const skipped = records.filter(({ status }) => status === 'SKIPPED')
    expect(skipped.length).toBeGreaterThan(30)
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(
      new Set([
        'table D.PUBLIC.T3: D.PUBLIC.T3 does not exist, or our role may not see it',
        'table D.PUBLIC.T3: does not exist'
      ])
    )
  })
})

describe('an outage of two minutes', () => {
  const faults: ReadonlyArray<readonly [string, SnowflakeFaultRule]> = [
    ['in which nothing answers', { fault: { kind: 'hang' } }],
    ['in which everything is refused', { fault: { kind: 'status', status: 403 } }]
  ]
  it.each(faults)(
    '%s leaves no FAILED record, and takes in no more than the queue holds',
    { timeout: 180_000 },
    async (_, rule) => {
      const clock = fastClock(40)
      let [started, ended, taken, most] = [0, 0, 0, 0]
      const { records, waits } = await run({
        clock,
        client: { statementTimeoutMs: 10_000, clock },
        onEvent: event => {
          if (event.type === 'received') taken += event.events
          if (event.type === 'batch finished' && ended === 0 && ++started === 2) {
            account.snowflake.faults.add(rule)
            clock.schedule(120_000, () => {
              account.snowflake.faults.clear()
              most = taken
              ended = 1
            })
          }
        }
      })
      expect(statuses(records)).toEqual(allWell)
      expect(waits.length).toBeGreaterThan(3)
      expect(most).toBeGreaterThan(0)
      // Two batches are done, one is worked on, the queue holds a hundred, and the source hands in chunks.
      expect(most).toBeLessThanOrEqual(50 + 25 + 100 + 2 * 100)
    }
  )
})
