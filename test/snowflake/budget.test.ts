/** How many requests a sync costs, counted at the server: a fixed number, however many tables it names and however many there are. */
import type { ResourceReference as Reference, SyncRequest } from 'on-demand-sync'
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
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectorAccount } from './connectorAccount.ts'
import { policySchema, startConnectorAccount } from './connectorAccount.ts'

describe.each([
  ['a thousand tables', 1, 1_000],
  ['a million tables', 100, 10_000]
])('in a catalogue of %s', (_, schemas, tablesPerSchema) => {
  let account: ConnectorAccount
  beforeAll(async () => {
    account = await startConnectorAccount('CREATE ROLE ANALYST', {
      generate: { name: 'BIG', schemas, tablesPerSchema, columns: 'C VARCHAR' }
    })
    await account.openTo('BIG', schema)
    await account.client.query({ sql: 'SELECT 1', operation: 'SELECT', object: '', needs: [] })()
  })
  afterAll(async () => {
    await account.stop()
  })
  beforeEach(() => account.snowflake.statements.clear())

  const schema = `S${'1'.padStart(String(schemas).length, '0')}`
  const hidden = { column: 'C', rules: [], otherwise: { kind: 'null' as const } }
  const syncWith = (masked: boolean) =>
    createOnDemandSync({
      source: createMemoryEventSource([]),
      audit: createMemoryAuditSink(),
      resolver: createSnowflakeResolver({ client: account.client }),
      policies: createMemoryPolicySource(resource => ({
        resource,
        grants: [{ privilege: 'SELECT', grantee: { type: 'role', name: 'ANALYST' }, grantOption: false }],
        masks: masked ? [hidden] : [],
        managed: { roles: ['ANALYST'], users: [] },
        notes: []
      })),
      syncer: createSnowflakeSyncer({ client: account.client, policySchema })
    })
  const requestFor = (resources: ReadonlyArray<Reference>): SyncRequest => createSyncRequest({ resources })
  const tables = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) =>
      ResourceReference.table('BIG', schema, `T${String(from + n).padStart(String(tablesPerSchema).length, '0')}`)
    )

  /** Requests that read, and requests in all. */
  const cost = () => {
    const all = account.snowflake.statements.all().filter(({ requestId }) => requestId !== undefined)
    return { reads: all.filter(({ kind }) => kind === 'read').length, all: all.length }
  }

  describe('the reads of a sync', () => {
    it.each([1, 10, 50])('of %i tables are at most five', async count => {
      const [report] = orThrow(await syncWith(true).run([requestFor(tables(count * 10, count))])())
      expect(report?.status).toBe('SUCCESS')
      expect(cost().reads).toBeLessThanOrEqual(5)
      // One more for all that is read in one piece, and nothing per table.
      if (count > 1) expect(cost().reads).toBe(5)
    })

    it('are three where there is nothing to change, and nothing is written', async () => {
      const sync = syncWith(true)
      orThrow(await sync.run([requestFor(tables(700, 50))])())
      account.snowflake.statements.clear()
      const [report] = orThrow(await sync.run([requestFor(tables(700, 50))])())
      expect(report?.outcomes.every(({ result }) => result === 'unchanged')).toBe(true)
      expect(cost()).toEqual({ reads: 3, all: 3 })
    })

    it('do not grow with the columns, schemas and databases that the tables are spread over', async () => {
      for (const database of ['D1', 'D2']) {
        for (const schema of ['S1', 'S2', 'S3'])
          await account.admin(
            `CREATE DATABASE IF NOT EXISTS ${database}; CREATE SCHEMA ${database}.${schema}; CREATE TABLE ${database}.${schema}.T (C VARCHAR, D NUMBER)`
          )
        await account.openTo(database, 'S1', 'S2', 'S3')
      }
      account.snowflake.statements.clear()
      const spread = ['D1', 'D2'].flatMap(database =>
        ['S1', 'S2', 'S3'].map(schema => ResourceReference.table(database, schema, 'T'))
      )
      orThrow(await syncWith(false).run([requestFor(spread)])())
      // Resolving takes two, the state one, the second look one.
      expect(cost().reads).toBe(4)
    })

    it('go one by one where a chain of them breaks, and each gets its own answer', async () => {
      const references = [
        ...tables(600, 3),
        ResourceReference.table('BIG', 'NO_SCHEMA', 'T'),
        ResourceReference.table('NOWHERE', 'S', 'T'),
        ResourceReference.table('BIG', schema, 'NOT_THERE')
      ]
      const [report] = orThrow(await syncWith(false).run([requestFor(references)])())
      expect(report?.outcomes.map(({ result }) => result)).toEqual([
        ...['applied', 'applied', 'applied'],
        ...['skipped', 'skipped', 'skipped']
      ])
    })
  })

  describe('the writes of a sync', () => {
    it('go together: grants of many tables in few requests', async () => {
      orThrow(await syncWith(false).run([requestFor(tables(800, 50))])())
      const { reads, all } = cost()
      expect(all - reads).toBeLessThanOrEqual(8)
    })
  })
})
