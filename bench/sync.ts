/**
 * Fifty tables of a large catalogue with 50 ms for every request: one batch, against the same library one table at a time, against the published ways of other tools, whose statements are
 * counted by formula (they read whole catalogues or whole roles) and given the concurrency they have.
 */
import type { SyncRequest } from 'on-demand-sync'
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createOnDemandSync,
  createSyncRequest,
  orThrow,
  ResourceReference
} from 'on-demand-sync'
import { createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { cost, report } from './Figure.ts'
import { startBenchSnowflake } from './localSnowflake.ts'

const latencyMs = 50
const tables = 50
const schemas = 100
/** The rest of an account of that size. */
const account = { databases: 1, schemas, types: 35, roles: 100, users: 200, policies: 50 }

const requests = (from: number): ReadonlyArray<SyncRequest> =>
  Array.from({ length: tables }, (_, n) =>
    createSyncRequest({
      resources: [ResourceReference.table('BIG', 'S001', `T${String(from + n).padStart(5, '0')}`)]
    })
  )

export const sync = async (): Promise<void> => {
  const snowflake = await startBenchSnowflake(`BIG:${schemas}:10000`)
  try {
    await snowflake.execute('CREATE DATABASE GOV; CREATE SCHEMA GOV.ODS; CREATE ROLE ANALYST')
    const { client } = snowflake
    const pipeline = createOnDemandSync({
      source: createMemoryEventSource([]),
      audit: createMemoryAuditSink(),
      resolver: createSnowflakeResolver({ client }),
      policies: createMemoryPolicySource(resource => ({
        resource,
        grants: [{ privilege: 'SELECT', grantee: { type: 'role', name: 'ANALYST' }, grantOption: false }],
        masks: [{ column: 'NAME', rules: [], otherwise: { kind: 'null' } }],
        managed: { roles: ['ANALYST'], users: [] },
        notes: []
      })),
      syncer: createSnowflakeSyncer({ client, policySchema: { database: 'GOV', schema: 'ODS' } })
    })
    orThrow(await pipeline.run(requests(9_000).slice(0, 1))())
    await snowflake.setLatency(latencyMs)
    const measure = async (run: () => Promise<void>) => {
      await snowflake.countStatements()
      const { seconds } = await cost(run)
      return { seconds, statements: await snowflake.countStatements() }
    }
    const all = async (from: number) => {
      for (const { status } of orThrow(await pipeline.run(requests(from))()))
        if (status !== 'SUCCESS') throw new Error(status)
    }
    const together = await measure(() => all(1))
    const again = await measure(() => all(1))
    const oneByOne = await measure(async () => {
      for (const request of requests(101)) orThrow(await pipeline.run([request])())
    })
    const note = `${tables} tables of ${schemas * 10_000}, ${latencyMs} ms per request; grant and mask on each`
    report(`sync of ${tables} tables, against one by one`, together.seconds, oneByOne.seconds, 's', note)
    report('requests for it', together.statements, oneByOne.statements, 'requests', note)
    report('events per second', tables / together.seconds, tables / oneByOne.seconds, 'events/s', note)
    report('the same again, nothing to change', again.seconds, together.seconds, 's', `${again.statements} requests`)

    const { databases, types, roles, users, policies } = account
    const others = [
      ['SnowDDL', 1 + 2 * databases + schemas * (1 + types) + 2 * roles + 2 * policies, 32],
      ['Permifrost', 5 + 4 * databases + schemas + roles + users, 1],
      ['Raito', 1 + 3 * databases + 2 * roles, 10]
    ] as const
    const assumed = `reads only, by its published formula, with ${JSON.stringify(account)}`
    for (const [name, statements, lanes] of others) {
      report(`requests, against ${name}`, together.statements, statements, 'requests', assumed)
      const seconds = (statements / lanes) * (latencyMs / 1_000)
      report(
        `time, against ${name}`,
        together.seconds,
        seconds,
        's',
        `${assumed}, ${lanes} at a time, ${latencyMs} ms each`
      )
    }
  } finally {
    await snowflake.stop()
  }
}
